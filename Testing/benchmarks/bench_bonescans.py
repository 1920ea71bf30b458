"""How hard the synthetic bone scans are: AUC of the hottest spot alone, three ways, and the seconds a scan takes.

Run: ``python Testing/benchmarks/bench_bonescans.py [--cases 300] [--centre A] [--seed 1]``. Scans have a quarter of the
pixels and counts of the centre's own camera, which changes the hottest spot little and takes half the time.
"""

# ruff: noqa: T201

import argparse
import time
from dataclasses import replace

import numpy as np
from scipy import ndimage

from oncologyai.metrics import auc_interval
from oncologyai.samples import CENTRES, BoneScan, draw_cohort, make_cohort_case


def hottest(scan: BoneScan) -> dict[str, float]:
    """Give the hottest spot of both views against the body's median: in all, outside organs, and as a blob there."""
    found = {"anywhere": 0.0, "outside organs": 0.0, "blob outside organs": 0.0}
    for name, view in scan.views.items():
        smooth = ndimage.gaussian_filter(view.array[0], 1.0)
        body = float(np.median(smooth[smooth > 0.15 * np.quantile(smooth, 0.95)]))
        organs = np.zeros(smooth.shape, dtype=bool)
        for mask in scan.organs[name]:
            organs |= ndimage.binary_dilation(mask.array[0], iterations=3)
        blob = ndimage.gaussian_filter(view.array[0], 1.5) - ndimage.gaussian_filter(view.array[0], 4.0)
        for key, value in (
            ("anywhere", smooth.max()),
            ("outside organs", smooth[~organs].max()),
            ("blob outside organs", blob[~organs].max()),
        ):
            found[key] = max(found[key], float(value) / body)
    return found


def main() -> None:
    """Make the scans and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--centre", default="A")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    own = CENTRES[options.centre].camera
    coarse = replace(
        own,
        rows=own.rows // 2,
        columns=own.columns // 2,
        pixel_mm=2 * own.pixel_mm,
        counts=tuple(c / 4 for c in own.counts),
    )
    labels, scores, joints, start = [], [], [], time.process_time()
    for case in draw_cohort(options.centre, options.cases, seed=options.seed, camera=coarse):
        scan = make_cohort_case(case)
        labels.append(case.has_metastases)
        scores.append(hottest(scan))
        joints.append(sum(placed.focus.kind == "worn joint" for placed in scan.foci))
    seconds = (time.process_time() - start) / options.cases
    truth = np.array(labels)
    print(
        f"centre {options.centre}: {truth.sum()} of {len(truth)} with metastases, {seconds:.2f} s of the processor each"
    )
    print(f"worn joints: {np.mean(np.array(joints)[truth]):.1f} with, {np.mean(np.array(joints)[~truth]):.1f} without")
    for key in scores[0]:
        print(f"hottest spot {key}: AUC {auc_interval(truth, [s[key] for s in scores]).value:.3f}")


if __name__ == "__main__":
    main()
