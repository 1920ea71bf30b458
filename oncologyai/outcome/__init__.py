"""Outcomes of patients: survival, models that do not leak and how good they are, competing risks, horizons."""

from __future__ import annotations

from oncologyai.outcome.calibration import (
    CalibrationGroup,
    CoxCalibration,
    LogisticCalibration,
    calibration_groups,
    cox_calibration,
    logistic_calibration,
    misspecification_test,
)
from oncologyai.outcome.censoring import CensoringSurvival, censoring_survival
from oncologyai.outcome.chain import Chain, FittedChain, FittedPredictor, FittedStep, Predictor, Step
from oncologyai.outcome.classification import (
    ClassPerformance,
    ConfusionMatrix,
    assess_classes,
    class_performance,
    youden_threshold,
)
from oncologyai.outcome.competing import FineGrayModel, Incidence, cumulative_incidence, fit_fine_gray
from oncologyai.outcome.concordance import Concordance, Difference, by_patient, compare_concordance, harrell_c, uno_c
from oncologyai.outcome.cox import CoxModel, fit_cox
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.decision_curve import DecisionCurve, decision_curve
from oncologyai.outcome.design import (
    Choice,
    FittedLearner,
    Judged,
    Learner,
    Split,
    discrimination,
    external_split,
    folds,
    judged_from,
    leaking,
    leaking_chain,
    repeated_splits,
    validate,
)
from oncologyai.outcome.elimination import backward_elimination
from oncologyai.outcome.forest import RandomForest
from oncologyai.outcome.horizon import event_by_horizon
from oncologyai.outcome.learners import LEARNERS, learner, learner_options
from oncologyai.outcome.learning_curve import LearningPoint, learning_curve
from oncologyai.outcome.lesions import patient_maximum
from oncologyai.outcome.model_agreement import ModelAgreement, model_agreement
from oncologyai.outcome.prediction_error import AucAtTimes, BrierScores, auc_at_times, brier_scores
from oncologyai.outcome.predictors import BoostedTrees, CoxRegression, LogisticRegression
from oncologyai.outcome.risk_groups import BestCut, best_cut, quantile_cut
from oncologyai.outcome.steps import Correlation, Impute, Screen, Selected, Standardise, Variance, univariate_strength
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
from oncologyai.outcome.table_checks import Finding, check_table
from oncologyai.outcome.tables import MISSING, Roles, join_patients, outcome_data
from oncologyai.outcome.univariate import UnivariateCox, univariate_cox

__all__ = [
    "LEARNERS",
    "MISSING",
    "AucAtTimes",
    "BestCut",
    "BoostedTrees",
    "BrierScores",
    "CalibrationGroup",
    "CensoringSurvival",
    "Chain",
    "Choice",
    "ClassPerformance",
    "Concordance",
    "ConfusionMatrix",
    "Correlation",
    "CoxCalibration",
    "CoxModel",
    "CoxRegression",
    "DecisionCurve",
    "Difference",
    "Finding",
    "FineGrayModel",
    "FittedChain",
    "FittedLearner",
    "FittedPredictor",
    "FittedStep",
    "FollowUp",
    "Impute",
    "Incidence",
    "Judged",
    "Learner",
    "LearningPoint",
    "LogRank",
    "LogisticCalibration",
    "LogisticRegression",
    "ModelAgreement",
    "OutcomeData",
    "Predictor",
    "RandomForest",
    "Roles",
    "Screen",
    "Selected",
    "Split",
    "Standardise",
    "Step",
    "SurvivalCurve",
    "UnivariateCox",
    "Variance",
    "assess_classes",
    "auc_at_times",
    "backward_elimination",
    "best_cut",
    "brier_scores",
    "by_patient",
    "calibration_groups",
    "censor_at",
    "censoring_survival",
    "check_table",
    "class_performance",
    "compare_concordance",
    "cox_calibration",
    "cumulative_incidence",
    "decision_curve",
    "discrimination",
    "event_by_horizon",
    "external_split",
    "fit_cox",
    "fit_fine_gray",
    "folds",
    "harrell_c",
    "join_patients",
    "judged_from",
    "kaplan_meier",
    "leaking",
    "leaking_chain",
    "learner",
    "learner_options",
    "learning_curve",
    "log_rank",
    "logistic_calibration",
    "misspecification_test",
    "model_agreement",
    "outcome_data",
    "patient_maximum",
    "quantile_cut",
    "repeated_splits",
    "require_lifelines",
    "split_at_median",
    "univariate_cox",
    "univariate_strength",
    "uno_c",
    "validate",
    "youden_threshold",
]
