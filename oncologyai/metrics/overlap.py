"""Overlap of two masks, whole and slice by slice.

Two empty masks agree: Dice and Jaccard are 1. One empty mask gives 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oncologyai.types import Mask

__all__ = ["Confusion", "Dice2D", "confusion", "dice", "dice_2d", "dice_by_slice", "jaccard", "true_positive_slices"]


class Confusion(NamedTuple):
    """Numbers of voxels in both masks (tp), only in the predicted (fp) and only in the reference (fn)."""

    tp: int
    fp: int
    fn: int

    @property
    def dice(self) -> float:
        """2 TP / (2 TP + FP + FN); 1 where all are 0."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def jaccard(self) -> float:
        """TP / (TP + FP + FN); 1 where all are 0."""
        return _ratio(self.tp, self.tp + self.fp + self.fn)


class Dice2D(NamedTuple):
    """Mean and quartiles of the Dice of single slices; NaN where the reference has no slice."""

    mean: float
    q1: float
    median: float
    q3: float


def confusion(reference: Mask, predicted: Mask) -> Confusion:
    """Count true positive, false positive and false negative voxels.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    reference.require_same_grid(predicted, "predicted")
    return _count(reference.array, predicted.array)


def dice(reference: Mask, predicted: Mask) -> float:
    """Give the Dice similarity coefficient, 0 to 1 (ch. 6 eq. 3); two empty masks give 1.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    return confusion(reference, predicted).dice


def jaccard(reference: Mask, predicted: Mask) -> float:
    """Give the Jaccard index, 0 to 1 (ch. 6 eq. 4); two empty masks give 1.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    return confusion(reference, predicted).jaccard


def true_positive_slices(reference: Mask, predicted: Mask) -> np.ndarray:
    """Tell for each slice k whether both masks have voxels in it, bool (k,).

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    reference.require_same_grid(predicted, "predicted")
    return np.asarray(reference.array.any(axis=(1, 2)) & predicted.array.any(axis=(1, 2)))


def dice_by_slice(reference: Mask, predicted: Mask) -> np.ndarray:
    """Give the Dice of each slice k, float64 (k,); NaN where neither mask has a voxel.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    reference.require_same_grid(predicted, "predicted")
    both = np.count_nonzero(reference.array & predicted.array, axis=(1, 2))
    total = np.count_nonzero(reference.array, axis=(1, 2)) + np.count_nonzero(predicted.array, axis=(1, 2))
    return np.divide(2.0 * both, total, out=np.full(len(total), np.nan), where=total > 0)


def dice_2d(reference: Mask, predicted: Mask) -> Dice2D:
    """Summarise the Dice of the slices that the reference marks (DenseHighRes3DNet, caption of table 1).

    Those are its true positive and false negative slices: a missed slice counts as 0, a slice marked only by
    the prediction does not count. Quartiles are interpolated linearly.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    values = dice_by_slice(reference, predicted)[reference.array.any(axis=(1, 2))]
    if values.size == 0:
        return Dice2D(np.nan, np.nan, np.nan, np.nan)
    q1, median, q3 = (float(q) for q in np.percentile(values, (25, 50, 75)))
    return Dice2D(float(values.mean()), q1, median, q3)


def _count(reference: np.ndarray, predicted: np.ndarray) -> Confusion:
    both = int(np.count_nonzero(reference & predicted))
    return Confusion(both, int(np.count_nonzero(predicted)) - both, int(np.count_nonzero(reference)) - both)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
