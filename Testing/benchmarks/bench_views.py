"""How often a view is named right from the picture alone: single views, pairs, seams, on synthetic scans.

Run: ``python Testing/benchmarks/bench_views.py [--cases 20] [--seed 11]``: so many of each centre, at half the matrix.
"""

# ruff: noqa: T201

import argparse
from dataclasses import replace

import numpy as np

from oncologyai.samples import CENTRES, draw_cohort, make_cohort_case
from oncologyai.scintigraphy.outline import lie_of, outline_body, seam_between_bodies
from oncologyai.scintigraphy.views import anterior_score, is_mirror_pair


def main() -> None:
    """Make the scans and print the shares."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    single, pair, mirror, seam, upright, margin = [], [], [], [], [], []
    for name, centre in CENTRES.items():
        own = centre.camera
        coarse = replace(own, rows=own.rows // 2, columns=own.columns // 2, pixel_mm=2 * own.pixel_mm)
        coarse = replace(coarse, counts=(own.counts[0] / 4, own.counts[1] / 4))
        for case in draw_cohort(name, options.cases, seed=options.seed, camera=coarse):
            scan = make_cohort_case(case)
            front, back = (scan.views[view].array[0] for view in ("anterior", "posterior"))
            scores = anterior_score(front), anterior_score(back)
            single += [scores[0] > 0.0, scores[1] <= 0.0]
            pair.append(scores[0] > scores[1])
            margin.append(scores[0] - scores[1])
            mirror += [is_mirror_pair(front, back), not is_mirror_pair(front, back[:, ::-1])]
            seam.append(seam_between_bodies(outline_body(np.hstack([front, back]))) == front.shape[1])
            upright += [lie_of(outline_body(front)) == "upright", lie_of(outline_body(back[::-1])) == "upside down"]
    for told, found in (
        ("single view", single),
        ("pair", pair),
        ("mirrored or not", mirror),
        ("seam", seam),
        ("lie", upright),
    ):
        print(f"{told}: {np.sum(found)} of {len(found)} right")
    print(f"least difference of scores in a pair: {min(margin):.2f}")


if __name__ == "__main__":
    main()
