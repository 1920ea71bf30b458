"""Several answers instead of one: test-time flips, ensembles, Monte-Carlo dropout, and how far they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.inference.engines import Engine, Predict, predict_with
from oncologyai.progress import Progress

if TYPE_CHECKING:
    from oncologyai.inference.torch_engine import TorchEngine

__all__ = ["dropout_members", "ensemble_members", "flip_members", "flipped", "joined"]


def flipped(predict: Predict, axes: tuple[int, ...]) -> Predict:
    """Give a member that sees the batch flipped along spatial axes, counted from the end (-1 is i), and flips back."""

    def run(batch: np.ndarray) -> np.ndarray:
        return np.flip(predict(np.ascontiguousarray(np.flip(batch, axes))), axes)

    return run


def flip_members(predict: Predict, dims: int) -> tuple[Predict, ...]:
    """Give the network's own answer and one for a flip along each spatial axis: dims + 1 members."""
    return (predict, *(flipped(predict, (-axis,)) for axis in range(1, dims + 1)))


def ensemble_members(
    engines: Sequence[Engine], activation: str, *, progress: Progress | None = None
) -> tuple[Predict, ...]:
    """Give a member for each engine of an ensemble."""
    return tuple(predict_with(engine, activation, progress=progress) for engine in engines)


def dropout_members(
    engine: TorchEngine, activation: str, *, samples: int = 8, seed: int = 0, progress: Progress | None = None
) -> tuple[Predict, ...]:
    """Give members whose dropout is on, each with a seed of its own.

    Raises
    ------
    InputError
        If the network has no dropout, or fewer than 2 samples are wanted.
    """
    check_range(samples, 2, 256, "samples")
    rates = [getattr(m, "p", 0.0) for m in engine.network.modules() if type(m).__name__.startswith("Dropout")]
    if not any(rates):
        raise InputError("members", expected="a network with dropout", got="one without", remedy="take flips")
    return tuple(predict_with(engine.with_dropout(seed + n), activation, progress=progress) for n in range(samples))


def joined(members: Sequence[Predict], *, label: int = 0, threshold: float = 0.5) -> Predict:
    """Make one function of several members, patch by patch, so that no member's whole answer is kept.

    Parameters
    ----------
    members : sequence of callables
        Each from a batch to probabilities (n, label, ...).
    label : int
        The label whose disagreement is wanted.
    threshold : float
        Above it a member votes for the label.

    Returns
    -------
    callable
        From a batch to (n, 3, ...): the label's mean probability, the members' standard deviation, and the share of
        members that vote for it.

    Raises
    ------
    InputError
        If there are no members.
    """
    if not members:
        raise InputError("members", expected="1 or more", got="none")

    def run(batch: np.ndarray) -> np.ndarray:
        mean: Any = np.float32(0)
        square: Any = np.float32(0)
        votes: Any = np.float32(0)
        for number, member in enumerate(members, start=1):
            found = member(batch)[:, label]
            gap = found - mean
            mean = mean + gap / np.float32(number)
            square = square + gap * (found - mean)
            votes = votes + (found > threshold)
        count = np.float32(len(members))
        spread = np.sqrt(np.maximum(square / count, 0))
        return np.stack([mean, spread, votes / count], axis=1).astype(np.float32, copy=False)

    return run
