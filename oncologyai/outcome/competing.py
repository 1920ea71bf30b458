"""Competing risks: the incidence of each event, and Fine and Gray's model of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from oncologyai.errors import InputError
from oncologyai.outcome.censoring import censoring_survival
from oncologyai.outcome.subjects import FollowUp

__all__ = ["FineGrayModel", "Incidence", "cumulative_incidence", "fit_fine_gray", "subdistribution_baseline"]

_STEPS = 50


@dataclass(frozen=True, eq=False)
class Incidence:
    """The chance of the event by each time, its standard error and pointwise interval; a step function from 0."""

    times: np.ndarray
    values: np.ndarray
    errors: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, times: Sequence[float]) -> np.ndarray:
        """Give the incidence at times."""
        steps = np.searchsorted(self.times, np.asarray(times, dtype=np.float64), side="right")
        return np.asarray(np.concatenate([[0.0], self.values])[steps])


def cumulative_incidence(follow_up: FollowUp, *, event: int = 1, level: float = 0.95) -> Incidence:
    """Give Aalen and Johansen's estimate for one kind of event, the others competing.

    The variance is Aalen's as ``cuminc`` of R's cmprsk has it; the interval is on the scale log(-log(1 - F)) turned as
    in log(-log F), so that it stays within 0 and 1.

    Raises
    ------
    InputError
        If nobody has that event.
    """
    t, codes = follow_up.times, follow_up.events
    if not (codes == event).any():
        raise InputError("events", expected=f"event {event} in at least one patient", got="none")
    times = np.unique(t[codes > 0])
    at_risk = np.array([np.count_nonzero(t >= u) for u in times], dtype=float)
    all_events = np.array([np.count_nonzero((t == u) & (codes > 0)) for u in times], dtype=float)
    of_kind = np.array([np.count_nonzero((t == u) & (codes == event)) for u in times], dtype=float)
    survival = np.cumprod(1.0 - all_events / at_risk)
    before = np.concatenate([[1.0], survival[:-1]])
    values = np.cumsum(before * of_kind / at_risk)
    error = np.sqrt(_aalen_variance(values, survival, at_risk, all_events, of_kind))
    low, high = _interval(values, error, level)
    kept = of_kind > 0
    return Incidence(times[kept], values[kept], error[kept], low[kept], high[kept])


def _aalen_variance(
    values: np.ndarray, survival: np.ndarray, at_risk: np.ndarray, all_events: np.ndarray, of_kind: np.ndarray
) -> np.ndarray:
    """Give the variance of the incidence at each time (Aalen, Ann Stat 1978;6:534), ties as cmprsk has them."""
    before = np.concatenate([[1.0], survival[:-1]])
    others = all_events - of_kind
    with np.errstate(divide="ignore", invalid="ignore"):
        tied = [1.0 - np.maximum(count - 1.0, 0.0) / (at_risk - 1.0) for count in (of_kind, others)]
    spread = [
        np.where(count > 0, (before / at_risk) ** 2 * count * np.nan_to_num(part), 0.0)
        for count, part in zip((of_kind, others), tied, strict=True)
    ]
    variance = np.zeros(len(values))
    for n in range(len(values)):
        with np.errstate(divide="ignore", invalid="ignore"):
            later = np.nan_to_num((values[n] - values[: n + 1]) / survival[: n + 1])
        variance[n] = np.sum(spread[0][: n + 1] * (1.0 - later) ** 2) + np.sum(spread[1][: n + 1] * later**2)
    return variance


def _interval(values: np.ndarray, error: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    z = float(stats.norm.ppf(0.5 + level / 2))
    inner = (values > 0) & (values < 1)
    low, high = values.copy(), values.copy()
    log_ = np.log(values[inner])
    width = z * error[inner] / (values[inner] * log_)
    ends = np.stack([values[inner] ** np.exp(width), values[inner] ** np.exp(-width)])
    low[inner], high[inner] = ends.min(axis=0), ends.max(axis=0)
    return low, high


@dataclass(frozen=True, eq=False)
class FineGrayModel:
    """Effects on the subdistribution hazard of the event.

    Attributes
    ----------
    names : tuple of str
    coefficients, errors : ndarray (p,)
        Log subdistribution hazard ratios, and robust standard errors.
    p : ndarray (p,)
        Wald's, two-sided.
    times, hazard : ndarray (m,)
        Cumulative baseline subdistribution hazard of a patient whose covariates are 0.
    """

    names: tuple[str, ...]
    coefficients: np.ndarray
    errors: np.ndarray
    p: np.ndarray
    times: np.ndarray
    hazard: np.ndarray

    def incidence(self, covariates: np.ndarray, times: Sequence[float]) -> np.ndarray:
        """Give the predicted chance of the event, a row a patient and a column a time."""
        steps = np.searchsorted(self.times, np.asarray(times, dtype=np.float64), side="right")
        hazard = np.concatenate([[0.0], self.hazard])[steps]
        return 1.0 - np.exp(-np.outer(np.exp(np.asarray(covariates) @ self.coefficients), hazard))


def fit_fine_gray(covariates: np.ndarray, follow_up: FollowUp, *, names: Sequence[str] = ()) -> FineGrayModel:
    """Fit Fine and Gray's model of event 1 (J Am Stat Assoc 1999;94:496), ties by Breslow's method, as ``crr`` does.

    Who had a competing event stays at risk with a weight that falls as others would have been censored.

    Parameters
    ----------
    covariates : ndarray, shape (n, p), finite
    follow_up : FollowUp
        1 the event, 2 and more competing ones, 0 censored.
    names : sequence of str

    Raises
    ------
    InputError
        If nobody has the event, shapes differ, or the effects cannot be estimated.
    """
    x = np.asarray(covariates, dtype=np.float64)
    if x.ndim != 2 or len(x) != len(follow_up) or not np.isfinite(x).all():
        raise InputError("covariates", expected=f"{len(follow_up)} rows of finite values", got=f"shape {x.shape}")
    follow_up.require()
    told = tuple(names) or tuple(f"x{n + 1}" for n in range(x.shape[1]))
    order = np.argsort(follow_up.times, kind="stable")
    x, follow_up = x[order], follow_up.of(order)
    times, weight = _risk_weights(follow_up)
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        slope, information, _ = _score(x, follow_up, times, weight, beta)
        try:
            step = np.linalg.solve(information, slope)
        except np.linalg.LinAlgError as singular:
            raise InputError("covariates", expected="some that can be told apart", got="combinations") from singular
        beta = beta + np.clip(step, -2.0, 2.0)
        if np.abs(step).max(initial=0.0) < 1e-10:
            break
    else:
        raise InputError("covariates", expected="effects that can be estimated", got="one that grows without limit")
    _, information, parts = _score(x, follow_up, times, weight, beta)
    inverse = np.linalg.inv(information)
    influence = _influence(x, follow_up, times, weight, beta, parts)
    covariance = inverse @ (influence.T @ influence) @ inverse
    error = np.sqrt(np.diag(covariance))
    hazard = np.cumsum(parts["count"] / parts["s0"])
    p = 2.0 * stats.norm.sf(np.abs(beta / error))
    return FineGrayModel(told, beta, error, p, times, hazard)


def subdistribution_baseline(linear_predictor: np.ndarray, follow_up: FollowUp) -> tuple[np.ndarray, np.ndarray]:
    """Give the times and the jumps of the subdistribution's baseline hazard, given each patient's linear predictor."""
    times, weight = _risk_weights(follow_up)
    count = np.array([np.count_nonzero(follow_up.happened & (follow_up.times == u)) for u in times], dtype=float)
    return times, count / (weight @ np.exp(np.asarray(linear_predictor, dtype=np.float64)))


def _risk_weights(follow_up: FollowUp) -> tuple[np.ndarray, np.ndarray]:
    """Give the times of the event and every patient's weight at each of them, (m, n)."""
    t, codes = follow_up.times, follow_up.events
    times = np.unique(t[follow_up.happened])
    chance = censoring_survival(follow_up, events_first=False)
    at_event, own = chance.before(times), chance.before(t)
    still = t[None] >= times[:, None]
    gone = (codes > 1)[None] & (t[None] < times[:, None])
    return times, np.where(still, 1.0, np.where(gone, at_event[:, None] / np.maximum(own[None], 1e-300), 0.0))


def _score(
    x: np.ndarray, follow_up: FollowUp, times: np.ndarray, weight: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    ratio = np.exp(x @ beta)
    w = weight * ratio[None]
    s0 = w.sum(axis=1)
    mean = (w @ x) / s0[:, None]
    at = np.searchsorted(times, follow_up.times[follow_up.happened])
    count = np.bincount(at, minlength=len(times)).astype(float)
    slope = (x[follow_up.happened] - mean[at]).sum(axis=0)
    second = np.einsum("mn,np,nq->mpq", w, x, x, optimize=True) / s0[:, None, None]
    information = np.einsum("m,mpq->pq", count, second - mean[:, :, None] * mean[:, None, :])
    return slope, information, {"s0": s0, "mean": mean, "count": count, "w": w}


def _influence(
    x: np.ndarray,
    follow_up: FollowUp,
    times: np.ndarray,
    weight: np.ndarray,
    beta: np.ndarray,
    parts: dict[str, np.ndarray],
) -> np.ndarray:
    """Give each patient's part of the score, the estimated weights' own variation included (their eq. 7)."""
    mean, w = parts["mean"], parts["w"]
    jump = parts["count"] / parts["s0"]
    eta = -(np.einsum("mn,m,np->np", w, jump, x) - np.einsum("mn,m,mp->np", w, jump, mean))
    at = np.searchsorted(times, follow_up.times[follow_up.happened])
    eta[follow_up.happened] += x[follow_up.happened] - mean[at]
    return eta + _censoring_part(x, follow_up, times, w, mean, jump)


def _censoring_part(
    x: np.ndarray, follow_up: FollowUp, times: np.ndarray, w: np.ndarray, mean: np.ndarray, jump: np.ndarray
) -> np.ndarray:
    t, codes = follow_up.times, follow_up.events
    ends = np.unique(t[codes == 0])
    psi = np.zeros_like(x)
    if not len(ends):
        return psi
    competing = codes > 1
    at_risk = np.array([np.count_nonzero(t >= u) for u in ends], dtype=float)
    hazard = np.array([np.count_nonzero((t == u) & (codes == 0)) for u in ends]) / at_risk
    q = np.zeros((len(ends), x.shape[1]))
    for n, u in enumerate(ends):
        gone = competing & (t < u)
        later = times >= u
        if gone.any() and later.any():
            part = w[np.ix_(later, gone)] * jump[later][:, None]
            q[n] = part.sum(axis=1) @ mean[later] - part.sum(axis=0) @ x[gone]
    share = q / at_risk[:, None]
    drift = np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(share * hazard[:, None], axis=0)])
    psi += drift[np.searchsorted(ends, t, side="right")]
    censored = codes == 0
    psi[censored] -= share[np.searchsorted(ends, t[censored])]
    return psi
