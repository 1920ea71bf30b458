"""Cox's model with an elastic net, along a path of penalties: many features, few of them left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.outcome.subjects import FollowUp

__all__ = ["CoxPath", "fit_cox_path", "partial_log_likelihood"]

_NEWTON_STEPS = 60
_SWEEPS = 2000
_TOLERANCE = 1e-7  # of coefficients, per unit of a covariate
_HALVINGS = 20
_FLAT = 1e-12  # gain of a step, relative to what is minimised
_SATURATED = 0.99  # share of the null likelihood that is explained: beyond it nothing is estimated


@dataclass(frozen=True, eq=False)
class CoxPath:
    """Models of falling penalty.

    Attributes
    ----------
    names : tuple of str
        Of the covariates.
    penalties : ndarray (m,)
        Falling. The path ends early where the patients are told apart wholly.
    coefficients : ndarray (m, p)
        Log hazard ratios per unit.
    means : ndarray (p,)
        Of the covariates in training: a risk of 0 is a patient at the means.
    log_likelihoods : ndarray (m,)
        Partial, without the penalty.
    """

    names: tuple[str, ...]
    penalties: np.ndarray
    coefficients: np.ndarray
    means: np.ndarray
    log_likelihoods: np.ndarray

    def risk(self, covariates: np.ndarray) -> np.ndarray:
        """Give log relative hazards, a row a patient and a column a penalty."""
        return np.asarray((np.asarray(covariates, dtype=np.float64) - self.means) @ self.coefficients.T)


@dataclass(frozen=True, eq=False)
class _Patients:
    """Patients by falling time; ``last`` of each group of one time, ``deaths`` in it, ``group`` of each patient."""

    x: np.ndarray
    event: np.ndarray
    last: np.ndarray
    group: np.ndarray
    deaths: np.ndarray


def fit_cox_path(
    covariates: np.ndarray,
    follow_up: FollowUp,
    *,
    names: Sequence[str] = (),
    lasso_share: float = 1.0,
    penalties: Sequence[float] | None = None,
    count: int = 40,
    smallest: float = 0.05,
    most: int | None = None,
) -> CoxPath:
    """Fit along a path, each model from the one before; ties by Breslow's method.

    What is maximised is the partial log-likelihood a patient, less ``penalty * (share * sum |b| + (1 - share) / 2 * sum
    b^2)`` (Simon et al., J Stat Softw 2011;39(5)), by Newton steps on the features that may move, each solved by
    coordinate descent; features are let in by the strong rule and checked afterwards (Tibshirani et al., J R Stat Soc
    B 2012;74:245).

    Parameters
    ----------
    covariates : ndarray, shape (n, p), finite
        Scaled before: the penalty is of coefficients a unit.
    follow_up : FollowUp
        Any other event than 1 ends the follow-up.
    names : sequence of str
        ``x1`` and so on if empty.
    lasso_share : float, above 0 to 1
        1 is the lasso; less keeps groups of like features together.
    penalties : sequence of float, optional
        Falling, above 0. Without them ``count`` of them, evenly on the scale of the logarithm, from the least that
        leaves no feature to ``smallest`` times it.
    most : int, optional
        The path ends before the model that holds more features.

    Raises
    ------
    InputError
        If shapes differ, a value is not finite or out of its range, penalties do not fall, or nobody has the event.
    """
    x, told = _checked(covariates, follow_up, names)
    check_range(lasso_share, 1e-3, 1.0, "lasso_share")
    means = x.mean(axis=0)
    patients = _sorted(x - means, follow_up)
    null, slope, _ = _slope(patients, np.zeros(len(x)))
    path = _penalties(penalties, float(np.abs(slope).max(initial=0.0)) / lasso_share, count, smallest)
    beta, before = np.zeros(x.shape[1]), path[0]
    kept: list[np.ndarray] = []
    values: list[float] = []
    for penalty in path:
        beta, value = _fit(patients, beta, penalty, before, lasso_share)
        if kept and most is not None and np.count_nonzero(beta) > most:
            break
        kept.append(beta.copy())
        values.append(value)
        before = penalty
        if value > null * (1.0 - _SATURATED):
            break
    return CoxPath(told, path[: len(kept)], np.array(kept), means, np.array(values) * len(x))


def partial_log_likelihood(risk: np.ndarray, follow_up: FollowUp) -> np.ndarray:
    """Give Breslow's partial log-likelihood of log relative hazards: a number, or one a column of them, (m,).

    Raises
    ------
    InputError
        If they are not one row a patient.
    """
    eta = np.asarray(risk, dtype=np.float64)
    if len(eta) != len(follow_up):
        raise InputError("risk", expected=f"{len(follow_up)} rows, one a patient", got=str(len(eta)))
    columns = eta.reshape(len(eta), -1)
    patients = _sorted(columns, follow_up)
    ordered = patients.x
    shift = ordered.max(axis=0, initial=-math.inf)
    total = np.log(np.cumsum(np.exp(ordered - shift), axis=0)[patients.last]) + shift
    value = ordered[patients.event].sum(axis=0) - patients.deaths @ total
    return value if eta.ndim > 1 else np.asarray(value[0])


def _checked(covariates: np.ndarray, follow_up: FollowUp, names: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    x = np.asarray(covariates, dtype=np.float64)
    if x.ndim != 2 or len(x) != len(follow_up) or not np.isfinite(x).all():
        raise InputError("covariates", expected=f"{len(follow_up)} rows of finite values", got=f"shape {x.shape}")
    told = tuple(names) or tuple(f"x{n + 1}" for n in range(x.shape[1]))
    if len(told) != x.shape[1]:
        raise InputError("names", expected=f"{x.shape[1]}, one a covariate", got=str(len(told)))
    follow_up.require()
    return x, told


def _penalties(given: Sequence[float] | None, largest: float, count: int, smallest: float) -> np.ndarray:
    if given is None:
        check_range(count, 1, 10_000, "count")
        check_range(smallest, 1e-6, 0.999, "smallest")
        # the least penalty that leaves nothing, and a hair more, for a start without rounding
        return max(largest, 1e-12) * (1 + 1e-9) * smallest ** np.linspace(0.0, 1.0, count)
    path = np.asarray(given, dtype=np.float64)
    if not len(path) or not (path > 0).all() or (np.diff(path) >= 0).any():
        raise InputError("penalties", expected="falling numbers above 0", got=str(list(given)[:4]))
    return path


def _sorted(x: np.ndarray, follow_up: FollowUp) -> _Patients:
    order = np.argsort(-follow_up.times, kind="stable")
    t, event = follow_up.times[order], follow_up.happened[order]
    last = np.append(np.flatnonzero(np.diff(t)), len(t) - 1)
    group = np.concatenate([[0], np.cumsum(np.diff(t) != 0)])
    return _Patients(x[order], event, last, group, np.bincount(group[event], minlength=len(last)).astype(float))


def _slope(p: _Patients, eta: np.ndarray) -> tuple[float, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Give log-likelihood and slope a patient, and what the information is made of."""
    n = len(eta)
    shift = eta.max(initial=0.0)
    weight = np.exp(eta - shift)
    total = np.cumsum(weight)[p.last]
    value = float(eta[p.event].sum() - p.deaths @ (np.log(total) + shift))
    # hazard up to each patient's time: the groups of earlier times stand behind in falling order
    hazard = np.cumsum((p.deaths / total)[::-1])[::-1][p.group]
    slope = p.x.T @ (p.event - weight * hazard)
    return value / n, slope / n, (weight, total, hazard)


def _information(p: _Patients, active: np.ndarray, parts: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    weight, total, hazard = parts
    x = p.x[:, active]
    mean = np.cumsum(weight[:, None] * x, axis=0)[p.last] / total[:, None]
    spread = (x * (weight * hazard)[:, None]).T @ x - (mean * p.deaths[:, None]).T @ mean
    return np.asarray(spread / len(x))


def _fit(p: _Patients, start: np.ndarray, penalty: float, before: float, share: float) -> tuple[np.ndarray, float]:
    beta = start.copy()
    lasso = penalty * share
    value, slope, _ = _slope(p, p.x @ beta)
    pull = penalty * (1.0 - share)
    active = np.flatnonzero((beta != 0) | (np.abs(slope - pull * beta) >= (2.0 * penalty - before) * share))
    while True:
        beta, value, slope = _newton(p, beta, active, lasso, pull)
        left_out = np.ones(len(beta), dtype=bool)
        left_out[active] = False
        missed = np.flatnonzero(left_out & (np.abs(slope) > lasso * (1 + 1e-7)))
        if not len(missed):
            return beta, value
        active = np.union1d(active, missed)


def _newton(
    p: _Patients, beta: np.ndarray, active: np.ndarray, lasso: float, pull: float
) -> tuple[np.ndarray, float, np.ndarray]:
    def loss(value: float, b: np.ndarray) -> float:
        return -value + lasso * float(np.abs(b).sum()) + 0.5 * pull * float(b @ b)

    value, slope, parts = _slope(p, p.x @ beta)
    for _ in range(_NEWTON_STEPS if len(active) else 0):
        information = _information(p, active, parts)
        wanted = _descend(information, slope[active] + information @ beta[active], beta[active], lasso, pull)
        step = wanted - beta[active]
        old = loss(value, beta)
        tried = beta.copy()
        for _ in range(_HALVINGS):
            tried[active] = beta[active] + step
            new = _slope(p, p.x[:, active] @ tried[active])
            if loss(new[0], tried) <= old + 1e-14 * abs(old):
                break
            step = step / 2.0
        else:
            return beta, value, slope
        gained = old - loss(new[0], tried)
        beta, (value, slope, parts) = tried, new
        if np.abs(step).max() < _TOLERANCE or gained < _FLAT * abs(old):
            break
    return beta, value, slope


def _descend(information: np.ndarray, target: np.ndarray, start: np.ndarray, lasso: float, pull: float) -> np.ndarray:
    """Maximise the quadratic ``target b - b information b / 2`` less the penalty, one coefficient after another.

    Like features move slowly that way; where the features and their signs are found, the rest is linear equations.
    """
    b = start.copy()
    rest = target - information @ b
    diagonal = np.diag(information).copy()
    for _ in range(_SWEEPS):
        moved = 0.0
        # a coefficient of 0 stays so unless its slope is above the lasso's: most are not looked at
        for j in np.flatnonzero((b != 0) | (np.abs(rest) > lasso)):
            old = b[j]
            z = rest[j] + diagonal[j] * old
            size = abs(z) - lasso
            new = math.copysign(size, z) / (diagonal[j] + pull) if size > 0 and diagonal[j] + pull > 0 else 0.0
            if new != old:
                b[j] = new
                rest -= information[j] * (new - old)
                moved = max(moved, abs(new - old))
        if moved < _TOLERANCE:
            break
        b, rest = _with_these_signs(information, target, b, rest, lasso, pull)
    return b


def _with_these_signs(
    information: np.ndarray, target: np.ndarray, b: np.ndarray, rest: np.ndarray, lasso: float, pull: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give the best coefficients of these features and signs, and the slopes there; as they came if a sign turns."""
    there = np.flatnonzero(b)
    signs = np.sign(b[there])
    system = information[np.ix_(there, there)] + pull * np.eye(len(there))
    try:
        solved = np.linalg.solve(system, target[there] - lasso * signs)
    except np.linalg.LinAlgError:
        return b, rest
    if not np.isfinite(solved).all() or (np.sign(solved) != signs).any():
        return b, rest
    found = np.zeros_like(b)
    found[there] = solved
    return found, target - information @ found
