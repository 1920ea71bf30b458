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
from oncologyai.training.cross_validation import split_folds
from oncologyai.training.data import Case, CaseFiles, find_cases, load_cases
from oncologyai.training.distributed import World, is_leader, join_world
from oncologyai.training.export import check_card, export_network, write_card
from oncologyai.training.log import Curves, EpochRow, table_cells, write_dice, write_log
from oncologyai.training.loop import FitResult, fit
from oncologyai.training.losses import LOSSES, DiceLoss, FocalLoss, Loss, PrivilegedLoss, SupervisedLoss, make_loss
from oncologyai.training.schedules import SCHEDULES, learning_rate
from oncologyai.training.train import TrainResult, split_cases, train
from oncologyai.training.transforms import draw_sample
from oncologyai.training.validation import validate

__all__ = [
    "LOSSES",
    "SCHEDULES",
    "Augmentation",
    "Case",
    "CaseFiles",
    "Curves",
    "DataSource",
    "DiceLoss",
    "EpochRow",
    "FitResult",
    "FocalLoss",
    "Loss",
    "Phase",
    "PrivilegedLoss",
    "SupervisedLoss",
    "TrainConfig",
    "TrainResult",
    "World",
    "check_card",
    "draw_sample",
    "export_network",
    "find_cases",
    "fit",
    "is_leader",
    "join_world",
    "learning_rate",
    "list_recipes",
    "load_cases",
    "load_config",
    "make_loss",
    "save_config",
    "split_cases",
    "split_folds",
    "table_cells",
    "train",
    "validate",
    "write_card",
    "write_dice",
    "write_log",
]
