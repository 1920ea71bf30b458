"""Whether predicted risks are the observed ones: slope and intercept, groups at a time, the mis-specification test."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import optimize, stats

from oncologyai._checks import check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.outcome.competing import cumulative_incidence
from oncologyai.outcome.cox import fit_cox
from oncologyai.outcome.subjects import FollowUp

__all__ = [
    "CalibrationGroup",
    "CoxCalibration",
    "LogisticCalibration",
    "calibration_groups",
    "cox_calibration",
    "logistic_calibration",
    "misspecification_test",
]


class CoxCalibration(NamedTuple):
    """The slope of the linear predictor in new patients (1 where it carries over), its error, p of slope 1."""

    slope: float
    error: float
    p: float


class LogisticCalibration(NamedTuple):
    """Slope and intercept of the logit of the chance, and the intercept where the slope is 1 (calibration at large)."""

    slope: float
    intercept: float
    at_large: float
    brier: float


@dataclass(frozen=True)
class CalibrationGroup:
    """Patients of like predicted chance: how many, the mean prediction, and what was observed with its interval."""

    n: int
    predicted: float
    observed: float
    low: float
    high: float


def cox_calibration(linear_predictor: np.ndarray, follow_up: FollowUp) -> CoxCalibration:
    """Fit Cox's model on the linear predictor alone (van Houwelingen, Stat Med 2000;19:3401; Royston and Altman 2013).

    Parameters
    ----------
    linear_predictor : ndarray (n,), finite
        Of patients that the model has not seen.
    follow_up : FollowUp

    Raises
    ------
    InputError
        If the predictor is the same for all, or nobody has the event.
    """
    model = fit_cox(np.asarray(linear_predictor, dtype=np.float64)[:, None], follow_up, names=["linear predictor"])
    slope, error = float(model.coefficients[0]), float(model.errors[0])
    return CoxCalibration(slope, error, float(2 * stats.norm.sf(abs(slope - 1.0) / error)))


def misspecification_test(
    covariates: np.ndarray, linear_predictor: np.ndarray, follow_up: FollowUp, *, names: tuple[str, ...] = ()
) -> tuple[float, int, float]:
    """Test whether the covariates say more in new patients than their linear predictor, which is an offset.

    Royston and Altman's check (BMC Med Res Methodol 2013;13:33), as ch. 3 uses it: a joint likelihood ratio of the
    covariates' coefficients against those of training.

    Returns
    -------
    tuple of float, int, float
        Chi square, its degrees of freedom, and p: small where the model does not carry over.

    Raises
    ------
    InputError
        As ``fit_cox``.
    """
    x = np.asarray(covariates, dtype=np.float64)
    offset = np.asarray(linear_predictor, dtype=np.float64)
    full = fit_cox(x, follow_up, names=names)
    fixed = _partial_likelihood(offset, follow_up)
    statistic = max(2.0 * (full.log_likelihood - fixed), 0.0)
    return statistic, x.shape[1], float(stats.chi2.sf(statistic, x.shape[1]))


def logistic_calibration(chance: np.ndarray, labels: np.ndarray) -> LogisticCalibration:
    """Give slope and intercept of the logit of predicted chances, and the Brier score.

    Raises
    ------
    InputError
        If a chance is not from 0 to 1, or one class is missing.
    """
    p, y = np.asarray(chance, dtype=np.float64), np.asarray(labels)
    if p.shape != y.shape or not ((p >= 0) & (p <= 1)).all():
        raise InputError("chance", expected=f"{y.size} values from 0 to 1", got=f"shape {p.shape} or others")
    if len(np.unique(y)) < 2:
        raise InputError("labels", expected="both classes", got="one")
    logit = np.log(np.clip(p, 1e-6, 1 - 1e-6) / np.clip(1 - p, 1e-6, 1 - 1e-6))

    def loss(theta: np.ndarray, slope: float | None = None) -> float:
        eta = theta[0] + (theta[1] if slope is None else slope) * logit
        return float(np.sum(np.logaddexp(0.0, eta) - y * eta))

    both = optimize.minimize(loss, np.array([0.0, 1.0]), method="BFGS")
    large = optimize.minimize(loss, np.array([0.0]), args=(1.0,), method="BFGS")
    brier = float(np.mean((p - y) ** 2))
    return LogisticCalibration(float(both.x[1]), float(both.x[0]), float(large.x[0]), brier)


def calibration_groups(
    chance: np.ndarray, follow_up: FollowUp, horizon: float, *, count: int = 4, level: float = 0.95
) -> tuple[CalibrationGroup, ...]:
    """Compare predicted chances of the event by a horizon with the observed incidence, in groups of like prediction.

    Competing events count as such: what is observed is Aalen and Johansen's incidence.

    Parameters
    ----------
    chance : ndarray (n,), 0 to 1
    follow_up : FollowUp
    horizon : float, > 0
        Days.
    count : int
        Groups of like size by prediction; fewer where predictions are tied.

    Raises
    ------
    InputError
        If a chance is not from 0 to 1 or a number is out of its range.
    """
    check_positive(horizon, "horizon", "days")
    check_range(count, 2, 100, "count")
    p = np.asarray(chance, dtype=np.float64)
    if p.shape != (len(follow_up),) or not ((p >= 0) & (p <= 1)).all():
        raise InputError("chance", expected=f"{len(follow_up)} values from 0 to 1", got=f"shape {p.shape} or others")
    edges = np.unique(np.quantile(p, np.linspace(0, 1, count + 1)))
    group = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, max(len(edges) - 2, 0))
    made = []
    for n in np.unique(group):
        members = group == n
        observed, low, high = _observed(follow_up.of(members), horizon, level)
        made.append(CalibrationGroup(int(members.sum()), float(p[members].mean()), observed, low, high))
    return tuple(made)


def _observed(follow_up: FollowUp, horizon: float, level: float) -> tuple[float, float, float]:
    if not (follow_up.happened & (follow_up.times <= horizon)).any():
        return 0.0, 0.0, math.nan  # no event: the incidence has no estimated error
    found = cumulative_incidence(follow_up, level=level)
    step = int(np.searchsorted(found.times, horizon, side="right")) - 1
    return float(found.values[step]), float(found.low[step]), float(found.high[step])


def _partial_likelihood(linear_predictor: np.ndarray, follow_up: FollowUp) -> float:
    """Give the log partial likelihood (Efron) of a given linear predictor."""
    t, event, eta = follow_up.times, follow_up.happened, linear_predictor
    total = 0.0
    for at in np.unique(t[event]):
        risk = np.exp(eta[t >= at]).sum()
        tied = event & (t == at)
        mass, count = np.exp(eta[tied]).sum(), int(tied.sum())
        total += float(eta[tied].sum()) - float(np.log(risk - np.arange(count) / count * mass).sum())
    return total
