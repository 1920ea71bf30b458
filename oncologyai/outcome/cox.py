"""Cox's proportional hazards, many covariates at once, by Newton's method."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.outcome.subjects import FollowUp

__all__ = ["CoxModel", "fit_cox"]

_STEPS = 50
_TOLERANCE = 1e-10  # of the relative change of the log-likelihood
_HALVINGS = 12
_LIMITLESS = 15.0  # log hazard ratio of one standard deviation: nobody's effect, a likelihood without a maximum


@dataclass(frozen=True, eq=False)
class CoxModel:
    """A fitted model.

    Attributes
    ----------
    names : tuple of str
        Of the covariates.
    coefficients, errors : ndarray (p,)
        Log hazard ratios per unit, and their standard errors from the information.
    covariance : ndarray (p, p)
    means : ndarray (p,)
        Of the covariates in the training data: a linear predictor of 0 is a patient at the means.
    log_likelihood, null_log_likelihood : float
        Partial, with and without the covariates (without the penalty).
    times, hazard : ndarray (m,)
        Cumulative baseline hazard of a patient at the means: a step function that begins at the first event.
    n, events : int
    """

    names: tuple[str, ...]
    coefficients: np.ndarray
    errors: np.ndarray
    covariance: np.ndarray
    means: np.ndarray
    log_likelihood: float
    null_log_likelihood: float
    times: np.ndarray
    hazard: np.ndarray
    n: int
    events: int

    @property
    def p(self) -> np.ndarray:
        """Two-sided p of each coefficient by Wald's test."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(2.0 * stats.norm.sf(np.abs(self.coefficients / self.errors)))

    def risk(self, covariates: np.ndarray) -> np.ndarray:
        """Give the linear predictor (log relative hazard) of rows of covariates, (n,)."""
        return np.asarray((np.asarray(covariates, dtype=np.float64) - self.means) @ self.coefficients)

    def survival(self, covariates: np.ndarray, times: Sequence[float]) -> np.ndarray:
        """Give the predicted survival, a row a patient and a column a time."""
        steps = np.searchsorted(self.times, np.asarray(times, dtype=np.float64), side="right")
        hazard = np.concatenate([[0.0], self.hazard])[steps]
        return np.exp(-np.outer(np.exp(self.risk(covariates)), hazard))


@dataclass(frozen=True, eq=False)
class _Sorted:
    """Patients by falling time, with the tied groups of events."""

    x: np.ndarray
    event: np.ndarray
    last: np.ndarray  # of each tied group, the index of its last patient in falling order of time
    group: np.ndarray  # of each patient, the number of the tied group of time
    times: np.ndarray


def fit_cox(
    covariates: np.ndarray,
    follow_up: FollowUp,
    *,
    names: Sequence[str] = (),
    penalty: float = 0.0,
) -> CoxModel:
    """Fit a proportional hazards model; ties by Efron's method, as R's ``coxph`` does.

    Parameters
    ----------
    covariates : ndarray, shape (n, p), finite
        p may be 0: the model is then the baseline alone.
    follow_up : FollowUp
        Any other event than 1 ends the follow-up.
    names : sequence of str
        Of the covariates; ``x1`` and so on if empty.
    penalty : float, >= 0
        Ridge: half of it times the sum of squared coefficients is taken from the log-likelihood.

    Raises
    ------
    InputError
        If nobody has the event, shapes differ, a value is not finite, or covariates cannot be told apart: constant,
        or linear combinations of each other (only without a penalty), or a covariate parts the patients so well that
        its coefficient grows without limit.
    """
    x, told = _checked(covariates, follow_up, names)
    check_range(penalty, 0.0, math.inf, "penalty")
    follow_up.require()
    means = x.mean(axis=0) if len(x) else np.zeros(x.shape[1])
    sorted_ = _sort(x - means, follow_up)
    beta = np.zeros(x.shape[1])
    null, slope, information = _likelihood(sorted_, beta)
    value = null
    for _ in range(_STEPS if x.shape[1] else 0):
        step = _solve(information + penalty * np.eye(len(beta)), slope - penalty * beta, told)
        beta, value, slope, information, gain = _advance(sorted_, beta, step, value, penalty)
        if gain <= _TOLERANCE * (abs(value) + 1e-3):
            break
    _refuse_limitless(sorted_.x, beta, told)
    covariance = np.linalg.inv(information + penalty * np.eye(len(beta))) if len(beta) else np.zeros((0, 0))
    times, hazard = _baseline(sorted_, beta)
    return CoxModel(
        told, beta, np.sqrt(np.diag(covariance)), covariance, means, value, null, times, hazard, len(x),
        int(follow_up.happened.sum()),
    )  # fmt: skip


def _checked(covariates: np.ndarray, follow_up: FollowUp, names: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    x = np.asarray(covariates, dtype=np.float64)
    if x.ndim != 2 or len(x) != len(follow_up):
        raise InputError("covariates", expected=f"{len(follow_up)} rows, one a patient", got=f"shape {x.shape}")
    told = tuple(names) or tuple(f"x{n + 1}" for n in range(x.shape[1]))
    if len(told) != x.shape[1]:
        raise InputError("names", expected=f"{x.shape[1]}, one a covariate", got=str(len(told)))
    if not np.isfinite(x).all():
        column = told[int(np.flatnonzero(~np.isfinite(x).all(axis=0))[0])]
        raise InputError("covariates", expected="finite values", got=f"a missing one in {column}", remedy="impute it")
    return x, told


def _sort(x: np.ndarray, follow_up: FollowUp) -> _Sorted:
    order = np.argsort(-follow_up.times, kind="stable")
    t = follow_up.times[order]
    last = np.append(np.flatnonzero(np.diff(t)), len(t) - 1)
    group = np.concatenate([[0], np.cumsum(np.diff(t) != 0)])
    return _Sorted(x[order], follow_up.happened[order], last, group, t[last])


def _likelihood(s: _Sorted, beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Give the log partial likelihood, its slope and its information (Efron, J Am Stat Assoc 1977;72:557)."""
    eta = s.x @ beta
    shift = eta.max() if len(eta) else 0.0
    weight = np.exp(eta - shift)
    first = weight[:, None] * s.x
    second = first[:, :, None] * s.x[:, None, :]
    total0, total1, total2 = (np.cumsum(a, axis=0)[s.last] for a in (weight, first, second))
    e = s.event
    count = np.bincount(s.group[e], minlength=len(s.last))
    tied0 = np.bincount(s.group[e], weight[e], minlength=len(s.last))
    tied1, tied2 = np.zeros_like(total1), np.zeros_like(total2)
    np.add.at(tied1, s.group[e], first[e])
    np.add.at(tied2, s.group[e], second[e])
    value = float(eta[e].sum() - shift * e.sum())
    slope, information = s.x[e].sum(axis=0), np.zeros((len(beta), len(beta)))
    for done in range(int(count.max(initial=0))):
        rows = np.flatnonzero(count > done)
        share = (done / count[rows])[:, None]
        s0 = total0[rows] - share[:, 0] * tied0[rows]
        mean = (total1[rows] - share * tied1[rows]) / s0[:, None]
        value -= float(np.log(s0).sum())
        slope = slope - mean.sum(axis=0)
        spread = (total2[rows] - share[:, :, None] * tied2[rows]) / s0[:, None, None]
        information += (spread - mean[:, :, None] * mean[:, None, :]).sum(axis=0)
    return value, slope, information


def _advance(
    s: _Sorted, beta: np.ndarray, step: np.ndarray, value: float, penalty: float
) -> tuple[np.ndarray, float, np.ndarray, np.ndarray, float]:
    """Take a Newton step, halved until the penalised likelihood does not fall."""
    before = value - 0.5 * penalty * float(beta @ beta)
    for _ in range(_HALVINGS):
        tried = beta + step
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            new, slope, information = _likelihood(s, tried)
        after = new - 0.5 * penalty * float(tried @ tried)
        if math.isfinite(after) and after >= before - 1e-12 * abs(before):
            return tried, new, slope, information, after - before
        step = step / 2.0
    new, slope, information = _likelihood(s, beta)
    return beta, new, slope, information, 0.0


def _solve(information: np.ndarray, slope: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    scale = np.sqrt(np.maximum(np.diag(information), 0.0))
    if (scale == 0.0).any():
        name = names[int(np.flatnonzero(scale == 0.0)[0])]
        raise InputError("covariates", expected="values that differ", got=f"{name}, the same for all at risk")
    scaled = information / np.outer(scale, scale)
    if len(scaled) > 1 and np.linalg.cond(scaled) > 1e12:
        _, vectors = np.linalg.eigh(scaled)
        name = names[int(np.argmax(np.abs(vectors[:, 0])))]
        raise InputError(
            "covariates",
            expected="covariates that are no combinations of each other",
            got=f"{name}, which the others give",
            remedy="leave one out or use a penalty",
        )
    return np.asarray(np.linalg.solve(scaled, slope / scale) / scale)


def _refuse_limitless(x: np.ndarray, beta: np.ndarray, names: tuple[str, ...]) -> None:
    if not len(beta):
        return
    size = np.abs(beta) * x.std(axis=0)
    if size.max() > _LIMITLESS:
        raise InputError(
            "covariates",
            expected="covariates whose effect can be estimated",
            got=f"{names[int(np.argmax(size))]}, whose coefficient grows without limit",
            remedy="leave it out or use a penalty",
        )


def _baseline(s: _Sorted, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give Efron's estimate of the cumulative hazard, times rising."""
    weight = np.exp(s.x @ beta)
    total = np.cumsum(weight)[s.last]
    e = s.event
    count = np.bincount(s.group[e], minlength=len(s.last))
    tied = np.bincount(s.group[e], weight[e], minlength=len(s.last))
    jump = np.zeros(len(s.last))
    for done in range(int(count.max(initial=0))):
        rows = count > done
        jump[rows] += 1.0 / (total[rows] - done / count[rows] * tied[rows])
    rising = np.flatnonzero(count)[::-1]
    return s.times[rising], np.cumsum(jump[rising])
