"""Outcomes of patients: survival, its models and how good they are, competing risks, the event by a horizon."""

from __future__ import annotations

from oncologyai.outcome.censoring import CensoringSurvival, censoring_survival
from oncologyai.outcome.competing import FineGrayModel, Incidence, cumulative_incidence, fit_fine_gray
from oncologyai.outcome.concordance import Concordance, Difference, compare_concordance, harrell_c, uno_c
from oncologyai.outcome.cox import CoxModel, fit_cox
from oncologyai.outcome.elimination import backward_elimination
from oncologyai.outcome.horizon import event_by_horizon
from oncologyai.outcome.prediction_error import AucAtTimes, BrierScores, auc_at_times, brier_scores
from oncologyai.outcome.subjects import FollowUp
from oncologyai.outcome.survival import (
    LogRank,
    SurvivalCurve,
    censor_at,
    kaplan_meier,
    log_rank,
    require_lifelines,
    split_at_median,
)
from oncologyai.outcome.univariate import UnivariateCox, univariate_cox

__all__ = [
    "AucAtTimes",
    "BrierScores",
    "CensoringSurvival",
    "Concordance",
    "CoxModel",
    "Difference",
    "FineGrayModel",
    "FollowUp",
    "Incidence",
    "LogRank",
    "SurvivalCurve",
    "UnivariateCox",
    "auc_at_times",
    "backward_elimination",
    "brier_scores",
    "censor_at",
    "censoring_survival",
    "compare_concordance",
    "cumulative_incidence",
    "event_by_horizon",
    "fit_cox",
    "fit_fine_gray",
    "harrell_c",
    "kaplan_meier",
    "log_rank",
    "require_lifelines",
    "split_at_median",
    "univariate_cox",
    "uno_c",
]
