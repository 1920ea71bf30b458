"""Whether groups of cases, or methods on the same cases, differ: rank tests corrected for their number."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.stats import mannwhitneyu, wilcoxon

__all__ = ["PairTest", "compare_groups", "compare_paired", "significance_stars"]

_STARS = ((1e-4, "****"), (1e-3, "***"), (1e-2, "**"), (5e-2, "*"))  # ch. 6, table 3


class PairTest(NamedTuple):
    """A two-sided test of two groups or methods.

    ``statistic`` is U of the first group, or W, the smaller sum of signed ranks. ``p_corrected`` is ``p`` times the
    number of tests of the family, at most 1 (Bonferroni); ``stars`` are those of ``p_corrected``. NaN and no stars
    where there was nothing to test.
    """

    first: str
    second: str
    n_first: int
    n_second: int
    statistic: float
    p: float
    p_corrected: float
    stars: str


def significance_stars(p: float) -> str:
    """Give ch. 6's stars of a p value: ns above 0.05, * to 0.05, ** to 0.01, *** to 0.001, **** to 0.0001."""
    if math.isnan(p):
        return ""
    return next((stars for limit, stars in _STARS if p <= limit), "ns")


def compare_groups(groups: Mapping[str, Sequence[float]]) -> tuple[PairTest, ...]:
    """Test every pair of groups by Mann and Whitney, two-sided, corrected by Bonferroni for the number of pairs.

    Parameters
    ----------
    groups : mapping of name to values
        NaN are left out, infinite values rank highest. A group without values is not tested and does not count in
        the correction.

    Returns
    -------
    tuple of PairTest
        One a pair, in the order of the groups. Exact without ties where a group has at most 8 values, else the
        normal approximation with corrections for ties and continuity (scipy's ``auto``). Values that are all equal
        give p 1.
    """
    kept = {name: _numbers(values) for name, values in groups.items()}
    found = []
    for (first, a), (second, b) in combinations(kept.items(), 2):
        statistic, p = _mann_whitney(a, b)
        found.append((first, second, len(a), len(b), statistic, p))
    return _corrected(found)


def compare_paired(methods: Mapping[str, Mapping[str, float]]) -> tuple[PairTest, ...]:
    """Test every pair of methods on the cases that both have, by Wilcoxon's signed ranks, two-sided, Bonferroni.

    Parameters
    ----------
    methods : mapping of name to {case: value}
        NaN are left out. Two infinite values are equal.

    Returns
    -------
    tuple of PairTest
        One a pair; both ``n`` are the number of shared cases. Equal values are dropped (Wilcoxon's own way); where
        all are equal p is 1. Exact for up to 50 differences (scipy's ``auto``).
    """
    found = []
    for (first, a), (second, b) in combinations(methods.items(), 2):
        shared = [case for case in a if case in b and not (math.isnan(a[case]) or math.isnan(b[case]))]
        statistic, p = _signed_ranks([(a[case], b[case]) for case in shared])
        found.append((first, second, len(shared), len(shared), statistic, p))
    return _corrected(found)


def _numbers(values: Sequence[float]) -> np.ndarray:
    numbers = np.asarray(values, dtype=np.float64)
    return np.asarray(numbers[~np.isnan(numbers)])


def _mann_whitney(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    if not len(a) or not len(b):
        return math.nan, math.nan
    if len(np.unique(np.concatenate([a, b]))) == 1:
        return len(a) * len(b) / 2, 1.0
    found = mannwhitneyu(a, b, alternative="two-sided")
    return float(found.statistic), float(found.pvalue)


def _signed_ranks(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    if not pairs:
        return math.nan, math.nan
    differences = [a - b for a, b in pairs if a != b]
    if not differences:
        return 0.0, 1.0
    found = wilcoxon(differences, alternative="two-sided")
    return float(found.statistic), float(found.pvalue)


def _corrected(found: Iterable[tuple[str, str, int, int, float, float]]) -> tuple[PairTest, ...]:
    rows = list(found)
    number = sum(not math.isnan(row[-1]) for row in rows)
    corrected = [row[-1] if math.isnan(row[-1]) else min(1.0, row[-1] * number) for row in rows]
    return tuple(PairTest(*row, p, significance_stars(p)) for row, p in zip(rows, corrected, strict=True))
