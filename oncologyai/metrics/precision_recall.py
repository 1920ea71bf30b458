"""How well one number finds the positives among many: the precision-recall curve and its area."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError

__all__ = ["PrecisionRecall", "precision_recall"]


@dataclass(frozen=True, eq=False)
class PrecisionRecall:
    """The curve over falling thresholds.

    Attributes
    ----------
    precision, recall, thresholds : ndarray, float64 (m,)
        ``recall`` rises from 0 to 1; the first point is precision 1 at recall 0, where nothing is called positive.
    average_precision : float
        Precision at each threshold weighted by the rise of recall: the area of the steps, not of straight lines.
    area : float
        Area under the straight lines between the points, which is a little larger; what ch. 8's toolbox prints.
    prevalence : float
        Share of positives: the precision of guessing.
    """

    precision: np.ndarray
    recall: np.ndarray
    thresholds: np.ndarray
    average_precision: float
    area: float
    prevalence: float


def precision_recall(labels: Sequence[bool] | np.ndarray, scores: Sequence[float] | np.ndarray) -> PrecisionRecall:
    """Give the precision-recall curve of calling positive what scores at least a threshold.

    Parameters
    ----------
    labels : sequence of bool
        Which are positive.
    scores : sequence of float
        As many; pairs with a NaN are left out.

    Returns
    -------
    PrecisionRecall
        Without a positive, arrays of length 0 and NaN.

    Raises
    ------
    InputError
        If lengths differ.
    """
    truth, values = np.asarray(labels, dtype=bool), np.asarray(scores, dtype=np.float64)
    if truth.shape != values.shape or truth.ndim != 1:
        raise InputError("scores", expected=f"{truth.size} numbers, one a label", got=str(values.size))
    truth, values = truth[~np.isnan(values)], values[~np.isnan(values)]
    if not truth.any():
        none = np.zeros(0)
        return PrecisionRecall(none, none, none, math.nan, math.nan, 0.0 if len(truth) else math.nan)
    levels, place = np.unique(values, return_inverse=True)
    found = np.bincount(place, truth, len(levels))[::-1].cumsum()
    called = np.bincount(place, minlength=len(levels))[::-1].cumsum()
    precision = np.concatenate([[1.0], found / called])
    recall = np.concatenate([[0.0], found / found[-1]])
    steps = np.diff(recall)
    return PrecisionRecall(
        precision=precision,
        recall=recall,
        thresholds=np.concatenate([[np.inf], levels[::-1]]),
        average_precision=float((steps * precision[1:]).sum()),
        area=float((steps * (precision[1:] + precision[:-1]) / 2).sum()),
        prevalence=float(truth.mean()),
    )
