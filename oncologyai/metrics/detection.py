"""Whether a tumour is found in the lung that holds it (ch. 6, Evaluation metrics).

The unit is a lung: its label is whether the reference marks anything in it, its score the largest probability
in it. Lungs are given by name (``left``, ``right``); a lung contour that leaves the tumour out must be grown or
closed by the caller first, or the tumour lies in no lung.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from oncologyai.errors import InputError, UnitsError
from oncologyai.types import Mask, Volume

__all__ = ["Detection", "count_detections", "lung_labels", "lung_scores", "roc_auc"]


class Detection(NamedTuple):
    """Counts of lungs and what follows from them; NaN where no lung is positive, or none negative."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def sensitivity(self) -> float:
        """TP / (TP + FN)."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else float("nan")

    @property
    def specificity(self) -> float:
        """TN / (TN + FP)."""
        return self.tn / (self.tn + self.fp) if self.tn + self.fp else float("nan")


def lung_labels(reference: Mask, lungs: Mapping[str, Mask]) -> dict[str, bool]:
    """Tell for each lung whether the reference has a voxel in it.

    Raises
    ------
    GeometryMismatchError
        If a lung is not on the reference's grid.
    """
    for name, lung in lungs.items():
        reference.require_same_grid(lung, f"lungs[{name}]")
    return {name: bool((reference.array & lung.array).any()) for name, lung in lungs.items()}


def lung_scores(probability: Volume, lungs: Mapping[str, Mask]) -> dict[str, float]:
    """Give for each lung the largest probability in it; an empty lung scores 0.

    Raises
    ------
    UnitsError
        If the volume's unit is not ``probability``.
    GeometryMismatchError
        If a lung is not on its grid.
    """
    if probability.unit != "probability":
        raise UnitsError("probability", expected="a volume of unit probability", got=probability.unit)
    for name, lung in lungs.items():
        probability.require_same_grid(lung, f"lungs[{name}]")
    return {name: float(probability.array[lung.array].max(initial=0.0)) for name, lung in lungs.items()}


def count_detections(labels: Sequence[bool], scores: Sequence[float], *, threshold: float = 0.5) -> Detection:
    """Count lungs found and missed; a score of at least ``threshold`` is a finding.

    Raises
    ------
    InputError
        If there are not as many scores as labels, or a score is not a number.
    """
    truth, values = _checked(labels, scores)
    found = values >= threshold
    counts = (truth & found, ~truth & found, truth & ~found, ~truth & ~found)
    return Detection(*(int(np.count_nonzero(c)) for c in counts))


def roc_auc(labels: Sequence[bool], scores: Sequence[float]) -> float:
    """Give the area under the ROC curve: the chance that a positive scores above a negative, ties half.

    From mid-ranks (Mann and Whitney). NaN unless there are positives and negatives.

    Raises
    ------
    InputError
        If there are not as many scores as labels, or a score is not a number.
    """
    truth, values = _checked(labels, scores)
    positives, negatives = int(np.count_nonzero(truth)), int(np.count_nonzero(~truth))
    if positives == 0 or negatives == 0:
        return float("nan")
    ranks = float(rankdata(values)[truth].sum())
    return (ranks - positives * (positives + 1) / 2.0) / (positives * negatives)


def _checked(labels: Sequence[bool], scores: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    truth, values = np.asarray(labels, dtype=bool), np.asarray(scores, dtype=np.float64)
    if truth.shape != values.shape or truth.ndim != 1:
        raise InputError("scores", expected=f"{truth.size} numbers, one a label", got=str(values.size))
    if np.isnan(values).any():
        raise InputError("scores", expected="numbers", got="NaN")
    return truth, values
