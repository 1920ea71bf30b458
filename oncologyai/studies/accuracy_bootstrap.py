"""Areas and F1 scores of cases drawn again: what a violin shows, and their intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oncologyai.errors import InputError
from oncologyai.studies.resampling import Resampling

__all__ = ["AccuracyDraws", "bootstrap_accuracy", "f1_score"]


class AccuracyDraws(NamedTuple):
    """``auc`` and ``f1``, float64 (resamples,): NaN where a draw left a class, or all that was called, empty."""

    auc: np.ndarray
    f1: np.ndarray


def f1_score(truth: np.ndarray, called: np.ndarray) -> float:
    """Give 2 TP / (2 TP + FP + FN); NaN where nothing is positive and nothing was called so."""
    both = int(np.count_nonzero(truth & called))
    either = int(np.count_nonzero(truth) + np.count_nonzero(called))
    return 2 * both / either if either else float("nan")


def bootstrap_accuracy(
    truth: np.ndarray, scores: np.ndarray, called: np.ndarray, draws: Resampling | None = None
) -> AccuracyDraws:
    """Draw cases again, with replacement, as many as there are.

    Parameters
    ----------
    truth, called : ndarray of bool, shape (cases,)
        Which have the disease, and which were called so.
    scores : ndarray, shape (cases,)
        The larger, the surer that the disease is there; ties count half.
    draws : Resampling, optional
        How many, and their seed: the same seed draws the same cases for every reader of as many cases.

    Raises
    ------
    InputError
        If lengths differ or a score is not a number.
    """
    draws = draws or Resampling()
    values = np.asarray(scores, dtype=np.float64)
    if not truth.shape == called.shape == values.shape or values.ndim != 1:
        raise InputError("scores", expected=f"{truth.size} numbers, one a case", got=f"{values.size}, {called.size}")
    if not np.isfinite(values).all():
        raise InputError("scores", expected="finite numbers", got="a missing or infinite one", remedy="leave cases out")
    if not values.size:
        none = np.full(draws.resamples, np.nan)
        return AccuracyDraws(none, none)
    generator = np.random.default_rng(draws.seed)
    counts = generator.multinomial(values.size, np.full(values.size, 1.0 / values.size), size=draws.resamples)
    weights = counts.astype(np.float64)
    levels, place = np.unique(values, return_inverse=True)
    steps = (place[:, None] == np.arange(levels.size)).astype(np.float64)
    at, below = weights[:, truth] @ steps[truth], weights[:, ~truth] @ steps[~truth]
    pairs = at.sum(axis=1) * below.sum(axis=1)
    won = (at * (np.cumsum(below, axis=1) - below / 2)).sum(axis=1)
    both = weights[:, truth & called].sum(axis=1)
    either = weights[:, truth].sum(axis=1) + weights[:, called].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return AccuracyDraws(np.where(pairs > 0, won / pairs, np.nan), np.where(either > 0, 2 * both / either, np.nan))
