"""Whether classes differ, column by column of a wide table: rank tests corrected for the number of columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import false_discovery_control, kruskal, mannwhitneyu

from oncologyai.errors import InputError
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["ColumnTest", "compare_classes"]

_BLOCK = 64  # columns between two looks at the user's Cancel


class ColumnTest(NamedTuple):
    """A test of one column.

    ``statistic``: U of the second class of two, or Kruskal and Wallis' H of more. ``p_corrected``: Bonferroni, ``p``
    times the number of columns tested, at most 1. ``p_fdr``: Benjamini and Hochberg's. NaN where nothing was tested.
    """

    statistic: float
    p: float
    p_corrected: float
    p_fdr: float


def compare_classes(
    values: np.ndarray, codes: Sequence[int] | np.ndarray, *, progress: Progress | None = None
) -> tuple[ColumnTest, ...]:
    """Test every column for a difference of classes: Mann and Whitney's of two, Kruskal and Wallis' of more.

    Parameters
    ----------
    values : ndarray, float64 (rows, columns)
        NaN are left out; infinite values rank first or last.
    codes : sequence of int
        The class of each row, from 0.
    progress : Progress, optional
        Told the share done, asked for cancellation.

    Returns
    -------
    tuple of ColumnTest
        Two-sided. Mann and Whitney's is exact without ties where a class has at most 8 values, else normal with
        corrections for ties and continuity (scipy's ``auto``). A column that is constant, or has no value in a
        class, is not tested and does not count in the correction.

    Raises
    ------
    InputError
        If lengths differ or there are fewer than two classes.
    CancelledError
        If cancelled.
    """
    table, kind = np.asarray(values, dtype=np.float64), np.asarray(codes)
    if table.ndim != 2 or kind.shape != (len(table),):
        raise InputError("codes", expected=f"{len(table)} classes, one a row", got=str(kind.size))
    classes = np.unique(kind)
    if len(classes) < 2:
        raise InputError("codes", expected="at least two classes", got=str(len(classes)))
    watch, found = progress or Silent(), []
    for n, column in enumerate(table.T):
        if n % _BLOCK == 0:
            check_cancelled(watch)
            watch.stage("tests", n / table.shape[1])
        found.append(_test([column[(kind == one) & ~np.isnan(column)] for one in classes]))
    p = np.array([one[1] for one in found]).reshape(-1)
    tested = ~np.isnan(p)
    corrected, rate = np.full(len(p), math.nan), np.full(len(p), math.nan)
    if tested.any():
        corrected[tested] = np.minimum(1.0, p[tested] * np.count_nonzero(tested))
        rate[tested] = false_discovery_control(p[tested])
    return tuple(ColumnTest(*one, float(a), float(b)) for one, a, b in zip(found, corrected, rate, strict=True))


def _test(groups: Sequence[np.ndarray]) -> tuple[float, float]:
    every = np.concatenate(groups)
    if any(not len(group) for group in groups) or (every == every[0]).all():
        return math.nan, math.nan
    two = len(groups) == 2
    result = mannwhitneyu(groups[1], groups[0], alternative="two-sided") if two else kruskal(*groups)
    return float(result.statistic), float(result.pvalue)
