"""Cox's model of each covariate by itself, all at once: the screen of many features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from oncologyai.errors import InputError
from oncologyai.outcome.subjects import FollowUp

__all__ = ["UnivariateCox", "univariate_cox"]

_STEPS = 40
_TOLERANCE = 1e-9
_LONGEST_STEP = 2.0  # log hazard ratio of a standard deviation: Newton's method overshoots beyond


@dataclass(frozen=True, eq=False)
class UnivariateCox:
    """A model a feature, in the order of the columns.

    Attributes
    ----------
    coefficients, errors : ndarray (p,)
        Log hazard ratio of one unit and its standard error; NaN for a constant column, and where the likelihood has no
        maximum.
    p : ndarray (p,)
        By the likelihood ratio against no effect, two-sided.
    """

    coefficients: np.ndarray
    errors: np.ndarray
    p: np.ndarray


def univariate_cox(features: np.ndarray, follow_up: FollowUp) -> UnivariateCox:
    """Fit each column alone; ties by Efron's method.

    Parameters
    ----------
    features : ndarray, shape (n, p), finite
    follow_up : FollowUp
        Any other event than 1 ends the follow-up.

    Raises
    ------
    InputError
        If nobody has the event, or features are not n rows of finite values.
    """
    x = np.asarray(features, dtype=np.float64)
    if x.ndim != 2 or len(x) != len(follow_up) or not np.isfinite(x).all():
        raise InputError("features", expected=f"{len(follow_up)} rows of finite values", got=f"shape {x.shape}")
    follow_up.require()
    spread = x.std(axis=0)
    usable = spread > 1e-12 * np.maximum(np.abs(x).max(axis=0, initial=0.0), 1e-300)
    coefficient, error, p = (np.full(x.shape[1], np.nan) for _ in range(3))
    if usable.any():
        scaled = (x[:, usable] - x[:, usable].mean(axis=0)) / spread[usable]
        beta, information, gain = _fit(scaled, follow_up)
        coefficient[usable] = beta / spread[usable]
        error[usable] = 1.0 / (np.sqrt(information) * spread[usable])
        p[usable] = stats.chi2.sf(np.maximum(2.0 * gain, 0.0), 1)
    return UnivariateCox(coefficient, error, p)


def _fit(x: np.ndarray, follow_up: FollowUp) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    order = np.argsort(-follow_up.times, kind="stable")
    x, t, event = x[order], follow_up.times[order], follow_up.happened[order]
    last = np.append(np.flatnonzero(np.diff(t)), len(t) - 1)
    group = np.concatenate([[0], np.cumsum(np.diff(t) != 0)])
    beta = np.zeros(x.shape[1])
    null, slope, information = _likelihood(x, event, group, last, beta)
    value = null.copy()
    for _ in range(_STEPS):
        step = np.clip(slope / information, -_LONGEST_STEP, _LONGEST_STEP)
        tried = beta + step
        new, slope_new, information_new = _likelihood(x, event, group, last, tried)
        worse = ~(new >= value - 1e-12 * np.abs(value))
        for _ in range(10):
            if not worse.any():
                break
            step[worse] /= 2.0
            tried[worse] = beta[worse] + step[worse]
            parts = _likelihood(x[:, worse], event, group, last, tried[worse])
            new[worse], slope_new[worse], information_new[worse] = parts
            worse = ~(new >= value - 1e-12 * np.abs(value))
        gained = float(np.abs(new - value).max())
        beta, value, slope, information = tried, new, slope_new, information_new
        if gained <= _TOLERANCE:
            break
    limitless = np.abs(beta) > 15.0
    beta[limitless] = np.nan
    return beta, np.where(limitless, np.nan, information), value - null


def _likelihood(
    x: np.ndarray, event: np.ndarray, group: np.ndarray, last: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give log-likelihood, slope and information of every column; patients stand by falling time."""
    eta = x * beta
    eta -= eta.max(axis=0)
    weight = np.exp(eta)
    first = weight * x
    second = first * x
    total = [np.cumsum(a, axis=0)[last] for a in (weight, first, second)]
    count = np.bincount(group[event], minlength=len(last))
    tied = [np.zeros_like(total[0]) for _ in range(3)]
    for sums, a in zip(tied, (weight, first, second), strict=True):
        np.add.at(sums, group[event], a[event])
    value, slope = eta[event].sum(axis=0), x[event].sum(axis=0)
    information = np.zeros(x.shape[1])
    for done in range(int(count.max(initial=0))):
        rows = np.flatnonzero(count > done)
        share = (done / count[rows])[:, None]
        s0, s1, s2 = (a[rows] - share * b[rows] for a, b in zip(total, tied, strict=True))
        mean = s1 / s0
        value = value - np.log(s0).sum(axis=0)
        slope = slope - mean.sum(axis=0)
        information += (s2 / s0 - mean**2).sum(axis=0)
    return value, slope, information
