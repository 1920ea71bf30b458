"""How sure a detection's figures are: exact intervals of proportions, the bootstrap over patients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import beta

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.metrics.detection import roc_auc

__all__ = ["DetectionIntervals", "Interval", "bootstrap_detection", "proportion_interval"]


class Interval(NamedTuple):
    """A value and the ends of its interval."""

    value: float
    low: float
    high: float


class DetectionIntervals(NamedTuple):
    """``used``: how many of the samples had positives and negatives, so that an AUC exists."""

    sensitivity: Interval
    specificity: Interval
    auc: Interval
    used: int


def proportion_interval(count: int, total: int, *, level: float = 0.95) -> Interval:
    """Give a proportion with the exact interval of Clopper and Pearson; NaN where ``total`` is 0.

    Raises
    ------
    InputError
        If ``count`` is not from 0 to ``total``.
    """
    check_range(count, 0, total, "count")
    if total == 0:
        return Interval(math.nan, math.nan, math.nan)
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, count, total - count + 1)) if count else 0.0
    high = float(beta.ppf(1 - tail, count + 1, total - count)) if count < total else 1.0
    return Interval(count / total, low, high)


def bootstrap_detection(
    labels: Sequence[bool],
    found: Sequence[bool],
    scores: Sequence[float],
    *,
    clusters: Sequence[str] | None = None,
    samples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> DetectionIntervals:
    """Give sensitivity, specificity and AUC, with percentile intervals from sampling with replacement.

    Parameters
    ----------
    labels, found : sequence of bool
        Whether each unit (a case, a lung) holds a tumour, and whether one was reported.
    scores : sequence of float
        For the AUC; ties count half.
    clusters : sequence of str, optional
        The patient of each unit: whole patients are drawn, since one patient's lungs are not independent. Without,
        units are drawn.
    samples : int, > 0
        How many.
    seed : int
        Of the random generator.
    level : float

    Returns
    -------
    DetectionIntervals
        NaN where there is no positive, or no negative. Samples in which a figure does not exist are left out of
        its interval.

    Raises
    ------
    InputError
        If lengths differ, a score is NaN or ``samples`` is not positive.
    """
    truth, report = np.asarray(labels, dtype=bool), np.asarray(found, dtype=bool)
    names = list(clusters) if clusters is not None else [str(n) for n in range(len(truth))]
    if not len(truth) == len(report) == len(names):
        raise InputError("found", expected=f"{len(truth)} values, one a label", got=f"{len(report)}, {len(names)}")
    check_range(samples, 1, 10**7, "samples")
    area = roc_auc(labels, scores)
    _, patient = np.unique(np.asarray(names, dtype=str), return_inverse=True)
    levels, place = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    count = int(patient.max()) + 1 if len(truth) else 0
    generator, drawn = np.random.default_rng(seed), np.full((samples, 3), np.nan)
    for n in range(samples if count else 0):
        weights = np.bincount(generator.integers(count, size=count), minlength=count)[patient].astype(np.float64)
        drawn[n] = _figures(weights, truth, report, place, len(levels))
    return DetectionIntervals(
        sensitivity=_interval(_share(report[truth]), drawn[:, 0], level),
        specificity=_interval(_share(~report[~truth]), drawn[:, 1], level),
        auc=_interval(area, drawn[:, 2], level),
        used=int(np.count_nonzero(~np.isnan(drawn[:, 2]))),
    )


def _figures(
    weights: np.ndarray, truth: np.ndarray, report: np.ndarray, place: np.ndarray, levels: int
) -> tuple[float, float, float]:
    """Give sensitivity, specificity and AUC where each unit counts as often as it was drawn."""
    positive, negative = float(weights[truth].sum()), float(weights[~truth].sum())
    sensitivity = float(weights[truth & report].sum()) / positive if positive else math.nan
    specificity = float(weights[~truth & ~report].sum()) / negative if negative else math.nan
    if not positive or not negative:
        return sensitivity, specificity, math.nan
    below = np.bincount(place[~truth], weights[~truth], minlength=levels)
    at = np.bincount(place[truth], weights[truth], minlength=levels)
    area = float((at * (np.cumsum(below) - below / 2)).sum()) / (positive * negative)
    return sensitivity, specificity, area


def _share(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _interval(value: float, drawn: np.ndarray, level: float) -> Interval:
    kept = drawn[~np.isnan(drawn)]
    if math.isnan(value) or not len(kept):
        return Interval(value, math.nan, math.nan)
    low, high = np.quantile(kept, ((1 - level) / 2, (1 + level) / 2))
    return Interval(value, float(low), float(high))
