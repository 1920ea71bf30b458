"""What class maps of a bone-scan model are worth, and what taking bladder and injection site out changes.

Run: ``python Testing/benchmarks/bench_bonescan_maps.py [--model demo-bonescan] [--centre C] [--cases 60] [--seed 21]
[--sanity 5]``. Printed are, for the scans with metastases, energy inside, its ratio to chance, pointing game, overlap
and lesions met by each method (intervals: bootstrap of scans); the AUC with and without both organs in the picture;
what share of the organs the masks take; and the sanity check of the first scans with metastases.
"""

# ruff: noqa: T201

import argparse
from pathlib import Path
from typing import get_args

import numpy as np

from oncologyai.explain import CamMethod, class_map
from oncologyai.metrics import auc_interval, compare_auc, localise_map, summarise_localisation
from oncologyai.models import Store
from oncologyai.samples import BoneScan, draw_cohort, make_cohort_case
from oncologyai.scintigraphy import (
    BoneScanClassifier,
    WholeBodyScan,
    check_sanity,
    find_organs,
    load_bonescan_model,
    maps_on_views,
    outline_body,
    prepare_scan,
    without_organs,
)
from oncologyai.types import Mask


def last_maps(classifier: BoneScanClassifier, scan: WholeBodyScan) -> tuple[np.ndarray, float]:
    """Give the first network's last maps and the difference of both logits."""
    maps = classifier.engine.infer(prepare_scan(scan, classifier.preparation).image[None])[0]
    logits = classifier.head.logits(maps)
    return maps, float(logits[1] - logits[0])


def covered(scan: BoneScan, whole: WholeBodyScan) -> dict[str, list[float]]:
    """Give the share of each organ's pixels that the masks take, and of the rest of the body."""
    found: dict[str, list[float]] = {"bladder": [], "injection site": [], "rest of the body": []}
    for view, masks in find_organs(whole).items():
        named = {mask.label: mask.array for mask in masks}
        every = np.any([np.zeros(whole.views[view].shape, bool), *named.values()], axis=0)
        organs = np.any([mask.array for mask in scan.organs[view]], axis=0)
        body = outline_body(whole.views[view].array[0]).mask[None] & ~organs
        found["rest of the body"].append(float(every[body].mean()))
        for truth in scan.organs[view]:
            if truth.label in named or truth.label in found:
                found[truth.label].append(float(every[truth.array].mean()))
    return found


def main() -> None:
    """Make the scans and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="demo-bonescan")
    parser.add_argument("--centre", default="C")
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--sanity", type=int, default=5)
    options = parser.parse_args()
    classifier = load_bonescan_model(options.model, threads=1)
    place = Path(options.model) if Path(options.model).is_dir() else Store().get(options.model).path
    network = place / classifier.card.full.members[0].maps  # type: ignore[union-attr]
    labels: list[bool] = []
    plain, masked, checks = [], [], []
    located: dict[CamMethod, list] = {method: [] for method in get_args(CamMethod)}
    shares: dict[str, list[float]] = {}
    for case in draw_cohort(options.centre, options.cases, seed=options.seed):
        scan = make_cohort_case(case)
        whole = WholeBodyScan(scan.views["anterior"], scan.views["posterior"])
        maps, logit = last_maps(classifier, whole)
        labels.append(case.has_metastases)
        plain.append(logit)
        masked.append(last_maps(classifier, without_organs(whole))[1])
        for name, values in covered(scan, whole).items():
            shares.setdefault(name, []).extend(values)
        if any(scan.masks.values()):
            bodies = {v: Mask.on(x, outline_body(x.array[0]).mask[None], "body") for v, x in whole.views.items()}
            for method, several in located.items():
                own = maps_on_views(class_map(maps, classifier.head, target=1, method=method), whole)
                several.append(localise_map(own, scan.masks, bodies))
            if len(checks) < options.sanity:
                checks.append(check_sanity(classifier, network, whole))
        print(f"{case.name} {logit:.2f} {masked[-1]:.2f}", flush=True)
    for method, several in located.items():
        found = summarise_localisation(several)
        told = ", ".join(
            f"{name} {value.value:.3f} ({value.low:.3f} to {value.high:.3f})"
            for name, value in found._asdict().items()
            if name != "cases"
        )
        print(f"{method}, {found.cases} scans with metastases: {told}")
    print(f"AUC as trained {auc_interval(labels, plain)}, organs taken out {auc_interval(labels, masked)}")
    print(f"difference {compare_auc(labels, masked, plain)}")
    for name, values in shares.items():
        print(f"{name}: median share of pixels taken {np.median(values):.3f}, of {len(values)} in views")
    for n, name in enumerate(("head", "head, last block", "all") if checks else ()):
        sizes = [float(np.mean(np.abs(check.stages[n].correlations))) for check in checks]
        likeness = [float(np.mean(check.stages[n].similarities)) for check in checks]
        print(f"random {name}: mean size of the rank correlation {np.mean(sizes):.3f} ({min(sizes):.3f} to "
              f"{max(sizes):.3f}), SSIM {np.mean(likeness):.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
