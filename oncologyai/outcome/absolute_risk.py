"""From a model's risk to the chance of the event by a time: the baseline that its training patients give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.outcome.competing import subdistribution_baseline
from oncologyai.outcome.cox import fit_cox
from oncologyai.outcome.subjects import FollowUp

__all__ = ["SCALES", "AbsoluteRisk", "absolute_risk"]

SCALES = ("hazard", "rank", "subdistribution")
"""What a risk is: a log relative hazard, a number that only orders, or a log relative subdistribution hazard."""


@dataclass(frozen=True, eq=False)
class AbsoluteRisk:
    """What turns a risk into a chance.

    Attributes
    ----------
    slope, centre : float
        The linear predictor is ``slope * (risk - centre)``; the slope is 1 but for risks that only order.
    times, steps : ndarray (m,)
        Jumps of the event's cumulative baseline hazard, at a linear predictor of 0.
    others : ndarray (m,)
        Cumulative hazard of competing events just before each time, that of everybody in training.
    """

    slope: float
    centre: float
    times: np.ndarray
    steps: np.ndarray
    others: np.ndarray

    def linear_predictor(self, risk: np.ndarray) -> np.ndarray:
        """Give the log relative hazard, (n,)."""
        return self.slope * (np.asarray(risk, dtype=np.float64) - self.centre)

    def incidence(self, risk: np.ndarray, times: Sequence[float]) -> np.ndarray:
        """Give the chance of the event by each time, a row a patient and a column a time."""
        relative = np.exp(np.minimum(self.linear_predictor(risk), 50.0))
        before = np.cumsum(self.steps) - self.steps
        happens = np.exp(-np.outer(relative, before)) * -np.expm1(-np.outer(relative, self.steps))
        growing = np.cumsum(happens * np.exp(-self.others)[None], axis=1)
        at = np.searchsorted(self.times, np.asarray(times, dtype=np.float64), side="right")
        found = np.concatenate([np.zeros((len(relative), 1)), growing], axis=1)[:, at]
        return np.asarray(np.clip(found, 0.0, 1.0))


def absolute_risk(risk: np.ndarray, follow_up: FollowUp, *, scale: str = "hazard") -> AbsoluteRisk:
    """Estimate the baseline from training patients and their risks, as the model has them.

    A log relative hazard is taken as the model gives it: where it is overfitted the chances are too extreme, which
    the calibration in new patients shows. The baseline is Breslow's. With competing events their hazard is taken to
    be that of everybody, and the chance is that of having the event before one of them.

    Parameters
    ----------
    risk : ndarray (n,), finite
        Of training patients.
    follow_up : FollowUp
        Theirs.
    scale : {'hazard', 'rank', 'subdistribution'}

    Raises
    ------
    InputError
        If nobody has the event, or a risk is missing.
    """
    check_choice(scale, SCALES, "scale")
    follow_up.require()
    score = np.asarray(risk, dtype=np.float64)
    if score.shape != (len(follow_up),) or not np.isfinite(score).all():
        raise InputError("risk", expected=f"{len(follow_up)} finite values, one a patient", got=f"shape {score.shape}")
    centre = float(score.mean())
    slope = _slope(score - centre, follow_up) if scale == "rank" else 1.0
    eta = slope * (score - centre)
    if scale == "subdistribution":
        times, steps = subdistribution_baseline(eta, follow_up)
        return AbsoluteRisk(slope, centre, times, steps, np.zeros(len(times)))
    times, steps = _breslow(eta, follow_up, follow_up.happened)
    other_times, other_steps = _breslow(np.zeros(len(eta)), follow_up, follow_up.events > 1)
    others = np.concatenate([[0.0], np.cumsum(other_steps)])[np.searchsorted(other_times, times, side="left")]
    return AbsoluteRisk(slope, centre, times, steps, others)


def _slope(risk: np.ndarray, follow_up: FollowUp) -> float:
    if np.ptp(risk) == 0:
        return 1.0
    deviation = float(risk.std())
    model = fit_cox((risk / deviation)[:, None], follow_up, names=["risk"], penalty=1e-3)
    return float(model.coefficients[0]) / deviation


def _breslow(eta: np.ndarray, follow_up: FollowUp, event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(follow_up.times, kind="stable")
    t, weight = follow_up.times[order], np.exp(np.minimum(eta[order], 50.0))
    left = np.cumsum(weight[::-1])[::-1]
    times, count = np.unique(follow_up.times[event], return_counts=True)
    return times, count / left[np.searchsorted(t, times, side="left")]
