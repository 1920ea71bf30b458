"""Features of the soft-tissue sarcomas on PET and T1 MR under perturbation: stable ones by image and family.

python Testing/benchmarks/bench_perturbation.py OUT [--count 10]

Perturbs every patient of ../shared/data/sts by ``oncology-ai robustness perturb`` and prints Markdown tables; a second
call goes on where the first was ended.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from oncologyai.cli import main as command  # noqa: E402
from oncologyai.robustness import FeatureStability, origin_of, read_stability  # noqa: E402

GROUPS = (("PET", "PT", "SUVbw", 0.25), ("MR_T1", "MR", "arbitrary", 10))
SETTINGS = "imageType: {Original: {}, LoG: {sigma: [2.0, 4.0]}, Wavelet: {}}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=10)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    write_cases(given.out / "cases.csv")
    (given.out / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    words = ["robustness", "perturb", str(given.out / "cases.csv"), "--out", str(given.out)]
    words += ["--settings", str(given.out / "settings.yaml"), "--count", str(given.count)]
    words += [word for group, _, _, width in GROUPS for word in ("--bin-width", f"{group}={width}")]
    if code := command(words):
        sys.exit(code)
    for group, *_ in GROUPS:
        print_table(group, read_stability(given.out / group / "features.stability.csv"))


def write_cases(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["case", "image", "mask", "group", "modality", "unit"])
        for folder in sorted((ROOT.parent / "shared" / "data" / "sts").glob("STS_*")):
            for group, modality, unit, _ in GROUPS:
                image, mask = (folder / f"{group}_{part}.nii.gz" for part in ("image", "mask"))
                if image.is_file():
                    writer.writerow([f"{folder.name} {group}", image, mask, group, modality, unit])


def print_table(group: str, verdicts: tuple[FeatureStability, ...]) -> None:
    found: dict[tuple[str, str], list[FeatureStability]] = {}
    for one in verdicts:
        found.setdefault(tuple(origin_of(one.feature)), []).append(one)
    families = list(dict.fromkeys(family for _, family in found))
    stable = sum(one.stability == "stable" for one in verdicts)
    print(f"\n{group}: {stable} of {len(verdicts)} stable, {verdicts[0].n} patients\n")
    print("| image | " + " | ".join(families) + " |\n" + "|---" * (len(families) + 1) + "|")
    for image in dict.fromkeys(image for image, _ in found):
        print(f"| {image} | " + " | ".join(cell(found.get((image, family), [])) for family in families) + " |")


def cell(own: list[FeatureStability]) -> str:
    if not own:
        return ""
    stable = sum(one.stability == "stable" for one in own)
    return f"{stable} of {len(own)} ({median(one.value for one in own):.2f})"


if __name__ == "__main__":
    main()
