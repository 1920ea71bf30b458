"""What a command or a button does whole: pipelines, then bundle, report, scene, DICOM."""

from oncologyai.workflows.bonescan import BoneScanReport, run_bonescan, run_bonescan_request, run_bonescan_sample
from oncologyai.workflows.bonescan_bundle import (
    ScanForm,
    answer_bonescan,
    bonescan_to_bundle,
    request_of_study,
)
from oncologyai.workflows.bonescan_case import bonescan_case_files
from oncologyai.workflows.bonescan_train import bonescan_recipe_names, train_bonescan_network
from oncologyai.workflows.case_run import CaseOutcome, CaseRunner, CaseTask
from oncologyai.workflows.cohort_table import ROLES, TableForm
from oncologyai.workflows.correct import answer_bundle, correct_to_bundle
from oncologyai.workflows.dataset import ConvertReport, anonymize_dataset, convert_dataset
from oncologyai.workflows.dataset_check import CheckReport, check_dataset, limits_from_file
from oncologyai.workflows.dataset_describe import DescribeReport, describe_dataset
from oncologyai.workflows.dataset_preprocess import PreprocessOptions, PreprocessReport, preprocess_dataset
from oncologyai.workflows.dataset_preview import PreviewReport, preview_dataset
from oncologyai.workflows.evaluate_cohort import CohortReport, evaluate_cohort_table
from oncologyai.workflows.explore import ExploreReport, explore_files
from oncologyai.workflows.explore_table import ExploreForm
from oncologyai.workflows.features import FeatureMapFiles, feature_map_files, feature_settings, features_files
from oncologyai.workflows.features_bundle import FeaturesRequest, features_of_bundle, features_to_bundle
from oncologyai.workflows.model_check import ModelCheck, check_model
from oncologyai.workflows.model_images import ReadConfig, read_model_images
from oncologyai.workflows.models import (
    ModelRow,
    delete_model,
    download_model,
    import_model,
    list_models,
    show_model,
    verify_models,
)
from oncologyai.workflows.outcome_apply import ApplyForm, apply_signature_file, settings_beside
from oncologyai.workflows.outcome_cards import SignatureRow, list_signatures, show_signature
from oncologyai.workflows.outcome_charts import contributions_table, prediction_charts
from oncologyai.workflows.outcome_explain import explain_outcome_files
from oncologyai.workflows.outcome_network import outcome_recipe_names, train_outcome_network
from oncologyai.workflows.outcome_nomogram import nomogram_of_study
from oncologyai.workflows.outcome_patient import patient_to_prediction, predict_patient
from oncologyai.workflows.outcome_signature import SignatureForm, signature_form, study_signature, write_study_signature
from oncologyai.workflows.outcome_tables import check_outcome_tables
from oncologyai.workflows.outcome_train import train_outcome_study
from oncologyai.workflows.robustness_combat import BatchForm, combat_apply, combat_fit
from oncologyai.workflows.robustness_perturb import PerturbReport, perturb_table
from oncologyai.workflows.robustness_phantom import PhantomForm, phantom_sample, phantom_tables
from oncologyai.workflows.robustness_retest import RepeatForm, retest_tables
from oncologyai.workflows.run import RunConfig, RunResult, run, run_config, run_sample
from oncologyai.workflows.segment import (
    Request,
    request_from_bundle,
    request_from_image,
    segment_config,
    segment_to_bundle,
    segment_to_file,
)
from oncologyai.workflows.study import (
    add_study_reader,
    create_preference,
    draw_item,
    is_diagnostic,
    key_folder,
    open_session,
    study_status,
)
from oncologyai.workflows.study_accuracy import ModelTable, analyse_accuracy
from oncologyai.workflows.study_analysis import analyse_study, analyse_study_times
from oncologyai.workflows.study_scans import create_bonescan_study, draw_scan, open_desk
from oncologyai.workflows.tables import evaluate_files, measure_files
from oncologyai.workflows.train import (
    cross_validate_segmentation,
    export_ensemble,
    leads_training,
    recipe_names,
    resumable,
    train_segmentation,
)

__all__ = [
    "ScanForm",
    "BoneScanReport",
    "answer_bonescan",
    "bonescan_case_files",
    "bonescan_to_bundle",
    "request_of_study",
    "run_bonescan",
    "run_bonescan_request",
    "run_bonescan_sample",
    "SignatureForm",
    "signature_form",
    "study_signature",
    "write_study_signature",
    "ROLES",
    "ApplyForm",
    "BatchForm",
    "CaseOutcome",
    "CaseRunner",
    "CaseTask",
    "CheckReport",
    "CohortReport",
    "ConvertReport",
    "DescribeReport",
    "ExploreForm",
    "ExploreReport",
    "FeatureMapFiles",
    "FeaturesRequest",
    "ModelCheck",
    "ModelRow",
    "PerturbReport",
    "PhantomForm",
    "PreprocessOptions",
    "PreprocessReport",
    "PreviewReport",
    "ReadConfig",
    "RepeatForm",
    "Request",
    "RunConfig",
    "RunResult",
    "SignatureRow",
    "TableForm",
    "add_study_reader",
    "analyse_study",
    "analyse_study_times",
    "anonymize_dataset",
    "answer_bundle",
    "apply_signature_file",
    "check_dataset",
    "check_model",
    "check_outcome_tables",
    "combat_apply",
    "combat_fit",
    "contributions_table",
    "convert_dataset",
    "correct_to_bundle",
    "create_preference",
    "cross_validate_segmentation",
    "delete_model",
    "describe_dataset",
    "download_model",
    "draw_item",
    "evaluate_cohort_table",
    "evaluate_files",
    "explain_outcome_files",
    "explore_files",
    "export_ensemble",
    "feature_map_files",
    "feature_settings",
    "features_files",
    "features_of_bundle",
    "features_to_bundle",
    "import_model",
    "key_folder",
    "leads_training",
    "limits_from_file",
    "list_models",
    "list_signatures",
    "measure_files",
    "open_session",
    "outcome_recipe_names",
    "perturb_table",
    "phantom_sample",
    "phantom_tables",
    "preprocess_dataset",
    "preview_dataset",
    "patient_to_prediction",
    "predict_patient",
    "prediction_charts",
    "read_model_images",
    "recipe_names",
    "request_from_bundle",
    "request_from_image",
    "resumable",
    "retest_tables",
    "run",
    "run_config",
    "run_sample",
    "segment_config",
    "segment_to_bundle",
    "segment_to_file",
    "settings_beside",
    "show_model",
    "show_signature",
    "study_status",
    "bonescan_recipe_names",
    "train_bonescan_network",
    "ModelTable",
    "analyse_accuracy",
    "create_bonescan_study",
    "draw_scan",
    "is_diagnostic",
    "open_desk",
    "train_outcome_network",
    "train_outcome_study",
    "train_segmentation",
    "verify_models",
    "nomogram_of_study",
]
