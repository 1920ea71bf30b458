"""How well one number parts two classes: the ROC curve, and its area with DeLong's interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import norm, rankdata

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.metrics.intervals import Interval

__all__ = ["AucDifference", "RocPoints", "auc_interval", "compare_auc", "roc_points"]


class RocPoints(NamedTuple):
    """``false_rate`` and ``true_rate``, float64 (m,), from (0, 0) to (1, 1); ``thresholds`` fall from infinity.

    A value of at least the threshold is called positive.
    """

    false_rate: np.ndarray
    true_rate: np.ndarray
    thresholds: np.ndarray


def roc_points(labels: Sequence[bool] | np.ndarray, scores: Sequence[float] | np.ndarray) -> RocPoints:
    """Give the ROC curve: a point for every different score.

    Parameters
    ----------
    labels : sequence of bool
        Which are positive.
    scores : sequence of float
        As many; pairs with a NaN are left out.

    Returns
    -------
    RocPoints
        Of length 0 unless there are positives and negatives.

    Raises
    ------
    InputError
        If lengths differ.
    """
    truth, values = _checked(labels, scores)
    if truth.all() or not truth.any():
        none = np.zeros(0)
        return RocPoints(none, none, none)
    levels, place = np.unique(values, return_inverse=True)
    positive = np.bincount(place, truth, len(levels))[::-1].cumsum()
    negative = np.bincount(place, ~truth, len(levels))[::-1].cumsum()
    return RocPoints(
        np.concatenate([[0.0], negative / negative[-1]]),
        np.concatenate([[0.0], positive / positive[-1]]),
        np.concatenate([[np.inf], levels[::-1]]),
    )


def auc_interval(
    labels: Sequence[bool] | np.ndarray,
    scores: Sequence[float] | np.ndarray,
    *,
    clusters: Sequence[str] | np.ndarray | None = None,
    level: float = 0.95,
) -> Interval:
    """Give the area under the ROC curve with DeLong's interval.

    Parameters
    ----------
    labels : sequence of bool
        Which are positive.
    scores : sequence of float
        As many; ties count half, pairs with a NaN are left out.
    clusters : sequence of str, optional
        The patient of each: rows of one patient are not independent, and Obuchowski's variance takes that into
        account. Without, or where every patient has one row, it is DeLong's own.
    level : float, 0 to 1

    Returns
    -------
    Interval
        Area plus and minus a normal quantile of its standard error, cut at 0 and 1. All NaN unless there are
        positives and negatives; ends NaN where one of the two comes from one patient alone, which has no variance.
        An area of 1 (or 0) has a variance of 0, hence an interval without width: the sample does not say more.

    Raises
    ------
    InputError
        If lengths differ or ``level`` is not from 0 to 1.

    References
    ----------
    .. [1] DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837-845.
    .. [2] Obuchowski NA. Nonparametric analysis of clustered ROC curve data. Biometrics 1997;53:567-578.
    """
    check_range(level, 0.0, 1.0, "level")
    given = np.arange(len(labels)) if clusters is None else np.asarray(clusters)
    if given.shape != (len(labels),):
        raise InputError("clusters", expected=f"{len(labels)} names, one a label", got=str(given.size))
    kept = ~np.isnan(np.asarray(scores, dtype=np.float64)) if len(labels) == len(scores) else np.zeros(0, dtype=bool)
    truth, values = _checked(labels, scores)
    m, n = int(np.count_nonzero(truth)), int(np.count_nonzero(~truth))
    if m == 0 or n == 0:
        return Interval(math.nan, math.nan, math.nan)
    above, below = _placements(truth, values)
    area = float(above.mean())
    _, patient = np.unique(given[kept], return_inverse=True)
    half = float(norm.ppf((1 + level) / 2)) * math.sqrt(_variance(area, above, below, patient[truth], patient[~truth]))
    if math.isnan(half):
        return Interval(area, math.nan, math.nan)
    return Interval(area, max(0.0, area - half), min(1.0, area + half))


class AucDifference(NamedTuple):
    """The first area less the second, its standard error, z and two-sided p; NaN where a class has fewer than 2."""

    value: float
    error: float
    z: float
    p: float


def compare_auc(
    labels: Sequence[bool] | np.ndarray, first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray
) -> AucDifference:
    """Compare two scores of the same cases by DeLong's paired test.

    Parameters
    ----------
    labels : sequence of bool
        Which are positive.
    first, second : sequence of float
        As many each; cases with a NaN in either are left out.

    Raises
    ------
    InputError
        If lengths differ.
    """
    if len(first) != len(second):
        raise InputError("second", expected=f"{len(first)} scores, as the first", got=str(len(second)))
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    known = ~(np.isnan(a) | np.isnan(b))
    truth, a = _checked(np.asarray(labels)[known] if len(labels) == len(a) else labels, a[known])
    m, n = int(np.count_nonzero(truth)), int(np.count_nonzero(~truth))
    if m < 2 or n < 2:
        return AucDifference(math.nan, math.nan, math.nan, math.nan)
    above, below = (x - y for x, y in zip(_placements(truth, a), _placements(truth, b[known]), strict=True))
    value = float(above.mean())
    error = math.sqrt(float(above.var(ddof=1)) / m + float(below.var(ddof=1)) / n)
    z = value / error if error > 0 else (0.0 if value == 0 else math.copysign(math.inf, value))
    return AucDifference(value, error, z, float(2 * norm.sf(abs(z))))


def _placements(truth: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each positive's share of negatives below it, each negative's share of positives above it; ties half."""
    m, n = int(truth.sum()), int((~truth).sum())
    ranks = rankdata(values)
    above = (ranks[truth] - rankdata(values[truth])) / n
    below = 1.0 - (ranks[~truth] - rankdata(values[~truth])) / m
    return above, below


def _variance(
    area: float, above: np.ndarray, below: np.ndarray, of_positives: np.ndarray, of_negatives: np.ndarray
) -> float:
    """Give Obuchowski's variance (section 3): sums of placements by patient in place of single ones."""
    patients = int(max(of_positives.max(), of_negatives.max())) + 1
    positive = np.bincount(of_positives, above - area, patients)
    negative = np.bincount(of_negatives, below - area, patients)
    with_positive, with_negative = len(np.unique(of_positives)), len(np.unique(of_negatives))
    if with_positive < 2 or with_negative < 2:
        return math.nan
    m, n = len(above), len(below)
    all_patients = len(np.union1d(of_positives, of_negatives))
    s10 = with_positive / ((with_positive - 1) * m) * float((positive**2).sum())
    s01 = with_negative / ((with_negative - 1) * n) * float((negative**2).sum())
    s11 = all_patients / (all_patients - 1) * float((positive * negative).sum())
    return max(0.0, s10 / m + s01 / n + 2 * s11 / (m * n))


def _checked(
    labels: Sequence[bool] | np.ndarray, scores: Sequence[float] | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give the pairs whose score is a number."""
    truth, values = np.asarray(labels, dtype=bool), np.asarray(scores, dtype=np.float64)
    if truth.shape != values.shape or truth.ndim != 1:
        raise InputError("scores", expected=f"{truth.size} numbers, one a label", got=str(values.size))
    kept = ~np.isnan(values)
    return truth[kept], values[kept]
