"""Overfit of eight sarcoma patients by each network of outcomes: whether it learns, in how many epochs and seconds.

python Testing/benchmarks/bench_outcome_overfit.py DATA [NAME ...] [--published] [--epochs 60] [--minutes 10]
    [--work FOLDER]

The patients are the first four by name with lung metastases and the first four without, PET at 4x4x6 mm. The library's
own loop trains on all eight, without augmentation, until the training AUC is 1 and every chance is within 0.1 of the
truth. ``--published`` takes 66 slices of 90x90 and the published widths of 2Be3-Net and its rivals; else the input is
24 slices of 48x48 and their blocks are narrow. Xception 3D has its own widths on the small input, never 64x256x256.
The learning rate is 1e-3, not the published 1e-5. With ``--work`` a second call goes on.
"""

# ruff: noqa: T201
import argparse
import csv
import tempfile
import time
from pathlib import Path

import numpy as np

from oncologyai.metrics import roc_auc
from oncologyai.networks import build_outcome_network
from oncologyai.training import (
    OutcomeTrainConfig,
    StemCache,
    answer_cases,
    find_outcome_cases,
    fit_outcome,
    load_outcome_cases,
)

NARROW = {"widths": [16, 24, 32], "hidden": 64}
ARGUMENTS = {"2be3net": NARROW, "resnet-conv2d": NARROW, "cnn3d": {"widths": [8, 16, 24, 32], "hidden": 64}}
SMALL, PUBLISHED = [24, 48, 48], [66, 90, 90]
GAP = 0.1  # between chance and truth
EACH = 4  # patients a class


def write_table(data: Path, table: Path) -> None:
    """Write the first four patients of each class."""
    with (data / "sts" / "outcomes.csv").open(newline="", encoding="utf-8") as stream:
        labels = {row["patient"]: row["lung_metastases"] for row in csv.DictReader(stream)}
    chosen: dict[str, list[Path]] = {"0": [], "1": []}
    for folder in sorted((data / "sts").glob("STS_*")):
        if len(chosen[labels[folder.name]]) < EACH:
            chosen[labels[folder.name]].append(folder)
    with table.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["case", "patient", "image", "label"])
        for label, folders in chosen.items():
            writer.writerows([f.name, f.name, str(f.resolve() / "PET_image.nii.gz"), label] for f in folders)


def settings(name: str, table: Path, options: argparse.Namespace) -> OutcomeTrainConfig:
    published = options.published and name != "xception3d"
    window = {"kind": "window", "low": 0, "high": 20}
    return OutcomeTrainConfig.model_validate(
        {
            "name": f"overfit-{name}",
            "data": {"table": str(table), "label": "label"},
            "channels": [{"name": "image", "modality": "PT", "unit": "SUVbw", "normalisation": window}],
            "image": {"kind": "slices", "size": PUBLISHED if published else SMALL, "spacing_mm": [4, 4, 6]},
            "network": {"name": name, "arguments": {} if published else ARGUMENTS.get(name, {})},
            "batch": 4,
            "epochs": options.epochs,
            "learning_rate": 1e-3,
            "weight_decay": 0.0,
            "folds": 0,
            "cache_stem": name in ("2be3net", "resnet-conv2d"),
            "seed": 1,
            "device": "cpu",
            "threads": 1,
        }
    )


def overfit(name: str, work: Path, options: argparse.Namespace) -> dict[str, str]:
    config = settings(name, work / "cases.csv", options)
    cases = load_outcome_cases(find_outcome_cases(config), config, work / "cache")
    folder, stems = work / f"{name}-{'x'.join(map(str, config.image.size))}", work / "stems"
    truth = np.array([case.label for case in cases])
    start = time.process_time()
    while True:
        fit = fit_outcome(config, cases, [], folder, stems=stems, minutes=0)  # an epoch a call
        kept = StemCache(stems, fit.network) if config.cache_stem else None
        answers = answer_cases(fit.network, cases, config, stems=kept)
        chances = np.array([answers[case.name].probability for case in cases])
        gap, auc = float(np.abs(chances - truth).max()), roc_auc(list(truth == 1), list(chances))
        seconds = time.process_time() - start
        if (gap <= GAP and auc == 1.0) or fit.finished or seconds > 60 * options.minutes:
            break
    parameters = build_outcome_network(config.call.name, **config.call.arguments).parameters()
    learned = sum(p.numel() for p in parameters if p.requires_grad)
    return {
        "network": name,
        "input": "x".join(map(str, config.image.size)),
        "parameters that learn": str(learned),
        "epochs": str(len(fit.rows)),
        "steps": str(fit.rows[-1].steps),
        "processor seconds": f"{seconds:.0f}",
        "loss": f"{fit.rows[-1].loss:.4f}",
        "training AUC": f"{auc:.3f}",
        "greatest gap": f"{gap:.3f}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--published", action="store_true")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        write_table(options.data, work / "cases.csv")
        for number, name in enumerate(options.names or ["2be3net", "resnet-conv2d", "cnn3d", "xception3d"]):
            row = overfit(name, work, options)
            if number == 0:
                print("| " + " | ".join(row) + " |\n" + "|---" * len(row) + "|")
            print("| " + " | ".join(row.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
