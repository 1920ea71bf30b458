"""Outcomes of patients: survival, models that do not leak and how good they are, competing risks, horizons."""

from __future__ import annotations

from oncologyai.outcome.absolute_risk import AbsoluteRisk, absolute_risk
from oncologyai.outcome.associations import Association, associations_between, volume_correlation
from oncologyai.outcome.averaging import AveragedSources
from oncologyai.outcome.batch_adjustment import ComBat
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
    sensitivity_threshold,
    training_thresholds,
    youden_threshold,
)
from oncologyai.outcome.cohort_distance import distance_of, learn_distance
from oncologyai.outcome.competing import FineGrayModel, Incidence, cumulative_incidence, fit_fine_gray
from oncologyai.outcome.competing_discrimination import competing_auc, competing_c
from oncologyai.outcome.concordance import Concordance, Difference, by_patient, compare_concordance, harrell_c, uno_c
from oncologyai.outcome.contributions import Contributions, linear_contributions, tree_contributions
from oncologyai.outcome.cox import CoxModel, fit_cox
from oncologyai.outcome.cox_interval import hazard_covariance
from oncologyai.outcome.cox_path import CoxPath, fit_cox_path, partial_log_likelihood
from oncologyai.outcome.cut_optimism import CutOptimism, cut_optimism
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
from oncologyai.outcome.event_allowance import EventAllowance
from oncologyai.outcome.fine_gray import FineGray
from oncologyai.outcome.forest import RandomForest
from oncologyai.outcome.forest_importance import ForestImportance
from oncologyai.outcome.horizon import event_by_horizon
from oncologyai.outcome.indices import FittedIndices, PrognosticIndices
from oncologyai.outcome.learners import LEARNERS, learner, learner_options
from oncologyai.outcome.learning_curve import LearningPoint, learning_curve
from oncologyai.outcome.lesions import patient_maximum
from oncologyai.outcome.logit_recalibration import LogitRecalibration, recalibrate_logits
from oncologyai.outcome.markers import MarkerChain
from oncologyai.outcome.miss_forest import MissForest
from oncologyai.outcome.model_agreement import ModelAgreement, model_agreement
from oncologyai.outcome.nomogram import Nomogram, NomogramScale, chain_nomogram, nomogram
from oncologyai.outcome.penalised_cox import PenalisedCox
from oncologyai.outcome.prediction_error import AucAtTimes, BrierScores, auc_at_times, brier_scores
from oncologyai.outcome.predictors import BoostedTrees, CoxRegression, LogisticRegression
from oncologyai.outcome.radiation_effects import RadiationEffectsChain
from oncologyai.outcome.random_search import RandomSearch
from oncologyai.outcome.recursive_elimination import RecursiveElimination
from oncologyai.outcome.risk_groups import BestCut, best_cut, quantile_cut
from oncologyai.outcome.risk_strata import RiskGroup, RiskStrata, risk_strata
from oncologyai.outcome.signature import Signature, signature_schema, signature_schema_text
from oncologyai.outcome.signature_apply import Applied, apply_signature, patient_survival
from oncologyai.outcome.signature_files import (
    find_signature,
    load_signature,
    model_bytes,
    sealed_signature,
    shipped_signatures,
    signature_from_text,
    write_signature,
)
from oncologyai.outcome.signature_image import image_columns, image_parameters, is_image_feature
from oncologyai.outcome.signature_inputs import Caution, Given, check_settings, signature_inputs
from oncologyai.outcome.signature_making import SignatureAbout, signature_of
from oncologyai.outcome.signature_models import HeldOut
from oncologyai.outcome.signature_parts import (
    Baseline,
    Endpoint,
    Feature,
    ImageSettings,
    IndexModel,
    LinearModel,
    PrintedRatio,
    SignatureExample,
    TrainingCohort,
    TreesModel,
)
from oncologyai.outcome.steps import Correlation, Impute, Screen, Selected, Standardise, Variance, univariate_strength
from oncologyai.outcome.study import (
    PUBLISHED,
    CohortConfig,
    DesignPart,
    ModelPart,
    RolesPart,
    StudyConfig,
    TablePart,
    cohort_of,
    read_cohort,
    read_study,
    study_schema,
)
from oncologyai.outcome.study_design import model_features, study_splits
from oncologyai.outcome.study_tables import (
    Flow,
    JoinedTables,
    StudyData,
    check_study_tables,
    frame_of,
    join_study_tables,
    study_data,
)
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
from oncologyai.outcome.survival_chain import survival_chain
from oncologyai.outcome.survival_performance import (
    AtHorizon,
    Misspecification,
    SurvivalPerformance,
    survival_performance,
)
from oncologyai.outcome.survival_predictions import (
    RISK_CUTS,
    SurvivalPredictions,
    evaluation_times,
    gather_predictions,
    once_each,
    predict_survival,
    survival_predictions,
)
from oncologyai.outcome.table_checks import Finding, check_table
from oncologyai.outcome.tables import MISSING, Roles, counted_outcome_data, join_patients, outcome_data
from oncologyai.outcome.tuned_trees import TunedTrees
from oncologyai.outcome.univariate import UnivariateCox, univariate_cox

__all__ = [
    "LEARNERS",
    "MISSING",
    "PUBLISHED",
    "RISK_CUTS",
    "AbsoluteRisk",
    "Applied",
    "Association",
    "AtHorizon",
    "AucAtTimes",
    "AveragedSources",
    "Baseline",
    "BestCut",
    "BoostedTrees",
    "BrierScores",
    "CalibrationGroup",
    "Caution",
    "CensoringSurvival",
    "CohortConfig",
    "Chain",
    "Choice",
    "ClassPerformance",
    "ComBat",
    "Concordance",
    "ConfusionMatrix",
    "Contributions",
    "Correlation",
    "CoxCalibration",
    "CoxModel",
    "CoxPath",
    "CoxRegression",
    "CutOptimism",
    "DecisionCurve",
    "DesignPart",
    "Difference",
    "Endpoint",
    "EventAllowance",
    "Feature",
    "Finding",
    "FineGray",
    "FineGrayModel",
    "FittedChain",
    "FittedIndices",
    "FittedLearner",
    "FittedPredictor",
    "FittedStep",
    "Flow",
    "FollowUp",
    "ForestImportance",
    "Given",
    "HeldOut",
    "ImageSettings",
    "Impute",
    "Incidence",
    "IndexModel",
    "JoinedTables",
    "Judged",
    "Learner",
    "LearningPoint",
    "LinearModel",
    "LogRank",
    "LogisticCalibration",
    "LogitRecalibration",
    "LogisticRegression",
    "MarkerChain",
    "MissForest",
    "Misspecification",
    "ModelAgreement",
    "ModelPart",
    "Nomogram",
    "NomogramScale",
    "OutcomeData",
    "PenalisedCox",
    "Predictor",
    "PrintedRatio",
    "PrognosticIndices",
    "RadiationEffectsChain",
    "RandomForest",
    "RandomSearch",
    "RecursiveElimination",
    "RiskGroup",
    "RiskStrata",
    "Roles",
    "RolesPart",
    "Screen",
    "Selected",
    "Signature",
    "SignatureAbout",
    "SignatureExample",
    "Split",
    "Standardise",
    "Step",
    "StudyConfig",
    "StudyData",
    "SurvivalCurve",
    "SurvivalPerformance",
    "SurvivalPredictions",
    "TablePart",
    "TrainingCohort",
    "TreesModel",
    "TunedTrees",
    "UnivariateCox",
    "Variance",
    "absolute_risk",
    "apply_signature",
    "assess_classes",
    "associations_between",
    "auc_at_times",
    "backward_elimination",
    "best_cut",
    "brier_scores",
    "by_patient",
    "calibration_groups",
    "censor_at",
    "chain_nomogram",
    "censoring_survival",
    "check_settings",
    "check_study_tables",
    "check_table",
    "class_performance",
    "compare_concordance",
    "competing_auc",
    "competing_c",
    "counted_outcome_data",
    "cohort_of",
    "cox_calibration",
    "cumulative_incidence",
    "cut_optimism",
    "decision_curve",
    "discrimination",
    "distance_of",
    "evaluation_times",
    "event_by_horizon",
    "external_split",
    "find_signature",
    "fit_cox",
    "fit_cox_path",
    "fit_fine_gray",
    "folds",
    "frame_of",
    "gather_predictions",
    "harrell_c",
    "hazard_covariance",
    "image_columns",
    "image_parameters",
    "is_image_feature",
    "join_patients",
    "join_study_tables",
    "judged_from",
    "kaplan_meier",
    "leaking",
    "leaking_chain",
    "learn_distance",
    "learner",
    "learner_options",
    "learning_curve",
    "linear_contributions",
    "load_signature",
    "log_rank",
    "logistic_calibration",
    "misspecification_test",
    "model_agreement",
    "model_bytes",
    "model_features",
    "nomogram",
    "once_each",
    "outcome_data",
    "partial_log_likelihood",
    "patient_maximum",
    "patient_survival",
    "predict_survival",
    "quantile_cut",
    "read_cohort",
    "read_study",
    "recalibrate_logits",
    "repeated_splits",
    "require_lifelines",
    "risk_strata",
    "sealed_signature",
    "shipped_signatures",
    "signature_from_text",
    "signature_inputs",
    "signature_of",
    "signature_schema",
    "signature_schema_text",
    "split_at_median",
    "study_data",
    "study_schema",
    "study_splits",
    "survival_chain",
    "survival_performance",
    "survival_predictions",
    "tree_contributions",
    "training_thresholds",
    "univariate_cox",
    "univariate_strength",
    "uno_c",
    "validate",
    "volume_correlation",
    "write_signature",
    "sensitivity_threshold",
    "youden_threshold",
]
