"""Lin's concordance correlation coefficient, of two and of more measurements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.metrics import Interval
from oncologyai.robustness.measurements import Estimates, estimate_complete

__all__ = ["concordance", "lin_concordance"]

_FEWEST = 3  # subjects: the interval divides by n - 2


def lin_concordance(first: Sequence[float], second: Sequence[float], *, level: float = 0.95) -> Interval:
    """Give Lin's coefficient of two series of measurements; see ``concordance``.

    Raises
    ------
    InputError
        If lengths differ.
    """
    if len(first) != len(second):
        raise InputError("second", expected=f"{len(first)} numbers, one a subject", got=str(len(second)))
    found = concordance(np.column_stack([first, second])[:, :, np.newaxis], level=level)
    return Interval(float(found.value[0]), float(found.low[0]), float(found.high[0]))


def concordance(values: np.ndarray, *, level: float = 0.95) -> Estimates:
    """Give the concordance correlation coefficient of each feature.

    Parameters
    ----------
    values : ndarray, shape (subjects, measurements, features)
        Subjects without all measurements of a feature are left out of it.
    level : float
        Of the interval.

    Returns
    -------
    Estimates
        For two measurements Lin's coefficient with variances that divide by n and the interval of its Z
        transformation. For more, the overall coefficient: twice the sum of the covariances of all pairs over
        (k - 1) times the sum of variances plus the sum of squared differences of means; its interval is that of the
        jackknife over subjects on the same scale. NaN with fewer than 3 subjects, fewer than 2 measurements, or
        where all values are equal.

    Raises
    ------
    InputError
        If ``values`` has not three axes.

    References
    ----------
    .. [1] Lin LI. A concordance correlation coefficient to evaluate reproducibility. Biometrics 1989;45:255-268;
       the variance as corrected in Biometrics 2000;56:324-325.
    .. [2] Barnhart HX, Haber M, Song J. Overall concordance correlation coefficient for evaluating agreement among
       multiple observers. Biometrics 2002;58:1020-1027.
    """
    if values.ndim != 3:
        raise InputError("values", expected="subjects by measurements by features", got=f"{values.ndim} axes")
    check_range(level, 0.5, 0.9999, "level")
    z = float(norm.ppf((1 + level) / 2))
    estimate = _of_pairs if values.shape[1] == 2 else _of_many
    return estimate_complete(values, lambda block: estimate(block, z), fewest=_FEWEST)


def _of_pairs(values: np.ndarray, z: float) -> Estimates:
    """Give Lin's coefficient and interval; values (n, 2, f) without NaN, not constant."""
    n = len(values)
    means, variances = values.mean(axis=0), values.var(axis=0)
    covariance = np.prod(values - means, axis=1).mean(axis=0)
    shift = means[0] - means[1]
    c = 2 * covariance / (variances.sum(axis=0) + shift**2)
    scale = np.sqrt(variances[0] * variances[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        r, u2 = covariance / scale, shift**2 / scale
        spread = (1 - r**2) * c**2 * (1 - c**2) / r**2 + 2 * c**3 * (1 - c) * u2 / r - c**4 * u2**2 / (2 * r**2)
        error = np.sqrt(np.maximum(spread, 0) / (n - 2)) / (1 - c**2)
    return _on_z_scale(c, error, z, n)


def _of_many(values: np.ndarray, z: float) -> Estimates:
    n = len(values)
    values = values - values.mean(axis=0).mean(axis=0)  # large means cost digits
    total = values.sum(axis=1)
    sums = np.stack([values.sum(axis=0), (values**2).sum(axis=0)])
    squares = (total**2).sum(axis=0)
    c = _overall(sums[0], sums[1], squares, n)
    left_out = _overall(sums[0] - values, sums[1] - values**2, squares - total**2, n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        pseudo = n * np.arctanh(c) - (n - 1) * np.arctanh(left_out)
        error = pseudo.std(axis=0, ddof=1) / np.sqrt(n)
    return _on_z_scale(c, error, z, n)


def _overall(sums: np.ndarray, squares: np.ndarray, of_totals: np.ndarray, n: int) -> np.ndarray:
    """Give the coefficient from sums and sums of squares (..., k, f) and the sum of squares of totals (..., f)."""
    k = sums.shape[-2]
    means = sums / n
    variances = (squares / n - means**2).sum(axis=-2)
    # the variance of the total is that of the parts and twice all covariances
    covariances = (of_totals / n - means.sum(axis=-2) ** 2 - variances) / 2
    shifts = k * (means**2).sum(axis=-2) - means.sum(axis=-2) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(2 * covariances / ((k - 1) * variances + np.maximum(shifts, 0)))


def _on_z_scale(c: np.ndarray, error: np.ndarray, z: float, n: int) -> Estimates:
    """Give the interval tanh(atanh(c) -+ z error); perfect agreement has no width."""
    perfect = np.abs(c) >= 1 - 1e-12
    c = np.clip(c, -1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.arctanh(np.where(perfect, 0, c))
        low, high = (np.where(perfect, c, np.tanh(middle + sign * z * error)) for sign in (-1, 1))
    return Estimates(c, low, high, np.full(len(c), n))
