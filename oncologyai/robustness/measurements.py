"""Features measured several times on the same subjects: what every study of repeatability starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from oncologyai.errors import InputError

__all__ = ["Estimates", "Measurements", "estimate_complete", "measurements_of"]


class Estimates(NamedTuple):
    """A figure of each feature with the ends of its interval and the subjects it rests on; arrays of shape (f,)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray


@dataclass(frozen=True, eq=False)
class Measurements:
    """Repeated measurements.

    Parameters
    ----------
    features, subjects, occasions : tuple of str
        Names along the axes; an occasion is a scan, a reader, a perturbation.
    values : ndarray, shape (subjects, occasions, features), float64
        NaN where something is missing.

    Raises
    ------
    InputError
        If the shape does not fit the names.
    """

    features: tuple[str, ...]
    subjects: tuple[str, ...]
    occasions: tuple[str, ...]
    values: np.ndarray

    def __post_init__(self) -> None:
        shape = (len(self.subjects), len(self.occasions), len(self.features))
        if self.values.shape != shape:
            raise InputError(
                "values", expected=f"subjects by occasions by features {shape}", got=f"{self.values.shape}"
            )


def measurements_of(
    subjects: Sequence[str], occasions: Sequence[str], features: Sequence[str], rows: np.ndarray
) -> Measurements:
    """Arrange rows, each of one subject on one occasion.

    Parameters
    ----------
    subjects, occasions : sequence of str
        One a row. A subject may lack an occasion: NaN stands there.
    features : sequence of str
        Names of the columns.
    rows : ndarray, shape (rows, features)

    Returns
    -------
    Measurements
        Subjects and occasions in the order in which they first appear.

    Raises
    ------
    InputError
        If a subject comes twice on one occasion, or lengths differ.
    """
    if not len(subjects) == len(occasions) == len(rows):
        raise InputError("rows", expected=f"{len(subjects)}, one a subject and occasion", got=f"{len(rows)}")
    whom = {name: place for place, name in enumerate(dict.fromkeys(subjects))}
    when = {name: place for place, name in enumerate(dict.fromkeys(occasions))}
    values = np.full((len(whom), len(when), len(features)), np.nan)
    seen: set[tuple[str, str]] = set()
    for subject, occasion, row in zip(subjects, occasions, rows, strict=True):
        if (subject, occasion) in seen:
            raise InputError(
                "rows", expected="each subject once on an occasion", got=f"{subject} twice on {occasion}",
                remedy="name the column that tells its rows apart",
            )  # fmt: skip
        seen.add((subject, occasion))
        values[whom[subject], when[occasion]] = row
    return Measurements(tuple(features), tuple(whom), tuple(when), values)


def estimate_complete(values: np.ndarray, estimate: Callable[[np.ndarray], Estimates], *, fewest: int) -> Estimates:
    """Estimate each feature from the subjects that have all their measurements of it.

    Parameters
    ----------
    values : ndarray, shape (subjects, occasions, features)
        NaN or infinite values are missing.
    estimate : callable
        Takes complete values of the same axes.
    fewest : int
        With fewer complete subjects a feature's figures are NaN, and where all its values are equal, to 1e-10 of the
        largest: a coefficient compares differences between subjects, and there are none.
    """
    complete = np.isfinite(values).all(axis=1)
    nothing = np.full(values.shape[2], np.nan)
    found = Estimates(nothing, nothing.copy(), nothing.copy(), complete.sum(axis=0))
    patterns, which = np.unique(complete, axis=1, return_inverse=True)
    for number in range(patterns.shape[1]):
        kept = patterns[:, number]
        columns = np.flatnonzero(which.ravel() == number)
        if np.count_nonzero(kept) < fewest or values.shape[1] < 2:
            continue
        block = values[kept][:, :, columns]
        flat = block.reshape(-1, len(columns))
        varies = np.ptp(flat, axis=0) > 1e-10 * np.abs(flat).max(axis=0)
        part = estimate(block[:, :, varies])
        for whole, own in zip(found[:3], part[:3], strict=True):
            whole[columns[varies]] = own
    return found
