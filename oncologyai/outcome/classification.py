"""How well chances of class 1 part and call patients: figures with bootstrap intervals, at thresholds of training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.metrics import Interval, RocPoints, auc_interval, roc_points
from oncologyai.outcome.calibration import LogisticCalibration, logistic_calibration
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import Judged, Split

__all__ = [
    "ClassPerformance",
    "ConfusionMatrix",
    "assess_classes",
    "class_performance",
    "sensitivity_threshold",
    "training_thresholds",
    "youden_threshold",
]

_BLOCK = 250  # samples of the bootstrap that are held at once
_FIGURES = ("auc", "balanced_accuracy", "precision", "recall", "specificity", "f1")


class ConfusionMatrix(NamedTuple):
    """Rows that are class 1 and called so, called so only, are so only, and neither."""

    tp: int
    fp: int
    fn: int
    tn: int


@dataclass(frozen=True)
class ClassPerformance:
    """What a report says of predicted classes.

    Attributes
    ----------
    rows, patients, positives : int
        Predictions, different patients among them, predictions of class 1 patients. A patient who is judged in several
        splits has as many rows.
    auc : Interval
        Area under the ROC curve of pairs that one model judged, with its bootstrap interval.
    delong : Interval
        The same with DeLong's interval; NaN ends where several models judged, for which it is not made.
    balanced_accuracy, precision, recall, specificity, f1 : Interval
        Of what was called class 1. NaN where undefined: precision where nothing was called.
    thresholds : tuple of float
        Different ones that were used: one a split.
    confusion : ConfusionMatrix
    calibration : LogisticCalibration
        Slope and intercept of the chance's logit; of all splits' predictions together.
    samples, used : int
        Samples of the bootstrap, and those of them that had both classes.
    """

    rows: int
    patients: int
    positives: int
    auc: Interval
    delong: Interval
    balanced_accuracy: Interval
    precision: Interval
    recall: Interval
    specificity: Interval
    f1: Interval
    thresholds: tuple[float, ...]
    confusion: ConfusionMatrix
    calibration: LogisticCalibration
    samples: int
    used: int


def youden_threshold(labels: np.ndarray, chance: np.ndarray) -> float:
    """Give the threshold of the greatest sensitivity + specificity (Youden, Cancer 1950;3:32).

    It lies midway between two patients' chances; of several as good the lowest, which misses fewest. A chance of at
    least the threshold is class 1.

    Raises
    ------
    InputError
        If lengths differ, a chance is missing or a class is.
    """
    points = _checked_points(labels, chance)
    gain = (points.true_rate - points.false_rate)[1:]
    return _midway(points, int(np.flatnonzero(gain >= gain.max() - 1e-12)[-1]))


def sensitivity_threshold(labels: np.ndarray, chance: np.ndarray, sensitivity: float) -> float:
    """Give the highest threshold at which at least so many of class 1 are called, midway to the next chance below.

    Raises
    ------
    InputError
        As ``youden_threshold``, or if the sensitivity is not above 0 and at most 1.
    """
    if not 0.0 < sensitivity <= 1.0:
        raise InputError("sensitivity", expected="above 0, at most 1", got=str(sensitivity))
    points = _checked_points(labels, chance)
    return _midway(points, int(np.flatnonzero(points.true_rate[1:] >= sensitivity - 1e-12)[0]))


def _checked_points(labels: np.ndarray, chance: np.ndarray) -> RocPoints:
    truth, values = np.asarray(labels).astype(bool), np.asarray(chance, dtype=np.float64)
    if values.shape != truth.shape or not np.isfinite(values).all():
        raise InputError("chance", expected=f"{truth.size} numbers, one a label", got=f"shape {values.shape} or gaps")
    if truth.all() or not truth.any():
        raise InputError("labels", expected="both classes", got="one")
    return roc_points(truth, values)


def _midway(points: RocPoints, place: int) -> float:
    levels = points.thresholds[1:]
    below = levels[place + 1] if place + 1 < len(levels) else levels[place]
    return float((levels[place] + below) / 2.0)


def assess_classes(
    judged: Judged,
    data: OutcomeData,
    splits: Sequence[Split],
    *,
    samples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> ClassPerformance:
    """Assess what ``validate`` gave, at each split's Youden threshold of its training patients.

    Parameters
    ----------
    judged : Judged
    data : OutcomeData
        Those that were given to ``validate``.
    splits : sequence of Split
        Likewise.
    samples, seed, level
        As in ``class_performance``.

    Raises
    ------
    InputError
        If there are not as many splits as were judged; and as ``class_performance``.
    """
    cuts = training_thresholds(judged, data, splits)
    place = {name: n for n, name in enumerate(data.patients)}
    labels = data.labels[[place[name] for name in judged.patients]]
    return class_performance(
        labels, judged.predictions, threshold=cuts, groups=judged.units, splits=judged.split,
        samples=samples, seed=seed, level=level,
    )  # fmt: skip


def training_thresholds(judged: Judged, data: OutcomeData, splits: Sequence[Split]) -> np.ndarray:
    """Give the threshold of each prediction, (n,): Youden's of what its split's chain says of its training patients.

    Raises
    ------
    InputError
        If there are not as many splits as were judged, or a split's training patients are of one class.
    """
    if len(splits) != len(judged.training):
        raise InputError("splits", expected=f"{len(judged.training)}, those that were judged", got=str(len(splits)))
    said = zip(splits, judged.training, strict=True)
    cuts = np.array([youden_threshold(data.labels[split.train], chances) for split, chances in said])
    return np.asarray(cuts[judged.split])


def class_performance(
    labels: np.ndarray,
    chance: np.ndarray,
    *,
    threshold: float | np.ndarray,
    groups: Sequence[str] | None = None,
    splits: np.ndarray | None = None,
    samples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> ClassPerformance:
    """Give every figure of predicted chances, with percentile intervals of patients drawn with replacement.

    Parameters
    ----------
    labels : ndarray of 0 and 1, (n,)
    chance : ndarray (n,), 0 to 1
    threshold : float or ndarray (n,)
        A chance of at least this is called class 1. From training patients, never from these.
    groups : sequence of str, optional
        Whose each row is: whole patients are drawn. Without, each row is a patient.
    splits : ndarray (n,), optional
        Which model judged each row: the area is of pairs of one model alone.
    samples : int
    seed : int
    level : float

    Raises
    ------
    InputError
        If lengths differ, a chance is not from 0 to 1, a class is missing, or a number is out of its range.
    """
    truth, p = np.asarray(labels).astype(bool), np.asarray(chance, dtype=np.float64)
    if p.shape != truth.shape or not ((p >= 0) & (p <= 1)).all():
        raise InputError("chance", expected=f"{truth.size} values from 0 to 1", got=f"shape {p.shape} or others")
    if truth.all() or not truth.any():
        raise InputError("labels", expected="both classes", got="one")
    check_range(samples, 1, 10**7, "samples")
    check_range(level, 0.5, 0.999, "level")
    n = len(truth)
    cuts = np.broadcast_to(np.asarray(threshold, dtype=np.float64), (n,))
    whose = np.arange(n) if groups is None else np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1]
    model = np.zeros(n, dtype=np.int64) if splits is None else np.asarray(splits)
    if len(whose) != n or len(model) != n:
        raise InputError("groups", expected=f"{n} names and splits, one a label", got=f"{len(whose)}, {len(model)}")
    called = p >= cuts
    parts = _parts(truth, p, model)
    value = _figures(np.ones((1, n)), truth, called, parts)[0]
    drawn = _bootstrap(truth, called, parts, whose, samples, seed)
    found = dict(zip(_FIGURES, (_interval(v, drawn[:, k], level) for k, v in enumerate(value)), strict=True))
    area = auc_interval(truth, p, clusters=whose.astype(str), level=level)
    several = len(parts) > 1
    return ClassPerformance(
        rows=n,
        patients=int(whose.max()) + 1,
        positives=int(truth.sum()),
        delong=Interval(found["auc"].value, math.nan, math.nan) if several else area,
        thresholds=tuple(float(v) for v in dict.fromkeys(cuts)),
        confusion=ConfusionMatrix(*(int(c.sum()) for c in _counted(truth, called))),
        calibration=logistic_calibration(p, truth.astype(np.int64)),
        samples=samples,
        used=int(np.count_nonzero(~np.isnan(drawn[:, 0]))),
        **found,
    )


class _Part(NamedTuple):
    """Rows of class 1 and of class 0 that one model judged, and who is put in order: (positives, negatives)."""

    positive: np.ndarray
    negative: np.ndarray
    order: np.ndarray


def _parts(truth: np.ndarray, chance: np.ndarray, model: np.ndarray) -> list[_Part]:
    made = []
    for one in np.unique(model):
        a, b = np.flatnonzero(truth & (model == one)), np.flatnonzero(~truth & (model == one))
        if len(a) and len(b):
            x, y = chance[a][:, None], chance[b][None]
            made.append(_Part(a, b, (x > y) + 0.5 * (x == y)))
    return made


def _counted(truth: np.ndarray, called: np.ndarray) -> tuple[np.ndarray, ...]:
    return truth & called, ~truth & called, truth & ~called, ~truth & ~called


def _figures(weights: np.ndarray, truth: np.ndarray, called: np.ndarray, parts: Sequence[_Part]) -> np.ndarray:
    """Give the figures where each row counts as often as its weight, (samples, figures)."""
    tp, fp, fn, tn = (weights[:, mask].sum(axis=1) for mask in _counted(truth, called))
    ordered, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for part in parts:
        a, b = weights[:, part.positive], weights[:, part.negative]
        ordered += ((a @ part.order) * b).sum(axis=1)
        pairs += a.sum(axis=1) * b.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        recall, specificity = tp / (tp + fn), tn / (tn + fp)
        area, precision, f1 = ordered / pairs, tp / (tp + fp), 2 * tp / (2 * tp + fp + fn)
    return np.stack((area, (recall + specificity) / 2, precision, recall, specificity, f1), axis=1)


def _bootstrap(
    truth: np.ndarray, called: np.ndarray, parts: Sequence[_Part], whose: np.ndarray, samples: int, seed: int
) -> np.ndarray:
    count = int(whose.max()) + 1
    rng, even, made = np.random.default_rng(seed), np.full(count, 1.0 / count), []
    for start in range(0, samples, _BLOCK):
        weights = rng.multinomial(count, even, size=min(_BLOCK, samples - start)).astype(np.float64)
        made.append(_figures(weights[:, whose], truth, called, parts))
    return np.concatenate(made)


def _interval(value: float, drawn: np.ndarray, level: float) -> Interval:
    kept = drawn[~np.isnan(drawn)]
    if math.isnan(value) or not len(kept):
        return Interval(float(value), math.nan, math.nan)
    low, high = np.quantile(kept, ((1 - level) / 2, (1 + level) / 2))
    return Interval(float(value), float(low), float(high))
