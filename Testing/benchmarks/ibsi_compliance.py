"""Write docs/ibsi-compliance.md and .csv: the IBSI's reference values and maps beside ours, and both conventions.

python Testing/benchmarks/ibsi_compliance.py [--ibsi ../shared/data/ibsi] [--out docs]
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Testing" / "reference"))

from ibsi_reference import CHAPTER_1, CHAPTER_2, Compared, compare_chapter_1, compare_chapter_2  # noqa: E402

from oncologyai.features.filters import filtered_images  # noqa: E402
from oncologyai.features.ibsi import CONVENTIONS  # noqa: E402

_INTRODUCTION = """# Features and the IBSI

Written by `python Testing/benchmarks/ibsi_compliance.py`; do not edit. Every value stands in
[ibsi-compliance.csv](ibsi-compliance.csv).

`oncologyai.features.ibsi` computes features as the Image Biomarker Standardisation Initiative defines them: chapter 1
(Zwanenburg et al., Radiology 2020;295:328-338) and the filters of chapter 2 (Whybra et al., Radiology
2024;310:e231319). Reference values have three digits: a value counts as within where it, or it with three digits, is
within the tolerance. `oncology-ai features selftest` computes the digital phantom on your machine.
"""


def main() -> int:
    """Compute everything and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ibsi", type=Path, default=ROOT.parent / "shared" / "data" / "ibsi")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    first = [row for name in CHAPTER_1["configurations"] for row in compare_chapter_1(options.ibsi, name)]
    second = [row for test in CHAPTER_2["filters"] for row in compare_chapter_2(options.ibsi, test)]
    maps = compare_maps(options.ibsi)
    text = "\n".join((_INTRODUCTION, chapter_1(first), chapter_2_maps(maps), chapter_2_values(second), conventions()))
    (options.out / "ibsi-compliance.md").write_text(text, encoding="utf-8")
    write_values(options.out / "ibsi-compliance.csv", [*first, *second])
    outside = [row for row in (*first, *second) if row.within is False]
    sys.stdout.write(f"{len(first) + len(second)} values, {len(outside)} outside; {len(maps)} maps\n")
    return 0


def compare_maps(ibsi: Path) -> list[tuple[dict, float]]:
    """Give each reference map's case and the greatest difference from it as a share of its range."""
    cases = json.loads((ROOT / "Testing" / "reference" / "ibsi2_maps.json").read_text(encoding="utf-8"))["cases"]
    found = []
    for case in cases:
        phantom = _read(ibsi / "filter_phantoms" / f"{case['phantom']}.nii.gz")
        expected = _read(ibsi / "filter_response_maps" / f"{case['map']}-ValidCRM.nii.gz")
        ((_, response),) = filtered_images(phantom, (2.0, 2.0, 2.0), case["filter"], case["options"])
        found.append((case, float(np.abs(response - expected).max() / np.ptp(expected))))
    return found


def _read(path: Path) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path))).astype(np.float64)


def chapter_1(rows: Sequence[Compared]) -> str:
    """Give the section of chapter 1: counts by family and configuration, and what is outside."""
    counts: dict[str, dict[str, list[Compared]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        counts[row.family.split(" (")[0].strip('"')][row.configuration].append(row)
    names = list(CHAPTER_1["configurations"])
    lines = ["## Chapter 1: values within tolerance, of those that have a reference", ""]
    lines += [_line(["family", *names]), _line(["---"] * (len(names) + 1))]
    for family, by_name in counts.items():
        lines.append(_line([family, *(_share(by_name[name]) for name in names)]))
    lines.append(_line(["all", *(_share([r for r in rows if r.configuration == name]) for name in names)]))
    lines += ["", "Outside:", ""]
    for row in rows:
        if row.within is False:
            cause = CHAPTER_1["outside"].get(row.configuration, {}).get(row.tag, "not explained")
            lines.append(f"* {row.configuration}, `{row.tag}`: {row.found:.4g}, reference {_reference(row)}. {cause}")
    missing = sorted({row.tag for row in rows if row.expected is None})
    lines += ["", "Computed, without a reference value: " + ", ".join(f"`{tag}`" for tag in missing) + ".", ""]
    return "\n".join(lines)


def chapter_2_maps(maps: Sequence[tuple[dict, float]]) -> str:
    """Give the section of the response maps."""
    lines = [
        "## Chapter 2, phase 1: response maps",
        "",
        "Greatest difference, of the reference map's range (limit 1 %).",
    ]
    lines += ["", _line(["map", "phantom", "filter", "options", "difference"]), _line(["---"] * 5)]
    for case, share in maps:
        options = ", ".join(f"{name} {value}" for name, value in case["options"].items())
        lines.append(_line([case["map"], case["phantom"], case["filter"], options, f"{100 * share:.3f} %"]))
    return "\n".join([*lines, ""])


def chapter_2_values(rows: Sequence[Compared]) -> str:
    """Give the section of the features of responses."""
    lines = ["## Chapter 2, phase 2: statistics of responses within tolerance", ""]
    lines += [_line(["test", "filter", "options", "within"]), _line(["---"] * 4)]
    for test, (name, options) in CHAPTER_2["filters"].items():
        listed = ", ".join(f"{key} {value}" for key, value in options.items())
        lines.append(_line([test, name or "none", listed, _share([r for r in rows if r.configuration == test])]))
    outside = [row for row in rows if row.within is False]
    lines += ["", "Outside: " + ("none." if not outside else "")]
    lines += [f"* {row.configuration}, `{row.tag}`: {row.found:.4g}, reference {_reference(row)}" for row in outside]
    return "\n".join([*lines, ""])


def conventions() -> str:
    """Give the section of both conventions."""
    lines = ["## pyradiomics' names and the IBSI's", ""]
    lines += [_line(["pyradiomics", "IBSI tag", "code", "difference"]), _line(["---"] * 4)]
    for entry in CONVENTIONS:
        cells = [entry.pyradiomics or "-", entry.tag or "-", entry.code or "-", entry.difference or "none"]
        lines.append(_line(cells))
    return "\n".join([*lines, ""])


def write_values(path: Path, rows: Sequence[Compared]) -> None:
    """Write every value with its reference."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["configuration", "family", "feature", "tag", "reference", "tolerance", "value", "within"])
        for row in rows:
            known = {None: "", True: "yes", False: "no"}[row.within]
            numbers = ["" if n is None else f"{n:g}" for n in (row.expected, row.tolerance)]
            writer.writerow([row.configuration, row.family, row.feature, row.tag, *numbers, f"{row.found:.6g}", known])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _share(rows: Sequence[Compared]) -> str:
    known = [row for row in rows if row.within is not None]
    return f"{sum(row.within is True for row in known)} of {len(known)}" if known else "-"


def _reference(row: Compared) -> str:
    return f"{row.expected:g} +- {row.tolerance:g}"


if __name__ == "__main__":
    raise SystemExit(main())
