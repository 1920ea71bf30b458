"""Contrast-limited adaptive histogram equalisation (CLAHE)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from skimage import exposure

from oncologyai._checks import check_range
from oncologyai.harmonize.state import State

__all__ = ["EqualiseAdaptively"]


@dataclass(frozen=True)
class EqualiseAdaptively:
    """Equalise the histogram tile by tile, in space, with limited contrast; the result lies within 0 to 1.

    Parameters
    ----------
    tiles : int
        Along each axis; fewer where the image has fewer voxels.
    clip : float, 0-1
        Share of a tile's voxels that a grey level may have; higher gives more contrast.
    levels : int
        Grey levels told apart.

    Raises
    ------
    InputError
        If a value is outside its range.

    References
    ----------
    .. [1] Zuiderveld K. Contrast limited adaptive histogram equalization. In: Graphics Gems IV, 1994; the values are
       scikit-image's defaults.
    """

    tiles: int = 8
    clip: float = 0.01
    levels: int = 256

    def __post_init__(self) -> None:
        check_range(self.tiles, 1, 64, "tiles")
        check_range(self.clip, 0.0, 1.0, "clip")
        check_range(self.levels, 2, 16384, "levels")

    def apply(self, state: State) -> State:
        """Equalise, float32; a constant image becomes 0."""
        array = state.volume.array.astype(np.float32)
        low, high = float(array.min()), float(array.max())
        if low == high:
            flat = np.zeros(array.shape, dtype=np.float32)
            return state.with_values(flat, air=0.0, limits=(0.0, 1.0)).in_arbitrary_units()
        size = tuple(max(1, n // self.tiles) for n in array.shape)
        scaled = (array - low) / (high - low)
        equalised = exposure.equalize_adapthist(scaled, kernel_size=size, clip_limit=self.clip, nbins=self.levels)
        return state.with_values(equalised.astype(np.float32), air=0.0, limits=(0.0, 1.0)).in_arbitrary_units()
