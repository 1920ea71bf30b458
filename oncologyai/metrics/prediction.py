"""How well a foretold Dice fits the true one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from oncologyai.errors import InputError

__all__ = ["PredictionAccuracy", "assess_predictions"]


class PredictionAccuracy(NamedTuple):
    """Figures over ``n`` cases; ``coverage`` is over the ``n_intervals`` of them that have an interval."""

    n: int
    error: float
    error_of_mean: float
    rank_correlation: float
    p: float
    n_intervals: int
    coverage: float


def assess_predictions(
    predicted: Sequence[float],
    true: Sequence[float],
    *,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
) -> PredictionAccuracy:
    """Compare foretold values with true ones.

    Parameters
    ----------
    predicted, true : sequence of float
        As many of each; cases where one is NaN are left out.
    low, high : sequence of float, optional
        Ends of each case's interval, NaN where there is none.

    Returns
    -------
    PredictionAccuracy
        ``error``: mean absolute error. ``error_of_mean``: the same of telling each case the mean of the others' true
        values, which a useful prediction must beat. ``rank_correlation``: Spearman's, with its two-sided p.
        ``coverage``: share of true values within their interval, ends included. NaN where undefined.

    Raises
    ------
    InputError
        If lengths differ.
    """
    columns = [np.asarray(column, dtype=np.float64) for column in (predicted, true)]
    none = np.full(len(columns[1]), np.nan)
    columns += [none if column is None else np.asarray(column, dtype=np.float64) for column in (low, high)]
    if any(column.shape != columns[1].shape for column in columns):
        sizes = ", ".join(str(column.size) for column in columns)
        raise InputError("predicted", expected=f"{columns[1].size} values, one a true value", got=sizes)
    kept = ~np.isnan(columns[0]) & ~np.isnan(columns[1])
    p, y, a, b = (column[kept] for column in columns)
    n = len(y)
    given = ~np.isnan(a) & ~np.isnan(b)
    correlation, p_value = math.nan, math.nan
    if n > 2 and len(np.unique(p)) > 1 and len(np.unique(y)) > 1:
        found = spearmanr(p, y)
        correlation, p_value = float(found.statistic), float(found.pvalue)
    return PredictionAccuracy(
        n=n,
        error=float(np.abs(p - y).mean()) if n else math.nan,
        error_of_mean=float(np.abs((y.sum() - y) / (n - 1) - y).mean()) if n > 1 else math.nan,
        rank_correlation=correlation,
        p=p_value,
        n_intervals=int(np.count_nonzero(given)),
        coverage=float(((a <= y) & (y <= b))[given].mean()) if given.any() else math.nan,
    )
