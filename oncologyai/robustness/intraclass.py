"""Intraclass correlation coefficients of single measurements, with intervals from the F distribution."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import f as f_distribution

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError
from oncologyai.robustness.measurements import Estimates, estimate_complete

__all__ = ["ICC_FORMS", "intraclass_correlation"]

ICC_FORMS: dict[str, str] = {
    "1,1": "one-way random: other measurements on each subject, their order without meaning",
    "2,1": "two-way random, absolute agreement: readers or scanners drawn from many",
    "3,1": "two-way mixed, consistency: these readers or scanners alone, a constant shift forgiven",
}
"""What Shrout and Fleiss' forms of a single measurement are for."""

_FEWEST = 2


class _Squares(NamedTuple):
    """Mean squares of n subjects and k measurements: between subjects, within, between measurements, of the rest."""

    n: int
    k: int
    between: np.ndarray
    within: np.ndarray
    measurements: np.ndarray
    rest: np.ndarray


def intraclass_correlation(values: np.ndarray, form: str = "1,1", *, level: float = 0.95) -> Estimates:
    """Give the intraclass correlation of each feature.

    Parameters
    ----------
    values : ndarray, shape (subjects, measurements, features)
        Subjects without all measurements of a feature are left out of it.
    form : str
        One of ``ICC_FORMS``.
    level : float
        Of the interval.

    Returns
    -------
    Estimates
        A coefficient below 0 stands as it is. NaN with fewer than 2 subjects or measurements, or where all values
        are equal. Without any error the coefficient is 1 and its interval has no width.

    Raises
    ------
    InputError
        If ``values`` has not three axes, or the form is unknown.

    References
    ----------
    .. [1] Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater reliability. Psychol Bull
       1979;86:420-428.
    .. [2] McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. Psychol Methods
       1996;1:30-46, table 7.
    """
    if values.ndim != 3:
        raise InputError("values", expected="subjects by measurements by features", got=f"{values.ndim} axes")
    check_choice(form, ICC_FORMS, "form")
    check_range(level, 0.5, 0.9999, "level")
    tail = (1 + level) / 2
    estimate = {"1,1": _one_way, "2,1": _agreement, "3,1": _consistency}[form]
    return estimate_complete(values, lambda block: estimate(_squares(block), tail), fewest=_FEWEST)


def _squares(values: np.ndarray) -> _Squares:
    n, k, _ = values.shape
    values = values - values.mean(axis=(0, 1))  # large means cost digits
    by_subject, by_measurement = values.mean(axis=1), values.mean(axis=0)
    between = k * (by_subject**2).sum(axis=0) / (n - 1)
    within = ((values - by_subject[:, np.newaxis]) ** 2).sum(axis=(0, 1)) / (n * (k - 1))
    measurements = n * (by_measurement**2).sum(axis=0) / (k - 1)
    rest = ((values - by_subject[:, np.newaxis] - by_measurement) ** 2).sum(axis=(0, 1)) / ((n - 1) * (k - 1))
    return _Squares(n, k, between, within, measurements, rest)


def _one_way(s: _Squares, tail: float) -> Estimates:
    return _ratio(s, s.within, s.n * (s.k - 1), tail)


def _consistency(s: _Squares, tail: float) -> Estimates:
    return _ratio(s, s.rest, (s.n - 1) * (s.k - 1), tail)


def _ratio(s: _Squares, error: np.ndarray, freedom: int, tail: float) -> Estimates:
    """Give (B - E) / (B + (k - 1) E) and its interval: F = B / E with its own two quantiles."""
    value = (s.between - error) / (s.between + (s.k - 1) * error)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = s.between / error
        below = ratio / f_distribution.ppf(tail, s.n - 1, freedom)
        above = ratio * f_distribution.ppf(tail, freedom, s.n - 1)
        low, high = ((bound - 1) / (bound + s.k - 1) for bound in (below, above))
    return _exact_where(error == 0, value, low, high, s.n)


def _agreement(s: _Squares, tail: float) -> Estimates:
    n, k = s.n, s.k
    value = (s.between - s.rest) / (s.between + (k - 1) * s.rest + k * (s.measurements - s.rest) / n)
    shift = k * value * s.measurements
    error = (n * (1 + (k - 1) * value) - k * value) * s.rest
    with np.errstate(divide="ignore", invalid="ignore"):
        # Satterthwaite's degrees of freedom, multiplied through by the error's mean square
        freedom = (k - 1) * (n - 1) * (shift + error) ** 2 / ((n - 1) * shift**2 + error**2)
        below, above = f_distribution.ppf(tail, n - 1, freedom), f_distribution.ppf(tail, freedom, n - 1)
        other = k * s.measurements + (k * n - k - n) * s.rest
        low = n * (s.between - below * s.rest) / (below * other + n * s.between)
        high = n * (above * s.between - s.rest) / (other + n * above * s.between)
    return _exact_where((s.rest == 0) & (s.measurements == 0), value, low, high, n)


def _exact_where(exact: np.ndarray, value: np.ndarray, low: np.ndarray, high: np.ndarray, n: int) -> Estimates:
    return Estimates(value, np.where(exact, value, low), np.where(exact, value, high), np.full(len(value), n))
