"""Darkening of what lies away from a region, so that a network looks at it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_positive, check_range
from oncologyai.harmonize.state import State

__all__ = ["AttenuateOutside"]


@dataclass(frozen=True)
class AttenuateOutside:
    """Multiply by 1 inside the region and by less the farther from it, as a Gaussian of the distance falls.

    Parameters
    ----------
    lowest : float, 0-1
        Factor far from the region: 0.2 (ch. 4, 2.3).
    sigma_mm : float
        Standard deviation of the Gaussian; 10 mm is ours, none is published.

    Raises
    ------
    InputError
        If a number is out of range.
    EmptyMaskError
        On ``apply``, without a region.
    """

    lowest: float = 0.2  # ch. 4, 2.3
    sigma_mm: float = 10.0

    def __post_init__(self) -> None:
        check_range(self.lowest, 0.0, 1.0, "lowest")
        check_positive(self.sigma_mm, "sigma_mm", "mm")

    def apply(self, state: State) -> State:
        """Darken, float32; 0 stays 0."""
        inside = state.chosen("region")
        distance = ndimage.distance_transform_edt(~inside, sampling=state.volume.sampling_mm)
        factor = self.lowest + (1.0 - self.lowest) * np.exp(-0.5 * np.square(distance / self.sigma_mm))
        darkened = (state.volume.array * factor).astype(np.float32)
        return state.with_values(darkened, air=state.air * self.lowest, limits=None).in_arbitrary_units()
