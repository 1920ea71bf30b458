"""Training of networks, of masks and of outcomes: data, transforms, losses, schedules, loops, folds and export."""

from __future__ import annotations

from oncologyai.training.bonescan_config import (
    BoneScanBase,
    BoneScanSource,
    BoneScanTrainConfig,
    SyntheticCentres,
    list_bonescan_recipes,
    load_bonescan_config,
)
from oncologyai.training.bonescan_features import FeatureCache
from oncologyai.training.bonescan_loop import BoneScanFit, BoneScanRow, fit_bonescan
from oncologyai.training.bonescan_split import BoneScanCase, balanced_rounds, split_scans
from oncologyai.training.bonescan_train import BoneScanTraining, train_bonescan
from oncologyai.training.config import (
    Augmentation,
    DataSource,
    Phase,
    TrainConfig,
    list_recipes,
    load_config,
)
from oncologyai.training.cross_validate import HELD_OUT, CrossValidation, cross_validate
from oncologyai.training.cross_validation import split_folds
from oncologyai.training.data import Case, CaseFiles, find_cases, load_cases, read_case
from oncologyai.training.distributed import World, is_leader, join_world
from oncologyai.training.ensemble import export_ensemble
from oncologyai.training.export import check_card, export_network, save_weights, write_card
from oncologyai.training.finding import FindingRule, fit_finding_rule
from oncologyai.training.held_out import HeldOut, predict_held_out, read_held_out, views_beside, write_held_out
from oncologyai.training.log import Curves, EpochRow, table_cells, write_dice, write_log
from oncologyai.training.loop import FitResult, fit
from oncologyai.training.losses import LOSSES, DiceLoss, FocalLoss, Loss, PrivilegedLoss, SupervisedLoss, make_loss
from oncologyai.training.outcome_cases import (
    OutcomeCase,
    OutcomeCaseFiles,
    find_outcome_cases,
    load_outcome_cases,
    prepare_outcome_case,
)
from oncologyai.training.outcome_config import (
    BeginFrom,
    OutcomeAugmentation,
    OutcomeSource,
    OutcomeTrainConfig,
    StemWeights,
    list_outcome_recipes,
    load_outcome_config,
)
from oncologyai.training.outcome_loop import OutcomeFit, OutcomeRow, answer_cases, class_weights, fit_outcome
from oncologyai.training.outcome_samples import OutcomeSample, StemCache, apply_sample, draw_outcome_sample
from oncologyai.training.outcome_tables import OutcomePrediction, read_predictions
from oncologyai.training.outcome_train import (
    OutcomeCrossValidation,
    OutcomeTraining,
    choose_epochs,
    cross_validate_outcome,
    train_outcome,
)
from oncologyai.training.schedules import SCHEDULES, learning_rate
from oncologyai.training.train import TrainResult, split_cases, train
from oncologyai.training.transforms import draw_sample
from oncologyai.training.validation import validate
from oncologyai.training.yaml_config import save_config

__all__ = [
    "HELD_OUT",
    "LOSSES",
    "SCHEDULES",
    "Augmentation",
    "BeginFrom",
    "BoneScanBase",
    "BoneScanCase",
    "BoneScanFit",
    "BoneScanRow",
    "BoneScanSource",
    "BoneScanTrainConfig",
    "BoneScanTraining",
    "Case",
    "CaseFiles",
    "CrossValidation",
    "Curves",
    "DataSource",
    "DiceLoss",
    "EpochRow",
    "FeatureCache",
    "FindingRule",
    "FitResult",
    "FocalLoss",
    "HeldOut",
    "Loss",
    "OutcomeAugmentation",
    "OutcomeCase",
    "OutcomeCaseFiles",
    "OutcomeCrossValidation",
    "OutcomeFit",
    "OutcomePrediction",
    "OutcomeRow",
    "OutcomeSample",
    "OutcomeSource",
    "OutcomeTrainConfig",
    "OutcomeTraining",
    "Phase",
    "PrivilegedLoss",
    "StemCache",
    "StemWeights",
    "SupervisedLoss",
    "SyntheticCentres",
    "TrainConfig",
    "TrainResult",
    "World",
    "answer_cases",
    "apply_sample",
    "balanced_rounds",
    "check_card",
    "choose_epochs",
    "class_weights",
    "cross_validate",
    "cross_validate_outcome",
    "draw_outcome_sample",
    "draw_sample",
    "export_ensemble",
    "export_network",
    "find_cases",
    "find_outcome_cases",
    "fit",
    "fit_bonescan",
    "fit_finding_rule",
    "fit_outcome",
    "is_leader",
    "join_world",
    "learning_rate",
    "list_bonescan_recipes",
    "list_outcome_recipes",
    "list_recipes",
    "load_bonescan_config",
    "load_cases",
    "load_config",
    "load_outcome_cases",
    "load_outcome_config",
    "make_loss",
    "predict_held_out",
    "prepare_outcome_case",
    "read_case",
    "read_held_out",
    "read_predictions",
    "save_config",
    "save_weights",
    "split_cases",
    "split_folds",
    "split_scans",
    "table_cells",
    "train",
    "train_bonescan",
    "train_outcome",
    "validate",
    "views_beside",
    "write_card",
    "write_dice",
    "write_held_out",
    "write_log",
]
