"""Training of segmentation networks: data, transforms, losses, schedules, the loop, folds and export."""

from __future__ import annotations

from oncologyai.training.cross_validation import split_folds
from oncologyai.training.losses import LOSSES, DiceLoss, FocalLoss, Loss, PrivilegedLoss, SupervisedLoss, make_loss
from oncologyai.training.schedules import SCHEDULES, learning_rate

__all__ = [
    "LOSSES",
    "SCHEDULES",
    "DiceLoss",
    "FocalLoss",
    "Loss",
    "PrivilegedLoss",
    "SupervisedLoss",
    "learning_rate",
    "make_loss",
    "split_folds",
]
