"""How often the comparison of a model with readers is wrong where both are equally good: error rates, coverage.

    python Testing/benchmarks/bench_reader_study.py --studies 2000    (minutes)

Readers of one mean ability (their spread 0.15 of a standard deviation), or of exactly one, judge the same cases on ten
steps beside a model of that ability. A test at 5 % should reject in 5 % of the studies, and a 95 % interval hold 0 in
95 %. Beside it the readers' bootstrap intervals: how often they hold the true area.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
from scipy.stats import norm

from oncologyai.metrics import compare_modalities, compare_standalone, estimate_aucs
from oncologyai.studies import Resampling
from oncologyai.studies.accuracy_bootstrap import bootstrap_accuracy

LEAD = 1.6  # of the ill cases' mean, in standard deviations of a case


def a_study(rng: np.random.Generator, readers: int, cases: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Truth, and a row of ratings from -5 to 5 for each reader; the first row is a model of the same ability."""
    truth = np.arange(cases) < cases // 2
    skill = np.concatenate([[0.0], rng.normal(0.0, spread, readers)])
    shared = rng.normal(LEAD * truth, 0.8)
    seen = shared + skill[:, None] * truth + rng.normal(0.0, 0.6, (readers + 1, cases)) - LEAD / 2
    rated = np.sign(seen) * np.minimum(np.ceil(np.abs(seen) * 2), 5)
    return truth, np.where(rated == 0, 1, rated)


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    forms = ("random_both", "fixed_readers", "fixed_cases")
    tell(f"rejected at 5 %, of {options.studies} studies without a difference")
    tell("readers cases spread comparison     " + " ".join(f"{form:>14}" for form in forms))
    for readers, cases, spread in ((3, 134, 0.15), (6, 134, 0.15), (6, 134, 0.0), (6, 40, 0.15)):
        rng = np.random.default_rng(options.seed)
        counts = {name: dict.fromkeys(forms, 0) for name in ("model", "two ways")}
        for _ in range(options.studies):
            truth, rated = a_study(rng, readers, cases, spread)
            again = rated[1:] + rng.integers(-1, 2, rated[1:].shape)
            alone = compare_standalone(estimate_aucs(truth, rated))
            other = rated[1:] + rng.integers(-1, 2, rated[1:].shape)
            ways = compare_modalities(estimate_aucs(truth, np.concatenate([again, other])))
            for name, tests in (("model", alone), ("two ways", ways)):
                for form in forms:
                    counts[name][form] += getattr(tests, form).p < 0.05
        for name, found in counts.items():
            shares = " ".join(f"{100 * found[form] / options.studies:13.1f}%" for form in forms)
            tell(f"{readers:7d} {cases:5d} {spread:6.2f} {name:12s}   {shares}")
    rng, held, true_area = np.random.default_rng(options.seed), 0, norm.cdf(LEAD / np.sqrt(2 * (0.8**2 + 0.6**2)))
    for number in range(options.studies // 4):
        truth = np.arange(134) < 67
        seen = rng.normal(LEAD * truth, 1.0)
        drawn = bootstrap_accuracy(truth, seen, seen > LEAD / 2, Resampling(500, seed=number)).auc
        low, high = np.quantile(drawn, [0.025, 0.975])
        held += low <= true_area <= high
    tell(f"bootstrap interval of an area holds the true one in {400 * held / options.studies:.1f} %")


if __name__ == "__main__":
    main()
