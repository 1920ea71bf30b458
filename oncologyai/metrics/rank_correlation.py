"""Which of many columns tell the same: Spearman's correlation of every pair, and columns sorted by likeness."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import squareform
from scipy.stats import rankdata

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["ColumnGroups", "group_columns", "spearman_matrix", "spearman_with"]

_BLOCK = 16  # columns between two looks at the user's Cancel


class ColumnGroups(NamedTuple):
    """``order``: columns so that like ones stand together. ``group``: from 1, the number of each column's group."""

    order: np.ndarray
    group: np.ndarray


def spearman_matrix(values: np.ndarray, *, progress: Progress | None = None) -> np.ndarray:
    """Give Spearman's correlation of every pair of columns.

    Parameters
    ----------
    values : ndarray, float64 (rows, columns)
        NaN are missing: each pair is of the rows that have both. Infinite values rank first or last.
    progress : Progress, optional
        Asked for cancellation.

    Returns
    -------
    ndarray, float64 (columns, columns)
        Symmetric, mid-ranks for ties, 1 on the diagonal. NaN where a column is constant over the shared rows, the
        diagonal too.

    Raises
    ------
    InputError
        If ``values`` has not two axes.
    CancelledError
        If cancelled.
    """
    table = _checked(values)
    count = table.shape[1]
    whole = ~np.isnan(table).any(axis=0)
    matrix = np.full((count, count), np.nan)
    if whole.any():
        scores = _scores(table[:, whole])
        matrix[np.ix_(whole, whole)] = np.clip(scores.T @ scores, -1.0, 1.0)
    if not whole.all():
        _fill_gapped(matrix, table, whole, progress or Silent())
    varying = ~np.isnan(np.diagonal(matrix))
    matrix[varying, varying] = 1.0
    return matrix


def spearman_with(values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Give each column's Spearman correlation with ``reference``, over the rows that have both.

    Parameters
    ----------
    values : ndarray, float64 (rows, columns)
    reference : ndarray, float64 (rows,)

    Returns
    -------
    ndarray, float64 (columns,)
        NaN where either is constant over the shared rows, or fewer than two rows are shared.

    Raises
    ------
    InputError
        If the numbers of rows differ.
    """
    table, other = _checked(values), np.asarray(reference, dtype=np.float64)
    if other.shape != (len(table),):
        raise InputError("reference", expected=f"{len(table)} values, one a row", got=str(other.size))
    table, other = table[~np.isnan(other)], other[~np.isnan(other)]
    found = np.full(table.shape[1], np.nan)
    if len(table) < 2:
        return found
    whole = ~np.isnan(table).any(axis=0)
    found[whole] = _scores(other[:, None])[:, 0] @ _scores(table[:, whole])
    for column in np.flatnonzero(~whole):
        kept = ~np.isnan(table[:, column])
        if np.count_nonzero(kept) < 2:
            continue
        pair = _scores(np.stack([table[kept, column], other[kept]], axis=1))
        found[column] = pair[:, 0] @ pair[:, 1]
    return np.clip(found, -1.0, 1.0)


def group_columns(matrix: np.ndarray, *, limit: float = 0.9) -> ColumnGroups:
    """Sort columns by likeness and part them into groups: average linkage on 1 minus the absolute correlation.

    Parameters
    ----------
    matrix : ndarray, float64 (columns, columns)
        Correlations. One that is NaN counts as none.
    limit : float, 0 to 1
        Groups join while the mean absolute correlation between them is at least this.

    Returns
    -------
    ColumnGroups
        Groups are numbered in the order of the columns.

    Raises
    ------
    InputError
        If ``matrix`` is not square or ``limit`` is not from 0 to 1.
    """
    check_range(limit, 0.0, 1.0, "limit")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError("matrix", expected="a square one", got=str(matrix.shape))
    count = len(matrix)
    if count < 2:
        return ColumnGroups(np.arange(count), np.ones(count, dtype=np.int64))
    distance = 1.0 - np.abs(np.nan_to_num(matrix, nan=0.0))
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), method="average")
    group = fcluster(tree, t=1.0 - limit, criterion="distance")
    _, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    number = np.argsort(np.argsort(first)) + 1
    return ColumnGroups(leaves_list(tree).astype(np.int64), number[inverse])


def _fill_gapped(matrix: np.ndarray, table: np.ndarray, whole: np.ndarray, watch: Progress) -> None:
    """Fill the pairs of which a column has missing values; each has ranks of its own, over the rows that both have."""
    columns = np.ascontiguousarray(table.T)
    order = np.argsort(columns, axis=1).astype(np.int64)  # NaN come last
    present = ~np.isnan(columns)
    kernel = _compiled()
    for n, column in enumerate(np.flatnonzero(~whole)):
        if n % _BLOCK == 0:
            check_cancelled(watch)
        found = np.clip(kernel(columns, order, present, int(column)), -1.0, 1.0)
        matrix[column] = matrix[:, column] = found


@cache
def _compiled() -> Callable[..., np.ndarray]:
    """Compile once a process; the machine code is kept where numba finds a folder that it can write."""
    from numba import njit

    try:
        return njit(cache=True, nogil=True)(_with_column)
    except RuntimeError:
        return njit(nogil=True)(_with_column)


def _with_column(  # noqa: C901  one function, since it is compiled as a whole
    columns: np.ndarray, order: np.ndarray, present: np.ndarray, one: int
) -> np.ndarray:
    """Correlate one column with every other: (columns, rows) values, their rows by size, and whether there is one."""
    count, rows = columns.shape
    found = np.full(count, np.nan)
    ranks, taken = np.zeros((2, rows)), np.empty(rows, np.int64)
    for other in range(count):
        shared = 0
        for which in range(2):
            own, against = (one, other) if which == 0 else (other, one)
            shared = 0
            first = 0  # of the rows of one value
            for place in range(rows):
                row = order[own, place]
                if present[own, row] and present[against, row]:
                    taken[shared] = row
                    shared += 1
            for place in range(1, shared + 1):
                if place == shared or columns[own, taken[place]] != columns[own, taken[first]]:
                    for tied in range(first, place):
                        ranks[which, taken[tied]] = (first + place + 1) / 2
                    first = place
        middle = (shared + 1) / 2
        both = square_one = square_other = 0.0
        for row in range(rows):
            if present[one, row] and present[other, row]:
                a, b = ranks[0, row] - middle, ranks[1, row] - middle
                both += a * b
                square_one += a * a
                square_other += b * b
        if square_one > 0 and square_other > 0:
            found[other] = both / np.sqrt(square_one * square_other)
    return found


def _checked(values: np.ndarray) -> np.ndarray:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2:
        raise InputError("values", expected="rows and columns", got=f"{table.ndim} axes")
    return table


def _scores(table: np.ndarray) -> np.ndarray:
    """Give mid-ranks, centred and of length 1 in each column; NaN for a constant column."""
    if len(table) < 2:
        return np.full(table.shape, np.nan)
    ranks = rankdata(table, axis=0)
    ranks -= ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    return np.asarray(ranks / np.where(length > 0, length, np.nan))
