"""Readers and cases both a sample: areas under ROC curves of many readers on the same cases, compared.

Obuchowski and Rockette's analysis of variance with Hillis' degrees of freedom. With jackknifed covariances it is the
same as Dorfman, Berbaum and Metz' analysis of pseudo-values (Hillis et al. 2005).
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, get_args

import numpy as np
from scipy.stats import norm, rankdata, t

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError

__all__ = [
    "AucEstimates",
    "AucTest",
    "CovarianceMethod",
    "MultireaderTests",
    "compare_modalities",
    "compare_standalone",
    "estimate_aucs",
]

CovarianceMethod = Literal["delong", "jackknife"]


class AucEstimates(NamedTuple):
    """Empirical areas under the ROC curve, float64 (m,), and the covariances of their errors, float64 (m, m)."""

    areas: np.ndarray
    covariances: np.ndarray


class AucTest(NamedTuple):
    """A difference of mean areas, its standard error and interval, t (or z, where ``df`` is infinite), two-sided p.

    All but ``value`` are NaN where the error cannot be known, as with one reader who stands for many.
    """

    value: float
    error: float
    low: float
    high: float
    statistic: float
    df: float
    p: float


class MultireaderTests(NamedTuple):
    """One difference, tested three ways: what the readers, and the cases, stand for.

    ``random_both`` speaks of other readers and other cases like these, ``fixed_readers`` of just these readers on other
    cases, ``fixed_cases`` of other readers on just these cases.
    """

    random_both: AucTest
    fixed_readers: AucTest
    fixed_cases: AucTest


def estimate_aucs(labels: np.ndarray, scores: np.ndarray, *, method: CovarianceMethod = "delong") -> AucEstimates:
    """Give the area of each of several scores of the same cases, and how their errors hang together.

    Parameters
    ----------
    labels : ndarray of bool, shape (cases,)
        Which are positive.
    scores : ndarray, shape (m, cases)
        A row a reader, or a model; ties count half.
    method : {'delong', 'jackknife'}
        Covariances by DeLong's components, or by leaving out one case after the other.

    Raises
    ------
    InputError
        If shapes do not fit, a score is not a number, or a class has fewer than two cases.

    References
    ----------
    .. [1] DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837-845.
    .. [2] Hillis SL, Obuchowski NA, Schartz KM, Berbaum KS. Statistics in Medicine 2005;24:1579-1607.
    """
    check_choice(method, get_args(CovarianceMethod), "method")
    truth, values = np.asarray(labels, dtype=bool), np.asarray(scores, dtype=np.float64)
    if values.ndim != 2 or values.shape[1:] != truth.shape:
        raise InputError("scores", expected=f"rows of {truth.size} numbers, one a label", got=f"shape {values.shape}")
    if not np.isfinite(values).all():
        raise InputError("scores", expected="finite numbers", got="a missing or infinite one", remedy="leave cases out")
    m, n = int(truth.sum()), int((~truth).sum())
    if min(m, n) < 2:
        raise InputError("labels", expected="two positive and two negative cases or more", got=f"{m} and {n}")
    above = np.stack([(rankdata(row)[truth] - rankdata(row[truth])) / n for row in values])
    below = np.stack([1.0 - (rankdata(row)[~truth] - rankdata(row[~truth])) / m for row in values])
    areas = above.mean(axis=1)
    if method == "delong":
        return AucEstimates(areas, np.atleast_2d(np.cov(above) / m + np.cov(below) / n))
    without = np.concatenate([(areas[:, None] * k - part) / (k - 1) for k, part in ((m, above), (n, below))], axis=1)
    away = without - without.mean(axis=1, keepdims=True)
    return AucEstimates(areas, (m + n - 1) / (m + n) * away @ away.T)


def compare_modalities(found: AucEstimates, *, level: float = 0.95) -> MultireaderTests:
    """Compare two ways of reading that the same readers used on the same cases, such as with and without a model.

    Parameters
    ----------
    found : AucEstimates
        Of 2 r scores: the r readers the first way, then the same readers the second way.
    level : float, 0 to 1
        Of the intervals.

    Returns
    -------
    MultireaderTests
        The first way's mean area less the second's.

    Raises
    ------
    InputError
        If the number of scores is odd or 0.

    References
    ----------
    .. [1] Obuchowski NA, Rockette HE. Communications in Statistics - Simulation 1995;24:285-308.
    .. [2] Hillis SL. Statistics in Medicine 2007;26:596-619 (the degrees of freedom, ddf_H).
    """
    check_range(level, 0.0, 1.0, "level")
    if not found.areas.size or found.areas.size % 2:
        raise InputError("found", expected="each reader's two areas", got=f"{found.areas.size} areas")
    readers = found.areas.size // 2
    areas = found.areas.reshape(2, readers)
    blocks = found.covariances.reshape(2, readers, 2, readers)
    within, across = (blocks[0, :, 0] + blocks[1, :, 1]) / 2, (blocks[0, :, 1] + blocks[1, :, 0]) / 2
    differences = areas[0] - areas[1]
    # halves: the variance of a difference of two is twice what Hillis' formulas of one modality's mean square say
    spread = 2.0 * (_mean_diagonal(within) - _mean_diagonal(across))
    shared = 2.0 * (_mean_apart(within) - _mean_apart(across))
    return _tests(differences, spread, shared, level)


def compare_standalone(found: AucEstimates, *, level: float = 0.95) -> MultireaderTests:
    """Compare a model that reads alone with the readers of the same cases.

    Parameters
    ----------
    found : AucEstimates
        Of r + 1 scores: the model's, then the readers'.
    level : float, 0 to 1
        Of the intervals.

    Returns
    -------
    MultireaderTests
        The model's area less the readers' mean area. Each reader's difference from the model takes the place of an area
        in the analysis of one modality [1]_, so that the model's own error, which all differences share, counts.

    Raises
    ------
    InputError
        If there is no reader.

    References
    ----------
    .. [1] Hillis SL, Obuchowski NA, Schartz KM, Berbaum KS. Statistics in Medicine 2005;24:1579-1607.
    .. [2] Chakraborty DP. Observer Performance Methods for Diagnostic Imaging, CRC Press 2017, on stand-alone CAD.
    """
    check_range(level, 0.0, 1.0, "level")
    if found.areas.size < 2:
        raise InputError("found", expected="the model's area and those of readers", got=f"{found.areas.size} areas")
    own, with_model = found.covariances[1:, 1:], found.covariances[0, 1:]
    errors = own - with_model[:, None] - with_model[None, :] + found.covariances[0, 0]
    return _tests(found.areas[0] - found.areas[1:], _mean_diagonal(errors), _mean_apart(errors), level)


def _tests(differences: np.ndarray, spread: float, shared: float, level: float) -> MultireaderTests:
    """Test a mean of differences by reader, whose errors have a mean variance ``spread`` and covariance ``shared``."""
    readers, value = differences.size, float(differences.mean())
    between = float(differences.var(ddof=1)) if readers > 1 else math.nan
    common = readers * max(shared, 0.0)
    both = between + common
    freedom = both**2 / (between**2 / (readers - 1)) if between > 0 else math.inf if between == 0 else math.nan
    fixed = (max(spread, 0.0) + (readers - 1) * max(shared, 0.0)) / readers
    return MultireaderTests(
        random_both=_test(value, both / readers, freedom, level),
        fixed_readers=_test(value, fixed, math.inf, level),
        fixed_cases=_test(value, between / readers, readers - 1.0, level),
    )


def _test(value: float, variance: float, df: float, level: float) -> AucTest:
    if math.isnan(variance):
        return AucTest(value, *([math.nan] * 6))
    law = norm if math.isinf(df) else t(df)
    error = math.sqrt(variance)
    statistic = value / error if error > 0 else (0.0 if value == 0 else math.copysign(math.inf, value))
    half = float(law.ppf((1 + level) / 2)) * error if error > 0 else 0.0
    return AucTest(value, error, value - half, value + half, statistic, df, float(2 * law.sf(abs(statistic))))


def _mean_diagonal(matrix: np.ndarray) -> float:
    return float(np.diag(matrix).mean())


def _mean_apart(matrix: np.ndarray) -> float:
    """Give the mean off the diagonal; 0 where there is none."""
    count = matrix.shape[0]
    return float((matrix.sum() - np.trace(matrix)) / (count * (count - 1))) if count > 1 else 0.0
