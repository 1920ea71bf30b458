"""Lung metastases of sarcoma from PET: bench_sarcoma_outcome.py WORK [PART ...].

WORK holds what the commands of docs/outcome-experiments.md ("Sarcoma") make: ``sts-pet.csv``, ``sts-pet-features.csv``,
``sts-pet-suv.csv``, ``sts-complete-features.csv`` and ``cv``, the folds of 2Be3-Net. Parts:

* curve: AUC against the number of training patients, of the greatest SUV, ridge and forest.
* network: 2Be3-Net beside the greatest SUV on the same folds, and all epochs tried inside.
* again: 2Be3-Net with other folds and another random stem, the whole nested cross-validation (goes on where it ended).
* shuffled: 2Be3-Net on outcomes that were dealt anew, which must give chance (goes on where it was ended).
* complete: what the 19 patients with PET, CT and MR look like, 5 of them with the event; no model.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd

from oncologyai.metrics import auc_interval
from oncologyai.outcome import (
    FollowUp,
    OutcomeData,
    Roles,
    by_patient,
    compare_concordance,
    harrell_c,
    learner,
    learning_curve,
    outcome_data,
)
from oncologyai.training import cross_validate_outcome, load_outcome_config

LABEL, SUV = "lung_metastases", "original_firstorder_Maximum"
SIZES = (8, 12, 16, 20, 25, 30)
LEARNERS = {
    "SUVmax": ("logistic", {}),
    "ridge": ("logistic", {"correlation": 0.85, "strength": [0.01, 0.1, 1.0]}),
    "forest": ("random-forest", {"correlation": 0.85}),
}
FEW_EPOCHS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--shuffles", type=int, default=2)
    options = parser.parse_args()
    parts = {"curve": curve, "network": network, "again": again, "shuffled": shuffled, "complete": complete}
    for name in options.parts or parts:
        print(f"\n{name}", flush=True)
        parts[name](options)


def patients(work: Path) -> tuple[OutcomeData, OutcomeData]:
    """All features, and the greatest SUV on the images' own voxels alone."""
    whole = outcome_data(
        pd.read_csv(work / "sts-pet-features.csv"), Roles("patient", label=LABEL, features=("original_*",))
    )
    suv = pd.read_csv(work / "sts-pet-suv.csv").set_index("patient").loc[list(whole.patients), SUV]
    return whole, OutcomeData(whole.patients, ("SUVmax",), suv.to_numpy()[:, None], whole.outcome)


def curve(options: argparse.Namespace) -> None:
    whole, suv = patients(options.work)
    print("| learned from | " + " | ".join(map(str, SIZES)) + " |\n" + "|---" * (len(SIZES) + 1) + "|")
    for name, (kind, settings) in LEARNERS.items():
        sizes = SIZES if name != "ridge" else tuple(size for size in SIZES if size >= 12)
        data = suv if name == "SUVmax" else whole
        points = learning_curve(learner(kind, **settings), data, sizes, repeats=options.repeats, seed=1)
        cells = [f"{p.score.value:.2f} ({p.score.low:.2f} to {p.score.high:.2f})" for p in points]
        print(f"| {name} | " + " | ".join([""] * (len(SIZES) - len(cells)) + cells) + " |", flush=True)


def again(options: argparse.Namespace) -> None:
    for seed in range(1, options.seeds + 1):
        config = load_outcome_config("sts-pet-2be3net", table=str((options.work / "sts-pet.csv").resolve()), seed=seed)
        place = options.work / f"cv-seed-{seed}"
        cross_validate_outcome(config, place, cache=options.work / "cv" / "cache")
        print(f"seed {seed}")
        tell(options.work, place)


def network(options: argparse.Namespace) -> None:
    tell(options.work, options.work / "cv")


def tell(work: Path, place: Path) -> None:
    found = pd.read_csv(place / "patients.csv")
    _, suv = patients(work)
    greatest = dict(zip(suv.patients, suv.x[:, 0], strict=True))
    labels, folds = found.label.to_numpy(), found.fold.to_numpy()
    follow_up = FollowUp(2.0 - labels, labels)
    scores = {"2Be3-Net": found.probability.to_numpy(), "SUVmax": np.array([greatest[p] for p in found.patient])}
    judged = {name: harrell_c(score, follow_up, strata=folds) for name, score in scores.items()}
    for name, score in scores.items():
        within, all_ = judged[name], auc_interval(labels == 1, score)
        print(f"{name}: AUC within folds {within.value:.3f} ({within.low:.3f} to {within.high:.3f}), {within.pairs:.0f}"
              f" pairs; of all patients together {all_.value:.3f} ({all_.low:.3f} to {all_.high:.3f})")  # fmt: skip
    gap = compare_concordance(judged["2Be3-Net"], judged["SUVmax"])
    print(f"2Be3-Net less SUVmax: {gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}), p {gap.p:.2g}")
    print(f"rank correlation of the two: {found.probability.corr(pd.Series(scores['SUVmax']), method='spearman'):.2f}")
    for fold in sorted(place.glob("fold-*")):
        told = json.loads((fold / "epochs.json").read_text(encoding="utf-8"))
        means = {epoch: round(value, 3) for epoch, value in told["mean_auc"].items()}
        print(f"{fold.name}: {told['chosen']} epochs, of inner AUC {means}")


def shuffled(options: argparse.Namespace) -> None:
    values, errors = [], []
    for seed in range(1, options.shuffles + 1):
        table = options.work / f"shuffled-{seed}.csv"
        shuffle(options.work / "sts-pet.csv", table, seed)
        config = load_outcome_config("sts-pet-2be3net", table=str(table), epochs=FEW_EPOCHS, epochs_tried=[])
        made = cross_validate_outcome(config, options.work / f"cv-shuffled-{seed}", cache=options.work / "cv" / "cache")
        labels = np.array([row.label for row in made.patients])
        judged = harrell_c(
            np.array([row.probability for row in made.patients]), FollowUp(2.0 - labels, labels),
            strata=np.array([row.fold for row in made.patients]),
        )  # fmt: skip
        judged = by_patient(judged, [row.patient for row in made.patients])
        values.append(judged.value)
        errors.append(judged.error)
        print(f"dealt anew {seed}: AUC {judged.value:.3f} ({judged.low:.3f} to {judged.high:.3f})", flush=True)
    print(f"mean {np.mean(values):.3f}, error of one {np.mean(errors):.3f}")


def shuffle(source: Path, table: Path, seed: int) -> None:
    with source.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    order = np.random.default_rng(seed).permutation(len(rows))
    labels = [rows[n][LABEL] for n in order]
    with table.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, LABEL: label} for row, label in zip(rows, labels, strict=True))


def complete(options: argparse.Namespace) -> None:
    table = pd.read_csv(options.work / "sts-complete-features.csv")
    names = [name for name in table.columns if name.startswith("original_")]
    print("| image | feature | without | with | AUC of the feature alone |\n|---|---|---|---|---|")
    for modality, rows in table.groupby("modality", sort=False):
        event = rows[LABEL].to_numpy() == 1
        for name in names:
            values = rows[name].to_numpy()
            area = auc_interval(event, values)
            without, with_it = (f"{np.median(values[one]):.3g}" for one in (~event, event))
            interval = f"{area.value:.2f} ({area.low:.2f} to {area.high:.2f})"
            print(f"| {modality} | {name.removeprefix('original_')} | {without} | {with_it} | {interval} |")
    print(f"{table.patient.nunique()} patients, {table[table.modality == 'PT'][LABEL].sum()} with the event")


if __name__ == "__main__":
    main()
