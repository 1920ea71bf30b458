"""How far two measurements of one subject lie apart: within-subject deviation, repeatability, variation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2, norm

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.robustness.measurements import Estimates

__all__ = ["Repeatability", "repeatability"]


class Repeatability(NamedTuple):
    """Of each feature: ``within_sd`` and ``coefficient`` in its own unit, ``within_cv`` as a share."""

    within_sd: Estimates
    coefficient: Estimates
    within_cv: Estimates


def repeatability(values: np.ndarray, *, level: float = 0.95) -> Repeatability:
    """Give within-subject standard deviation, repeatability coefficient and within-subject coefficient of variation.

    Parameters
    ----------
    values : ndarray, shape (subjects, measurements, features)
        Subjects without all measurements of a feature are left out of it.
    level : float
        Of the intervals, and of the repeatability coefficient: two measurements differ by less in that share.

    Returns
    -------
    Repeatability
        The deviation pools the variances within subjects, n (k - 1) degrees of freedom, interval by chi square. The
        coefficient is 2.77 times it at 0.95: the normal quantile times the root of 2. The coefficient of variation is
        the root mean square of each subject's deviation over its mean, with the same degrees of freedom; NaN where a
        subject's mean is not above 0, since a share of nothing, or of a feature that changes sign, says nothing. All
        NaN with fewer than 2 measurements or no subject. A feature whose values are all equal has 0.

    Raises
    ------
    InputError
        If ``values`` has not three axes.

    References
    ----------
    .. [1] Bland JM, Altman DG. Measurement error. BMJ 1996;313:744.
    .. [2] Raunig DL et al. Quantitative imaging biomarkers: a review of statistical methods for technical performance
       assessment. Stat Methods Med Res 2015;24:27-67.
    """
    if values.ndim != 3:
        raise InputError("values", expected="subjects by measurements by features", got=f"{values.ndim} axes")
    check_range(level, 0.5, 0.9999, "level")
    complete = np.isfinite(values).all(axis=1)
    n, k = complete.sum(axis=0), values.shape[1]
    if k < 2:
        nothing = np.full(values.shape[2], np.nan)
        none = Estimates(nothing, nothing, nothing, n)
        return Repeatability(none, none, none)
    kept = np.where(complete[:, np.newaxis], values, 0.0)
    variances, means = kept.var(axis=1, ddof=1), kept.mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.where(complete, variances, 0).sum(axis=0) / n
        ratios = np.where(complete, variances / means**2, 0).sum(axis=0) / n
    positive = np.where(complete, means > 0, True).all(axis=0)
    deviation = _with_interval(np.sqrt(pooled), n, k, level)
    factor = float(norm.ppf((1 + level) / 2)) * 2**0.5
    coefficient = Estimates(factor * deviation.value, factor * deviation.low, factor * deviation.high, n)
    return Repeatability(
        deviation, coefficient, _with_interval(np.where(positive, np.sqrt(ratios), np.nan), n, k, level)
    )


def _with_interval(deviation: np.ndarray, n: np.ndarray, k: int, level: float) -> Estimates:
    freedom = n * (k - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (
            deviation * np.sqrt(freedom / chi2.ppf(tail, freedom)) for tail in ((1 + level) / 2, (1 - level) / 2)
        )
    return Estimates(deviation, low, high, n)
