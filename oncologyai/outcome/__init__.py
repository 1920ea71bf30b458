"""Outcomes of patients: survival of groups."""

from __future__ import annotations

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
    "kaplan_meier",
    "log_rank",
    "require_lifelines",
    "split_at_median",
]
