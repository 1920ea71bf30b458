"""Curves of a signature at regular times, of which none is that of a patient's event."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from oncologyai.outcome.cox import CoxModel
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.signature_parts import Baseline, CohortCurve, RiskGroups
from oncologyai.outcome.subjects import FollowUp
from oncologyai.outcome.survival import kaplan_meier

__all__ = ["baseline_of", "cohort_curves", "plain_numbers"]

_STEP_DAYS = 365.25 / 4
_LEAST_AT_RISK = 5  # a curve ends where fewer are followed
_DIGITS = 12


def baseline_of(model: CoxModel, follow_up: FollowUp, horizon: float, offset: float = 0.0) -> Baseline:
    """Give the baseline survival of a model, at ``offset`` below its means on the scale of the log hazard."""
    times = _regular(follow_up.times, horizon)
    steps = np.searchsorted(model.times, times, side="right")
    hazard = np.concatenate([[0.0], model.hazard])[steps] * math.exp(-offset)
    return Baseline(times=plain_numbers(times), survival=plain_numbers(np.exp(-hazard)))


def cohort_curves(data: OutcomeData, groups: RiskGroups, risk: np.ndarray) -> tuple[CohortCurve, ...]:
    """Give the survival of all and of each risk group, by Kaplan and Meier; none where the outcome is classes."""
    if not data.is_survival:
        return ()
    which = np.searchsorted(groups.cuts, risk, side="left")
    parts = [("all", np.ones(len(data), dtype=bool))] + [(name, which == n) for n, name in enumerate(groups.names)]
    return tuple(_observed(name, data.follow_up.of(members)) for name, members in parts if members.any())


def plain_numbers(values: Any) -> tuple[float, ...]:
    """Give numbers as a card holds them."""
    return tuple(np.round(np.asarray(values, dtype=np.float64), _DIGITS).tolist())


def _observed(name: str, follow_up: FollowUp) -> CohortCurve:
    curve = kaplan_meier(follow_up.times.tolist(), follow_up.happened.tolist())
    times = _regular(follow_up.times)
    survival = curve.survival[np.searchsorted(curve.times, times, side="right") - 1]
    return CohortCurve(name=name, patients=len(follow_up), times=plain_numbers(times), survival=plain_numbers(survival))


def _regular(times: np.ndarray, horizon: float | None = None) -> np.ndarray:
    """Give quarters of years as long as enough are followed, and the horizon."""
    ordered = np.sort(times)
    last = ordered[max(len(ordered) - _LEAST_AT_RISK, 0)]
    grid = np.arange(0.0, max(last, _STEP_DAYS) + 1e-9, _STEP_DAYS)
    return grid if horizon is None else np.union1d(grid, [0.0, horizon])
