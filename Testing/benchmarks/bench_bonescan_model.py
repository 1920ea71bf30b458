"""Test of a bone-scan model on synthetic scans of a centre that it did not learn from, scan by scan and resumable.

Run: ``python Testing/benchmarks/bench_bonescan_model.py --out FOLDER [--model demo-bonescan] [--centre C]
[--cases 1000] [--fast-cases 1000]``, and ``--part 0 --parts 2`` and ``--part 1 --parts 2`` for two processes at once,
then once more without to print. Each scan is drawn, prepared and classified by the exported network in both forms;
maps of the class with metastases are compared with the true lesions of the scans that have any. Intervals: bootstrap
of scans, 2,000 samples.
"""

# ruff: noqa: T201

import argparse
import csv
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from oncologyai.explain import CamMethod, class_map
from oncologyai.metrics import localise_map, roc_auc
from oncologyai.outcome import class_performance
from oncologyai.samples import BoneScan, CohortCase, draw_cohort, make_cohort_case
from oncologyai.scintigraphy import (
    BoneScanClassifier,
    WholeBodyScan,
    calibrated_probability,
    load_bonescan_model,
    maps_on_views,
    outline_body,
    prepare_scan,
)
from oncologyai.types import Mask
from Testing.benchmarks.bench_bonescans import hottest

METHODS: tuple[CamMethod, ...] = ("grad-cam", "hirescam", "grad-cam++")
BINS = 10
SAMPLES = 2000


def judge(case: CohortCase, scan: BoneScan, full: BoneScanClassifier) -> dict[str, object]:
    """Give all figures of a scan at full precision; last maps are computed once for the three kinds of class maps."""
    views = WholeBodyScan(scan.views["anterior"], scan.views["posterior"])
    begin = time.process_time()
    last = full.engine.infer(prepare_scan(views, full.preparation).image[None])[0]
    logits = full.head.logits(last)
    told = maps_on_views(class_map(last, full.head, target=1), views)
    row: dict[str, object] = {
        "case": case.name, "label": int(case.has_metastases), "count": case.spec.metastases,
        "logit": float(logits[1] - logits[0]), "seconds": time.process_time() - begin,
    }  # fmt: skip
    assert full.calibration is not None
    row["probability"], (row["low"], row["high"]) = calibrated_probability(full.calibration, float(row["logit"]))  # type: ignore[arg-type]
    row |= {f"hottest {name}": value for name, value in hottest(scan).items()}
    if any(scan.masks.values()):
        bodies = {v: Mask.on(x, outline_body(x.array[0]).mask[None], "body") for v, x in views.views.items()}
        for method in METHODS:
            if method != "grad-cam":
                told = maps_on_views(class_map(last, full.head, target=1, method=method), views)
            found = localise_map(told, scan.masks, bodies)
            row[method], row["chance_body"] = found.energy, found.chance
    return row


def judge_fast(scan: BoneScan, fast: BoneScanClassifier) -> dict[str, object]:
    """Give what the quicker form says."""
    begin = time.process_time()
    found = fast.classify(WholeBodyScan(scan.views["anterior"], scan.views["posterior"]))
    return {"fast_probability": found.probability, "fast_seconds": time.process_time() - begin}


def run(options: argparse.Namespace) -> None:
    """Judge the scans of this part that are not judged yet."""
    options.out.mkdir(parents=True, exist_ok=True)
    full = load_bonescan_model(options.model, threads=options.threads)
    assert full.card is not None
    fast = load_bonescan_model(options.model, threads=options.threads, fast=True) if full.card.fast else None
    for number, case in enumerate(draw_cohort(options.centre, options.cases, seed=options.seed)):
        place = options.out / f"{case.name}.json"
        row = json.loads(place.read_text()) if place.is_file() else {}
        quick = fast is not None and number < options.fast_cases and "fast_probability" not in row
        if number % options.parts != options.part or (row and not quick):
            continue
        scan = make_cohort_case(case)
        row = row or judge(case, scan, full)
        if quick and fast is not None:
            row |= judge_fast(scan, fast)
        place.write_text(json.dumps(row))


def calibration_figures(labels: np.ndarray, chance: np.ndarray) -> tuple[float, float]:
    """Give the Brier score and the expected calibration error over ten bins of equal width."""
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    gaps = [abs(labels[place == k].mean() - chance[place == k].mean()) * (place == k).sum() for k in np.unique(place)]
    return float(np.mean((chance - labels) ** 2)), float(np.sum(gaps) / len(labels))


def report(name: str, labels: np.ndarray, chance: np.ndarray, model: BoneScanClassifier) -> list[dict[str, object]]:
    """Print the figures of a form and give the first of them for the card."""
    thresholds = dict(model.thresholds)
    found = class_performance(labels, chance, threshold=thresholds["youden"], samples=SAMPLES)
    print(f"{name}: {len(labels)} scans, {int(labels.sum())} with metastases; AUC {told(found.auc)}")
    print(f"  calibration intercept {found.calibration.intercept:.3f}, slope {found.calibration.slope:.3f}")
    generator = np.random.default_rng(0)
    drawn = [generator.integers(0, len(labels), len(labels)) for _ in range(SAMPLES)]
    figures = np.array([calibration_figures(labels[d], chance[d]) for d in drawn])
    for n, (title, value) in enumerate(zip(("Brier", "ECE"), calibration_figures(labels, chance), strict=True)):
        low, high = np.quantile(figures[:, n], [0.025, 0.975])
        print(f"  {title} {value:.3f} ({low:.3f} to {high:.3f})")
    for rule, threshold in thresholds.items():
        at = class_performance(labels, chance, threshold=threshold, samples=SAMPLES)
        print(f"  {rule}, threshold {threshold:.3f}: sensitivity {told(at.recall)}, specificity {told(at.specificity)}")
        print(f"    {at.confusion}")
    where = f"scans of a centre that was not learned from, {int(labels.sum())} with metastases; {name}"
    cut = f"at the threshold {thresholds['youden']:.3f} found on the scans held out"
    values = (("AUC", found.auc), (f"sensitivity {cut}", found.recall), (f"specificity {cut}", found.specificity))
    return [
        {"metric": metric, "value": round(v.value, 4), "interval": [round(v.low, 4), round(v.high, 4)],
         "test_set": where, "cases": len(labels)}
        for metric, v in values
    ]  # fmt: skip


def told(value: object) -> str:
    """Give a value with its interval."""
    return "{:.3f} ({:.3f} to {:.3f})".format(*value)  # type: ignore[misc]


def summary(options: argparse.Namespace) -> None:
    """Print every figure and write the table of scans."""
    rows = [json.loads(path.read_text()) for path in sorted(options.out.glob(f"{options.centre}-*.json"))]
    full = load_bonescan_model(options.model)
    assert full.card is not None
    for title, form in (("full", full.card.full), ("fast", full.card.fast)):
        if form is not None:
            print(f"held out of A and B, {title}: AUC {[(f.value, f.interval) for f in form.figures]}")
            for t in form.thresholds:
                print(f"  {t.rule} {t.value:.3f}: sensitivity {t.sensitivity:.3f}, specificity {t.specificity:.3f}")
    labels = np.array([row["label"] for row in rows])
    figures = report("full size", labels, np.array([row["probability"] for row in rows]), full)
    quick = [row for row in rows if "fast_probability" in row]
    if quick:
        own = np.array([row["label"] for row in quick])
        fast = load_bonescan_model(options.model, fast=True)
        figures += report("fast form", own, np.array([row["fast_probability"] for row in quick]), fast)
        same = roc_auc((own == 1).tolist(), [row["probability"] for row in quick])
        change = roc_auc((own == 1).tolist(), [row["fast_probability"] for row in quick]) - same
        print(f"  change of AUC on these scans: {change:+.4f}")
        print(f"  seconds of the processor, mean: full {np.mean([r['seconds'] for r in quick]):.2f}, "
              f"fast {np.mean([r['fast_seconds'] for r in quick]):.2f}")  # fmt: skip
    for key in (key for key in rows[0] if key.startswith("hottest")):
        print(f"{key}: AUC {roc_auc((labels == 1).tolist(), [row[key] for row in rows]):.3f}")
    for low, high in ((1, 1), (2, 4), (5, 12), (13, 60)):
        chosen = [row["probability"] for row in rows if low <= row["count"] <= high]
        if chosen:
            print(f"{low} to {high} metastases: {len(chosen)} scans, sensitivity at Youden's threshold "
                  f"{np.mean(np.array(chosen) >= full.thresholds['youden']):.3f}")  # fmt: skip
    energies(rows, full.thresholds["youden"])
    (options.out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
    with (options.out / "scans.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)


def energies(rows: list[dict[str, float]], threshold: float) -> None:
    """Print how much of the maps lies in the true lesions against chance."""
    seen = [row for row in rows if "grad-cam" in row]
    for title, chosen in (("all with visible metastases", seen),
                          ("called positive", [row for row in seen if row["probability"] >= threshold])):  # fmt: skip
        if not chosen:
            continue
        for method in METHODS:
            inside = np.array([row[method] for row in chosen])
            chance = np.array([row["chance_body"] for row in chosen])
            ratio = inside.mean() / chance.mean()
            print(f"{method}, {len(chosen)} scans {title}: energy inside {inside.mean():.3f}, an even map of the body")
            print(f"  {chance.mean():.3f}: {ratio:.2f} times; median of ratios {np.median(inside / chance):.2f}")


def main() -> None:
    """Judge a part, or print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", default="demo-bonescan")
    parser.add_argument("--centre", default="C")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--fast-cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    options = parser.parse_args()
    run(options)
    if options.parts == 1:
        summary(options)


if __name__ == "__main__":
    main()
