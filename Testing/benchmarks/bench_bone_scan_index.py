"""The approximate Bone Scan Index against the synthetic truth, where the metastases are known.

Run: ``python Testing/benchmarks/bench_bone_scan_index.py [--cases 60] [--centre C] [--seed 5]``. The truth of a scan is
the share of each bone's points within the metastases (where they add 0.3 of their most or more), weighted by the bone's
share of the skeleton's weight; the points of a group of bones count by their uptake. The index gets the hot spots that
touch a metastasis' mask, so that it is judged and not the classifier. Scans without metastases are left out.
"""

# ruff: noqa: T201

import argparse

import numpy as np
from bone_sites import region_of_site
from scipy.stats import pearsonr, spearmanr

from oncologyai.samples import CohortCase, draw_cohort, make_cohort_case
from oncologyai.samples.bone_foci import draw_metastases
from oncologyai.samples.patient_body import draw_pose, make_body
from oncologyai.scintigraphy import BONE_MASSES, WholeBodyScan, estimate_bone_scan_index, list_hot_spots

_EDGE = np.sqrt(1.0 - 0.3)  # of the radius: beyond, a focus adds less than 0.3 of its most


def true_percent(case: CohortCase) -> float:
    """Draw the patient again and weigh what the metastases take of each bone."""
    rng = np.random.default_rng([*case.seed, 1])
    body = make_body(draw_pose(rng), rng, soft_uptake=case.spec.soft_uptake)
    rng.normal(0.0, 8.0)  # the place on the couch
    foci = draw_metastases(body, rng, case.spec.metastases)
    group = {region: bone for bone, (_, regions) in BONE_MASSES.items() for region in regions}
    whole, taken = dict.fromkeys(BONE_MASSES, 0.0), dict.fromkeys(BONE_MASSES, 0.0)
    for bone in body.bones:
        inside = np.zeros(len(bone.points), dtype=bool)
        for focus in foci:
            if focus.site == bone.name:
                inside |= np.linalg.norm(bone.points - focus.centre_ras, axis=1) < _EDGE * focus.radius_mm
        name = group[region_of_site(bone.name)]
        whole[name] += float(bone.mass.sum())
        taken[name] += float(bone.mass[inside].sum())
    return sum(mass * taken[name] / whole[name] for name, (mass, _) in BONE_MASSES.items())


def main() -> None:
    """Make the scans and print the agreement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--centre", default="C")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    truth, found = [], []
    for case in draw_cohort(options.centre, options.cases, seed=options.seed):
        if not case.has_metastases:
            continue
        scan = make_cohort_case(case)
        whole = WholeBodyScan(scan.views["anterior"], scan.views["posterior"])
        maps = {}
        for view, volume in whole.views.items():
            covered = np.any([np.zeros(volume.shape, bool), *(m.array for m in scan.masks[view])], axis=0)
            maps[view] = volume.with_array(covered.astype(np.float32), unit="arbitrary")
        truth.append(true_percent(case))
        found.append(estimate_bone_scan_index(whole, list_hot_spots(whole, maps, least_map=0.5)).percent)
    values = np.array(truth), np.array(found)
    print(f"{len(truth)} scans with metastases of centre {options.centre}")
    print(f"truth: median {np.median(values[0]):.2f} %, {values[0].min():.2f} to {values[0].max():.2f} %")
    print(f"index: median {np.median(values[1]):.2f} %, {values[1].min():.2f} to {values[1].max():.2f} %")
    print(f"correlation: Pearson {pearsonr(*values).statistic:.3f}, Spearman {spearmanr(*values).statistic:.3f}")
    print(f"index over truth, median {np.median(values[1] / np.maximum(values[0], 1e-3)):.2f}")


if __name__ == "__main__":
    main()
