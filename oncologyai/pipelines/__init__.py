"""Use cases: a frozen Config in, a frozen Result out, the same from the scene, the command line and a batch."""

from oncologyai.pipelines.analyse import AnalyseConfig, AnalyseResult, analyse
from oncologyai.pipelines.bonescan import BoneScanConfig, BoneScanResult, classify_bonescan, find_bonescan_card
from oncologyai.pipelines.channels import ModelInputs, match_channels
from oncologyai.pipelines.check import (
    CHECKS,
    CheckLimits,
    CheckResult,
    Neighbour,
    check_series,
    limits_from_mapping,
)
from oncologyai.pipelines.checklists import ITEM_STATES, Checklist, ChecklistItem, check_items, fill_checklist
from oncologyai.pipelines.cohort import (
    CASE_VALUES,
    DEFAULT_METRICS,
    REFERENCE,
    CohortConfig,
    CohortRow,
    DetectionUnit,
    by_method,
    shown_name,
)
from oncologyai.pipelines.correct import CorrectConfig, CorrectResult, correct, correction_result
from oncologyai.pipelines.correction_history import CorrectionHistory, CorrectionStep
from oncologyai.pipelines.describe import DESCRIBED, Cell, DescribeConfig, describe_series
from oncologyai.pipelines.diagnosis_checklists import (
    DIAGNOSIS_CHECKLISTS,
    check_diagnosis_answers,
    diagnosis_checklists,
)
from oncologyai.pipelines.evaluate import EvaluateConfig, EvaluateResult, evaluate
from oncologyai.pipelines.evaluate_agreement import Agreement
from oncologyai.pipelines.evaluate_case import CaseNumbers, UnitNumbers, detect_in_case, evaluate_case
from oncologyai.pipelines.evaluate_cohort import CohortResult, evaluate_cohort
from oncologyai.pipelines.evaluate_detection import RocCurve
from oncologyai.pipelines.evaluate_groups import Grouping
from oncologyai.pipelines.evaluate_readers import pair_kind, pair_name
from oncologyai.pipelines.evaluate_survival import SurvivalSplit
from oncologyai.pipelines.explore import ExploreResult, explore
from oncologyai.pipelines.explore_volume import VolumeCurve
from oncologyai.pipelines.feature_maps import FeatureMapsResult, feature_maps
from oncologyai.pipelines.feature_overlay import overlay_maps
from oncologyai.pipelines.feature_set import ExploreConfig, FeatureSet, MissingChoice, RowChoice, counted, listed
from oncologyai.pipelines.features import FEATURE_CONVENTIONS, FeaturesResult, features
from oncologyai.pipelines.harmonise_table import (
    BatchedRows,
    CombatFitResult,
    HarmoniseResult,
    fit_harmonisation,
    harmonise_table,
)
from oncologyai.pipelines.measure import MeasureResult, measure
from oncologyai.pipelines.model import ModelConfig, ModelFinding, model_inputs
from oncologyai.pipelines.outcome_checklists import (
    CHECKLISTS,
    check_answers,
    filled_checklists,
)
from oncologyai.pipelines.outcome_curves import ClassCurves, baseline_table, class_curves
from oncologyai.pipelines.outcome_explain import HEAT, OutcomeExplanation, explain_outcome
from oncologyai.pipelines.outcome_learned import LearnedFeature, learned_features
from oncologyai.pipelines.outcome_predict import PredictResult, predict_outcome
from oncologyai.pipelines.outcome_relations import Relations, feature_relations
from oncologyai.pipelines.outcome_split import SplitJudged, judge_split, nomogram_of
from oncologyai.pipelines.outcome_study import ModelJudged, ModelTold, Pair, StudyResult, judge_study
from oncologyai.pipelines.outcome_words import (
    design_words,
    methods_paragraphs,
    model_words,
    outcome_words,
    step_names,
)
from oncologyai.pipelines.perturbation import PERTURBATION_COLUMNS, perturbed_features
from oncologyai.pipelines.phantom_study import PatientRows, PhantomRows, PhantomStudyResult, judge_phantom_study
from oncologyai.pipelines.preprocess import PreprocessConfig, PreprocessResult, measure_image, preprocess
from oncologyai.pipelines.provenance import hash_image, make_provenance
from oncologyai.pipelines.reading_desk import ReadingDesk, readers_of
from oncologyai.pipelines.repeat_study import (
    REPEAT_MEASURES,
    RepeatConfig,
    RepeatResult,
    judge_repeats,
    summarise_stability,
)
from oncologyai.pipelines.segment import SegmentConfig, SegmentResult, segment
from oncologyai.pipelines.subregions import SubregionConfig, subregions
from oncologyai.segmenters import Stroke

__all__ = [
    "BoneScanConfig",
    "BoneScanResult",
    "classify_bonescan",
    "find_bonescan_card",
    "CASE_VALUES",
    "CHECKLISTS",
    "CHECKS",
    "DEFAULT_METRICS",
    "DESCRIBED",
    "DIAGNOSIS_CHECKLISTS",
    "FEATURE_CONVENTIONS",
    "HEAT",
    "ITEM_STATES",
    "PERTURBATION_COLUMNS",
    "REFERENCE",
    "REPEAT_MEASURES",
    "Agreement",
    "AnalyseConfig",
    "AnalyseResult",
    "BatchedRows",
    "CaseNumbers",
    "Cell",
    "CheckLimits",
    "CheckResult",
    "Checklist",
    "ChecklistItem",
    "ClassCurves",
    "CohortConfig",
    "CohortResult",
    "CohortRow",
    "CombatFitResult",
    "CorrectConfig",
    "CorrectResult",
    "CorrectionHistory",
    "CorrectionStep",
    "DescribeConfig",
    "DetectionUnit",
    "EvaluateConfig",
    "EvaluateResult",
    "ExploreConfig",
    "ExploreResult",
    "FeatureMapsResult",
    "FeatureSet",
    "FeaturesResult",
    "Grouping",
    "HarmoniseResult",
    "LearnedFeature",
    "MeasureResult",
    "MissingChoice",
    "ModelConfig",
    "ModelFinding",
    "ModelInputs",
    "ModelJudged",
    "ModelTold",
    "Neighbour",
    "OutcomeExplanation",
    "Pair",
    "PatientRows",
    "PhantomRows",
    "PhantomStudyResult",
    "PredictResult",
    "PreprocessConfig",
    "PreprocessResult",
    "Relations",
    "ReadingDesk",
    "RepeatConfig",
    "RepeatResult",
    "RocCurve",
    "RowChoice",
    "SegmentConfig",
    "SegmentResult",
    "SplitJudged",
    "Stroke",
    "StudyResult",
    "SubregionConfig",
    "SurvivalSplit",
    "UnitNumbers",
    "VolumeCurve",
    "analyse",
    "baseline_table",
    "by_method",
    "check_answers",
    "check_diagnosis_answers",
    "check_items",
    "check_series",
    "class_curves",
    "correct",
    "correction_result",
    "counted",
    "describe_series",
    "diagnosis_checklists",
    "design_words",
    "detect_in_case",
    "evaluate",
    "evaluate_case",
    "evaluate_cohort",
    "explain_outcome",
    "explore",
    "feature_maps",
    "feature_relations",
    "features",
    "fill_checklist",
    "filled_checklists",
    "fit_harmonisation",
    "harmonise_table",
    "hash_image",
    "judge_phantom_study",
    "judge_repeats",
    "judge_split",
    "judge_study",
    "learned_features",
    "limits_from_mapping",
    "listed",
    "make_provenance",
    "match_channels",
    "measure",
    "measure_image",
    "methods_paragraphs",
    "model_inputs",
    "model_words",
    "nomogram_of",
    "outcome_words",
    "overlay_maps",
    "pair_kind",
    "pair_name",
    "perturbed_features",
    "predict_outcome",
    "preprocess",
    "readers_of",
    "segment",
    "shown_name",
    "step_names",
    "subregions",
    "summarise_stability",
]
