"""Z-scores: by the image's own mean and deviation, or by those of a cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from oncologyai._checks import check_choice, check_positive
from oncologyai.errors import InputError
from oncologyai.harmonize.state import WHERE, State

__all__ = ["NormaliseCohortZScore", "NormaliseZScore"]


@dataclass(frozen=True)
class NormaliseZScore:
    """Subtract the image's mean and divide by its deviation.

    Parameters
    ----------
    where : str
        What mean and deviation are taken from, see ``WHERE``; the whole image is normalised. The deviation is that
        of a sample (n - 1), as in ITK.

    Raises
    ------
    InputError
        If ``where`` is unknown.
    EmptyMaskError
        On ``apply``, if the region is wanted and there is none.
    """

    where: str = "image"

    def __post_init__(self) -> None:
        check_choice(self.where, WHERE, "where")

    def apply(self, state: State) -> State:
        """Normalise, float32; where all values are the same the image becomes 0."""
        values = state.volume.array[state.chosen(self.where)].astype(np.float64)
        deviation = float(values.std(ddof=1)) if values.size > 1 else 0.0
        return _scaled(state, float(values.mean()), deviation)


@dataclass(frozen=True)
class NormaliseCohortZScore:
    """Subtract a cohort's mean and divide by its deviation, so that images keep their differences (ch. 3, 4.3).

    Parameters
    ----------
    mean, deviation : float, optional
        Of all voxels of the training cohort's images together, as they are at this step; ``fit`` finds them.
    where : str
        Which voxels of an image count, see ``WHERE``.

    Raises
    ------
    InputError
        If ``deviation`` is not above 0, or ``where`` is unknown; on ``apply``, if it is not fitted.
    """

    mean: float | None = None
    deviation: float | None = None
    where: str = "image"

    def __post_init__(self) -> None:
        check_choice(self.where, WHERE, "where")
        if self.deviation is not None:
            check_positive(self.deviation, "deviation")

    @property
    def is_fitted(self) -> bool:
        """Whether mean and deviation are known."""
        return self.mean is not None and self.deviation is not None

    def measure(self, state: State) -> dict[str, Any]:
        """Give what an image adds to the cohort: number, mean and sum of squared differences from it."""
        values = state.volume.array[state.chosen(self.where)].astype(np.float64)
        mean = float(values.mean())
        return {"count": int(values.size), "mean": mean, "squares": float(np.square(values - mean).sum())}

    def fit(self, measures: Sequence[Mapping[str, Any]]) -> NormaliseCohortZScore:
        """Give the step with the mean and deviation of all images' voxels together.

        Raises
        ------
        InputError
            If there are no images, or all values are the same.
        """
        count = sum(int(m["count"]) for m in measures)
        if count < 2:
            raise InputError("cohort", expected="images to fit the z-score on", got=f"{count} voxels")
        mean = sum(int(m["count"]) * float(m["mean"]) for m in measures) / count
        squares = sum(float(m["squares"]) + int(m["count"]) * (float(m["mean"]) - mean) ** 2 for m in measures)
        return replace(self, mean=mean, deviation=(squares / (count - 1)) ** 0.5)

    def apply(self, state: State) -> State:
        """Normalise, float32."""
        if self.mean is None or self.deviation is None:
            raise InputError(
                "NormaliseCohortZScore", expected="a mean and deviation of the training cohort", got="none",
                remedy="fit the preset on the training cohort first",
            )  # fmt: skip
        return _scaled(state, self.mean, self.deviation)


def _scaled(state: State, mean: float, deviation: float) -> State:
    scale = 1.0 / deviation if deviation > 0 else 0.0
    scaled = ((state.volume.array.astype(np.float64) - mean) * scale).astype(np.float32)
    return state.with_values(scaled, air=(state.air - mean) * scale, limits=None).in_arbitrary_units()
