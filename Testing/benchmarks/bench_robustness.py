"""How often the phantom workflow recovers what was planted, by noise, regions and the kind of ComBat.

python Testing/benchmarks/bench_robustness.py [--seeds 5]

Prints a Markdown table: of each planted class how many features were found in it, and how many in another.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
from itertools import product

import numpy as np

from oncologyai.robustness import (
    CombatConfig,
    PhantomConfig,
    PhantomScans,
    PlantedConfig,
    PlantedStudy,
    count_recovered,
    judge_phantom,
    phantom_scans,
    plant_study,
)

NOISES, REGIONS = (0.08, 0.16, 0.24), (8, 16)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--features", type=int, default=20, help="of each of the seven kinds")
    given = parser.parse_args()
    print("| noise | regions | ComBat | stable | harmonisable | rejected |")
    print("|---|---|---|---|---|---|")
    for noise, regions, bayes in product(NOISES, REGIONS, (False, True)):
        totals = np.zeros((3, 2), dtype=int)
        for seed in range(given.seeds):
            planted = PlantedConfig(regions, 6, patients=0, features=given.features, noise=noise, seed=seed)
            study = plant_study(planted)
            config = PhantomConfig(combat=CombatConfig(empirical_bayes=bayes))
            found = {one.feature: one.stability for one in judge_phantom(scans_of(study), config).stability}
            totals += np.array([row[-2:] for row in count_recovered(study.expected, found).rows], dtype=int)
        cells = " | ".join(f"{right} of {right + false}" for right, false in totals)
        print(f"| {noise} | {regions} | {'empirical Bayes' if bayes else 'each alone'} | {cells} |", flush=True)


def scans_of(study: PlantedStudy) -> PhantomScans:
    """Arrange a planted phantom's table."""
    rows = study.phantom.rows
    names = ["|".join(str(cell) for cell in row[2:5]) for row in rows]
    values = np.array([row[5:] for row in rows], dtype=float)
    return phantom_scans([str(row[0]) for row in rows], names, study.phantom.columns[5:], values)


if __name__ == "__main__":
    main()
