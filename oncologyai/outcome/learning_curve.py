"""How discrimination grows with the number of patients that are learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.outcome.concordance import Concordance
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import Learner, Split, folds, validate
from oncologyai.progress import Part, Progress, Silent, check_cancelled

__all__ = ["LearningPoint", "learning_curve"]

_LEAST = 2  # patients with the event, and without it, that are learned from


@dataclass(frozen=True, eq=False)
class LearningPoint:
    """What so many training patients reach.

    Attributes
    ----------
    patients, events : int
        Learned from, in each fit.
    score : Concordance
        Harrell's C, or the area under the ROC curve, of patients left out; its interval is of the patients judged.
    low_draw, high_draw : float
        The least and greatest value of a repeat: how much it matters which patients are learned from.
    """

    patients: int
    events: int
    score: Concordance
    low_draw: float
    high_draw: float


def learning_curve(
    learner: Learner,
    data: OutcomeData,
    sizes: Sequence[int],
    *,
    count: int = 5,
    repeats: int = 10,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[LearningPoint, ...]:
    """Judge a learner in repeated folds, each time learned from a part of the training patients only.

    Parameters
    ----------
    learner : Learner
    data : OutcomeData
    sizes : sequence of int
        Numbers of training patients; the share with the event stays, at least 2 of either kind.
    count, repeats : int
        Folds, and how often they are dealt anew; every size is judged on the same folds.
    seed : int
        The same seed gives the same curve.
    progress : Progress, optional

    Returns
    -------
    tuple of LearningPoint
        In the order of ``sizes``.

    Raises
    ------
    InputError
        If a size is below 4 or more than a fold leaves to learn from; else as ``folds`` and ``validate``.
    CancelledError
        If the user cancelled.
    """
    check_range(repeats, 1, 10_000, "repeats")
    if not sizes:
        raise InputError("sizes", expected="at least one number of patients", got="none")
    watch = progress or Silent()
    dealt = [folds(data, count, np.random.default_rng([seed, n])) for n in range(repeats)]
    most = min(len(split.train) for splits in dealt for split in splits)
    for size in sizes:
        check_range(size, 2 * _LEAST, most, "sizes")
    points = []
    for place, size in enumerate(sizes):
        check_cancelled(watch)
        rng = np.random.default_rng([seed, size])
        made = [Split(f"{s.name} of {n + 1}", _part(data, s.train, size, rng), s.test)
                for n, splits in enumerate(dealt) for s in splits]  # fmt: skip
        part = Part(watch, place / len(sizes), (place + 1) / len(sizes))
        judged = validate(learner, data, made, seed=seed, progress=part)
        values = np.reshape(judged.values, (repeats, count))
        each = [float(np.nanmean(row)) for row in values]
        events = int(data.strata[made[0].train].sum())
        points.append(LearningPoint(size, events, judged.score, min(each), max(each)))
    return tuple(points)


def _part(data: OutcomeData, train: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw so many training patients, the event's share kept."""
    strata = data.strata[train]
    with_event, without = train[strata == 1], train[strata != 1]
    wanted = round(size * len(with_event) / len(train))
    events = int(np.clip(wanted, max(_LEAST, size - len(without)), min(len(with_event), size - _LEAST)))
    chosen = [rng.permutation(with_event)[:events], rng.permutation(without)[: size - events]]
    return np.sort(np.concatenate(chosen))
