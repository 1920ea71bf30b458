"""Agreement of readers on categories beyond what chance gives."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from oncologyai.errors import InputError

__all__ = ["cohen_kappa", "fleiss_kappa"]


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Give the unweighted kappa of two readers.

    Parameters
    ----------
    first, second : sequence of hashable
        Their category for each case, in the same order. No case gives NaN, and so does one category alone, where
        chance explains everything.

    Raises
    ------
    InputError
        If the lengths differ.

    References
    ----------
    .. [1] Cohen, Educational and Psychological Measurement 20, 37-46, 1960.
    """
    if len(first) != len(second):
        raise InputError("second", expected=f"{len(first)} categories", got=str(len(second)))
    if not first:
        return float("nan")
    names = list(dict.fromkeys([*first, *second]))
    place = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for a, b in zip(first, second, strict=True):
        table[place[a], place[b]] += 1
    table /= len(first)
    return _beyond_chance(float(np.trace(table)), float(table.sum(axis=1) @ table.sum(axis=0)))


def fleiss_kappa(counts: np.ndarray) -> float:
    """Give the kappa of several readers.

    Parameters
    ----------
    counts : ndarray, shape (cases, categories), of whole numbers
        How many readers chose each category; every case by the same number of readers, at least two. No case gives
        NaN, and so does one category alone.

    Raises
    ------
    InputError
        If ``counts`` is not 2-D, or cases have different numbers of readers, or fewer than two.

    References
    ----------
    .. [1] Fleiss, Psychological Bulletin 76, 378-382, 1971.
    """
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 2:
        raise InputError("counts", expected="cases by categories", got=f"{counts.ndim} axes")
    if not len(counts):
        return float("nan")
    readers = counts.sum(axis=1)
    if readers[0] < 2 or (readers != readers[0]).any():
        raise InputError(
            "counts", expected="the same number of readers, at least 2, for each case",
            got=f"{readers.min():g} to {readers.max():g}",
        )  # fmt: skip
    agreed = (counts * (counts - 1)).sum(axis=1) / (readers * (readers - 1))
    shares = counts.sum(axis=0) / counts.sum()
    return _beyond_chance(float(agreed.mean()), float(shares @ shares))


def _beyond_chance(observed: float, expected: float) -> float:
    return (observed - expected) / (1.0 - expected) if expected < 1.0 - 1e-12 else float("nan")
