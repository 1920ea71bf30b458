"""From a classifier's logits to probabilities: temperature, and a line with its uncertainty (Platt)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize

from oncologyai.errors import InputError

__all__ = ["LogitRecalibration", "recalibrate_logits"]

_MOST_ROUNDS = 100
_TEMPERATURES = (-3.0, 5.0)  # logarithms: what is looked through


class LogitRecalibration(NamedTuple):
    """The probability is the logistic function of ``intercept + slope * logit``.

    ``covariance`` is that of (intercept, slope); ``temperature`` is the divisor that fits best without an intercept.
    """

    intercept: float
    slope: float
    covariance: tuple[tuple[float, float], tuple[float, float]]
    temperature: float


def recalibrate_logits(labels: np.ndarray, logits: np.ndarray) -> LogitRecalibration:
    """Fit a logistic line to logits of scans that were not learned from.

    Targets are (n1 + 1) / (n1 + 2) and 1 / (n0 + 2) instead of 1 and 0 (Platt 1999), so that classes that the logits
    part wholly give a finite line. The covariance is the inverse of the information.

    Parameters
    ----------
    labels : ndarray of 0 and 1, (n,)
    logits : ndarray (n,)
        The second logit less the first.

    Raises
    ------
    InputError
        If lengths differ, a logit is not finite, all are equal, or a class is missing.
    """
    truth, x = np.asarray(labels).astype(bool), np.asarray(logits, dtype=np.float64)
    if x.shape != truth.shape or not np.isfinite(x).all() or np.ptp(x) == 0.0:
        raise InputError("logits", expected=f"{truth.size} different numbers, one a label", got=f"shape {x.shape}")
    positive = int(truth.sum())
    if not 0 < positive < truth.size:
        raise InputError("labels", expected="both classes", got="one")
    target = np.where(truth, (positive + 1.0) / (positive + 2.0), 1.0 / (truth.size - positive + 2.0))
    centre, width = float(x.mean()), float(x.std())
    design = np.column_stack([np.ones(x.size), (x - centre) / width])
    theta = np.zeros(2)
    information = np.eye(2)
    for _ in range(_MOST_ROUNDS):  # Newton's steps; the loss is convex
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ theta, -500.0, 500.0)))
        weight = np.maximum(chance * (1.0 - chance), 1e-12)
        information = design.T @ (design * weight[:, None])
        step = np.linalg.solve(information, design.T @ (target - chance))
        theta = theta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    back = np.array([[1.0, -centre / width], [0.0, 1.0 / width]])
    intercept, slope = back @ theta
    (aa, ab), (ba, bb) = (back @ np.linalg.inv(information) @ back.T).tolist()
    return LogitRecalibration(float(intercept), float(slope), ((aa, ab), (ba, bb)), _temperature(target, x))


def _temperature(target: np.ndarray, logits: np.ndarray) -> float:
    """Give the temperature of the least cross-entropy (Guo et al. 2017)."""

    def loss(logarithm: float) -> float:
        z = logits / np.exp(logarithm)
        return float(np.mean(np.logaddexp(0.0, z) - target * z))

    found = optimize.minimize_scalar(loss, bounds=_TEMPERATURES, method="bounded")
    return float(np.exp(found.x))
