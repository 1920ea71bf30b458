"""Histogram modification (patent, claim 10): equalisation, and matching to a reference's quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.harmonize.state import State

__all__ = ["EqualiseHistogram", "MatchCohortHistogram", "MatchHistogram", "quantiles_of"]


@dataclass(frozen=True)
class EqualiseHistogram:
    """Spread the values so that each occurs about equally often, within the image's own range. Off by default.

    Parameters
    ----------
    levels : int
        Grey levels told apart.
    strength : float, 0-1
        Share of the equalised in the result.

    Raises
    ------
    InputError
        If a value is outside its range.
    """

    levels: int = 256
    strength: float = 1.0

    def __post_init__(self) -> None:
        check_range(self.levels, 2, 65536, "levels")
        check_range(self.strength, 0.0, 1.0, "strength")

    def apply(self, state: State) -> State:
        """Equalise, float32; a constant image stays as it is."""
        array = state.volume.array.astype(np.float32)
        low, high = float(array.min()), float(array.max())
        if low == high:
            return state
        counts, edges = np.histogram(array, bins=self.levels, range=(low, high))
        share = np.concatenate([[0.0], np.cumsum(counts) / array.size])
        curve = (1.0 - self.strength) * edges + self.strength * (low + (high - low) * share)
        air = float(np.interp(state.air, edges, curve))
        equalised = np.interp(array, edges, curve).astype(np.float32)
        return state.with_values(equalised, air=air, limits=(low, high)).in_arbitrary_units()


@dataclass(frozen=True)
class MatchHistogram:
    """Map the image's quantiles onto a reference image's, linearly between them. Off by default.

    Parameters
    ----------
    reference : tuple of float
        Values at evenly spaced quantiles from 0 to 1, ascending; ``quantiles_of`` takes them from an image.

    Raises
    ------
    InputError
        If ``reference`` has fewer than two values or descends.
    """

    reference: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.reference) < 2 or np.any(np.diff(self.reference) < 0):
            raise InputError("reference", expected="two or more ascending values", got=str(self.reference))

    def apply(self, state: State) -> State:
        """Match, float32; what lies beyond the quantiles takes the reference's ends."""
        array = state.volume.array.astype(np.float32)
        own, first = np.unique(np.quantile(array, np.linspace(0, 1, len(self.reference))), return_index=True)
        wanted = np.asarray(self.reference, dtype=np.float64)[first]
        air = float(np.interp(state.air, own, wanted))
        matched = np.interp(array, own, wanted).astype(np.float32)
        limits = (float(self.reference[0]), float(self.reference[-1]))
        return state.with_values(matched, air=air, limits=limits).in_arbitrary_units()


@dataclass(frozen=True)
class MatchCohortHistogram:
    """Map the image's quantiles onto the mean quantiles of a training cohort.

    Parameters
    ----------
    reference : tuple of float, optional
        Values at evenly spaced quantiles from 0 to 1; ``fit`` finds them.
    count : int
        How many quantiles.

    Raises
    ------
    InputError
        If ``reference`` descends or ``count`` is not within 2-10001; on ``apply``, if it is not fitted.
    """

    reference: tuple[float, ...] | None = None
    count: int = 101

    def __post_init__(self) -> None:
        check_range(self.count, 2, 10001, "count")
        if self.reference is not None:
            MatchHistogram(self.reference)

    @property
    def is_fitted(self) -> bool:
        """Whether the cohort's quantiles are known."""
        return self.reference is not None

    def measure(self, state: State) -> dict[str, Any]:
        """Give an image's quantiles."""
        return {"quantiles": list(quantiles_of(state.volume.array, self.count))}

    def fit(self, measures: Sequence[Mapping[str, Any]]) -> MatchCohortHistogram:
        """Give the step with the mean of the images' quantiles.

        Raises
        ------
        InputError
            If there are no images.
        """
        if not measures:
            raise InputError("cohort", expected="images to take quantiles from", got="none")
        mean = np.mean([m["quantiles"] for m in measures], axis=0)
        return replace(self, reference=tuple(float(v) for v in mean))

    def apply(self, state: State) -> State:
        """Match, float32."""
        if self.reference is None:
            raise InputError(
                "MatchCohortHistogram", expected="the quantiles of the training cohort", got="none",
                remedy="fit the preset on the training cohort first",
            )  # fmt: skip
        return MatchHistogram(self.reference).apply(state)


def quantiles_of(array: np.ndarray, count: int = 101) -> tuple[float, ...]:
    """Give an image's values at ``count`` evenly spaced quantiles, the reference of ``MatchHistogram``.

    Raises
    ------
    InputError
        If ``count`` is not within 2-10001.
    """
    check_range(count, 2, 10001, "count")
    return tuple(float(v) for v in np.quantile(array, np.linspace(0, 1, count)))
