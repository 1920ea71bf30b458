"""How well foci of synthetic bone scans are found, placed and matched between the views, and what it costs.

Run: ``python Testing/benchmarks/bench_bone_foci.py [--cases 60] [--centre C] [--seed 5]``. Foci that no view shows
(contrast below 0.08) and Paget's disease, which covers whole bones, are left out.
"""

# ruff: noqa: T201

import argparse
import time
from collections import Counter

import numpy as np
from bone_sites import region_of_site, side_of_site

from oncologyai.samples import BoneScan, PlacedFocus, draw_cohort, make_cohort_case
from oncologyai.scintigraphy import (
    BONE_REGIONS,
    LesionList,
    WholeBodyScan,
    bone_regions_at,
    figure_of,
    list_hot_spots,
    side_at,
)

_NEAR_MM = 25.0


def shown(scan: BoneScan) -> list[PlacedFocus]:
    """Give the foci that a view shows."""
    return [p for p in scan.foci if p.focus.kind != "Paget" and max(p.contrast.values()) >= 0.08]


def count_places(scan: BoneScan, whole: WholeBodyScan, tally: Counter) -> None:
    """Count foci whose true place is named right: the region, and the side where the bone has one."""
    figure = figure_of(whole)
    for placed in shown(scan):
        site, ras = placed.focus.site, np.array(placed.focus.centre_ras)
        seen = max(placed.contrast, key=lambda view: placed.contrast[view])
        tally["true places"] += 1
        tally["their region named"] += BONE_REGIONS[int(bone_regions_at(figure, ras, seen=seen))] == region_of_site(
            site
        )
        if side_of_site(site) != "midline":
            tally["with a side"] += 1
            tally["the side named"] += side_at(figure, ras) == side_of_site(site)


def count_found(scan: BoneScan, found: LesionList, tally: Counter) -> None:
    """Count foci found by their uptake, how they are named, and what else is listed."""
    explained: set[int] = set()
    for placed in shown(scan):
        x, _, z = placed.focus.centre_ras
        kind, clear = placed.focus.kind, max(placed.contrast.values()) >= 0.5
        away = [(float(np.hypot(f.ras[0] - x, f.ras[2] - z)), n) for n, f in enumerate(found.foci)]
        near = sorted(item for item in away if item[0] <= _NEAR_MM)
        tally[f"{kind}: shown"] += 1
        tally[f"{kind}: clear"] += clear
        if near:
            first = found.foci[near[0][1]]
            explained |= {found.foci[n].number for _, n in near}
            tally[f"{kind}: found"] += 1
            tally[f"{kind}: clear and found"] += clear
            tally["found"] += 1
            tally["found and region named"] += first.region == region_of_site(placed.focus.site)
        views = {view for view, value in placed.contrast.items() if value >= 0.5}
        numbers = {found.foci[n].number for _, n in near}
        if len(views) == 2 and {found.foci[n].view for _, n in near} == views:
            tally["seen in both views"] += 1
            tally["and one lesion"] += len(numbers) < len(near)
    tally["lesions listed"] += found.count
    tally["explained by no focus"] += found.count - len(explained)


def main() -> None:
    """Make the scans and print the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--centre", default="C")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    tally: Counter = Counter()
    seconds = 0.0
    for case in draw_cohort(options.centre, options.cases, seed=options.seed):
        scan = make_cohort_case(case)
        whole = WholeBodyScan(scan.views["anterior"], scan.views["posterior"])
        count_places(scan, whole, tally)
        start = time.process_time()
        found = list_hot_spots(whole)
        seconds += time.process_time() - start
        count_found(scan, found, tally)
    for name, value in tally.items():
        print(f"{name}: {value}")
    print(f"{seconds / options.cases:.2f} s of the processor a scan for the list")


if __name__ == "__main__":
    main()
