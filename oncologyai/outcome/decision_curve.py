"""Decision curves: what treating by a model gains over treating all or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.competing import cumulative_incidence
from oncologyai.outcome.subjects import FollowUp

__all__ = ["DecisionCurve", "decision_curve"]


@dataclass(frozen=True, eq=False)
class DecisionCurve:
    """Net benefit, per patient, at each threshold: of the model, and of treating everybody (nobody is 0)."""

    thresholds: np.ndarray
    model: np.ndarray
    all: np.ndarray


def decision_curve(
    chance: np.ndarray, outcome: FollowUp | np.ndarray, thresholds: Sequence[float], *, horizon: float | None = None
) -> DecisionCurve:
    """Give the net benefit of treating who is at a chance of at least a threshold.

    Vickers and Elkin, Med Decis Making 2006;26:565. For a follow-up the share of events by the horizon among the
    treated is Aalen and Johansen's incidence (Vickers et al., BMC Med Inform Decis Mak 2008;8:53).

    Parameters
    ----------
    chance : ndarray (n,), 0 to 1
    outcome : FollowUp, or ndarray of 0 and 1
    thresholds : sequence of float, above 0 and below 1
    horizon : float
        Days; needed with a follow-up.

    Raises
    ------
    InputError
        If values are out of their range or the horizon is missing.
    """
    p, t = np.asarray(chance, dtype=np.float64), np.asarray(thresholds, dtype=np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        raise InputError("chance", expected="values from 0 to 1", got="others")
    if not len(t) or not ((t > 0) & (t < 1)).all():
        raise InputError("thresholds", expected="values above 0 and below 1", got=str(list(thresholds)))
    if isinstance(outcome, FollowUp) and horizon is None:
        raise InputError("horizon", expected="days", got="none")
    weight = t / (1 - t)
    model = np.array([_benefit(p >= at, outcome, w, horizon) for at, w in zip(t, weight, strict=True)])
    everybody = np.ones(len(p), dtype=bool)
    return DecisionCurve(t, model, np.array([_benefit(everybody, outcome, w, horizon) for w in weight]))


def _benefit(treated: np.ndarray, outcome: FollowUp | np.ndarray, weight: float, horizon: float | None) -> float:
    if not treated.any():
        return 0.0
    share = float(treated.mean())
    if isinstance(outcome, FollowUp):
        chosen = outcome.of(treated)
        rate = float(cumulative_incidence(chosen).at([horizon or 0.0])[0]) if chosen.happened.any() else 0.0
    else:
        rate = float(np.asarray(outcome)[treated].mean())
    return share * (rate - (1 - rate) * weight)
