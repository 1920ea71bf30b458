"""Outcomes of patients: survival of groups, and the event by a horizon."""

from __future__ import annotations

from oncologyai.outcome.horizon import event_by_horizon
from oncologyai.outcome.survival import (
    LogRank,
    SurvivalCurve,
    censor_at,
    kaplan_meier,
    log_rank,
    require_lifelines,
    split_at_median,
)

__all__ = [
    "LogRank",
    "SurvivalCurve",
    "censor_at",
    "event_by_horizon",
    "kaplan_meier",
    "log_rank",
    "require_lifelines",
    "split_at_median",
]
