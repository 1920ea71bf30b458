"""Training of segmentation networks: data, transforms, losses, schedules, the loop, folds and export."""

from __future__ import annotations

from oncologyai.training.config import (
    Augmentation,
    DataSource,
    Phase,
    TrainConfig,
    list_recipes,
    load_config,
    save_config,
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
from oncologyai.training.schedules import SCHEDULES, learning_rate
from oncologyai.training.train import TrainResult, split_cases, train
from oncologyai.training.transforms import draw_sample
from oncologyai.training.validation import validate

__all__ = [
    "HELD_OUT",
    "LOSSES",
    "SCHEDULES",
    "Augmentation",
    "Case",
    "CaseFiles",
    "CrossValidation",
    "Curves",
    "DataSource",
    "DiceLoss",
    "EpochRow",
    "FindingRule",
    "FitResult",
    "FocalLoss",
    "HeldOut",
    "Loss",
    "Phase",
    "PrivilegedLoss",
    "SupervisedLoss",
    "TrainConfig",
    "TrainResult",
    "World",
    "check_card",
    "cross_validate",
    "draw_sample",
    "export_ensemble",
    "export_network",
    "find_cases",
    "fit",
    "fit_finding_rule",
    "is_leader",
    "join_world",
    "learning_rate",
    "list_recipes",
    "load_cases",
    "load_config",
    "make_loss",
    "predict_held_out",
    "read_case",
    "read_held_out",
    "save_config",
    "save_weights",
    "split_cases",
    "split_folds",
    "table_cells",
    "train",
    "validate",
    "views_beside",
    "write_card",
    "write_dice",
    "write_held_out",
    "write_log",
]
