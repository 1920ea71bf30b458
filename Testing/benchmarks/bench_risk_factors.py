"""Single measures of a study's patients: parted at the median as ch. 6 does, at the best cut, and what it costs.

Run: ``python Testing/benchmarks/bench_risk_factors.py STUDY.yaml DATA FEATURE...``; with a feature whose name ends in
``Volume`` also how many features say the same as it.
"""

import sys
from pathlib import Path

import numpy as np

from oncologyai.outcome import (
    associations_between,
    cut_optimism,
    harrell_c,
    kaplan_meier,
    log_rank,
    read_study,
    split_at_median,
    univariate_cox,
    volume_correlation,
)
from oncologyai.workflows.outcome_tables import read_study_data

SHARED = (0.85, 0.95)  # ch. 3 takes two features for one above the first


def parted(name, x, follow_up, horizon):
    middle, high = split_at_median(x)
    test = log_rank(follow_up.times, follow_up.happened, high)
    c, alone = harrell_c(x, follow_up), univariate_cox(x[:, None] / x.std(), follow_up)
    alive = []
    for group in (~high, high):
        curve = kaplan_meier(follow_up.times[group], follow_up.happened[group])
        at = np.searchsorted(curve.times, horizon, side="right") - 1
        alive.append(f"{curve.survival[at]:.2f} ({curve.low[at]:.2f} to {curve.high[at]:.2f}), median {curve.median:g}")
    cut = cut_optimism(x, follow_up, np.random.default_rng(1))
    print(  # noqa: T201
        f"{name}: median {middle:g}, {int((~high).sum())} and {int(high.sum())} patients, "
        f"log-rank {test.statistic:.2f}, p {test.p:.2g}\n  free at {horizon:g} days: {alive[0]}; above: {alive[1]}\n"
        f"  C {c.value:.3f} ({c.low:.3f} to {c.high:.3f}); hazard ratio of a deviation "
        f"{np.exp(alone.coefficients[0]):.2f}, p {alone.p[0]:.2g}\n"
        f"  best cut {cut.cut:g}: p {cut.p:.2g}, corrected {cut.p_corrected:.2g}; C {cut.c:.3f}, corrected "
        f"{cut.c_corrected:.3f}"
    )


def main(study, folder, *features):
    data = read_study_data(read_study(Path(study), data=Path(folder)))[0].data
    print(f"{len(data)} patients, {int(data.follow_up.happened.sum())} events, {len(data.names)} features")  # noqa: T201
    for name in features:
        parted(name, data.x[:, data.names.index(name)], data.follow_up, 730.0)
        if name.endswith("Volume"):
            found = np.abs(volume_correlation(data, name)[[n for n, s in enumerate(data.sources) if s == "radiomics"]])
            told = ", ".join(f"{int((found > limit).sum())} above {limit:g}" for limit in SHARED)
            print(f"  |Spearman| with the volume, of {len(found)} radiomics features: {told}")  # noqa: T201
    if "clinical" in data.sources and "radiomics" in data.sources:
        strongest = associations_between(data, "radiomics", "clinical")[0]
        print(f"strongest between sources: {strongest}")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
