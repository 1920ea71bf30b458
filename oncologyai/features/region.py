"""The part of an image that features are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.metrics import bounding_box
from oncologyai.types import Mask, Volume

__all__ = ["Region", "region_of"]


@dataclass(frozen=True, eq=False)
class Region:
    """A mask and its image cut to the mask's box with a margin of one voxel outside the mask.

    Parameters
    ----------
    mask : ndarray, shape (k, j, i), bool
        The outermost layer is False.
    image : ndarray, shape (k, j, i), float64
        Zero in that layer.
    values : ndarray, shape (n,), float64
        The image inside the mask, in array order.
    sampling_mm : tuple of float
        Voxel edges along (k, j, i).
    """

    mask: np.ndarray
    image: np.ndarray
    values: np.ndarray
    sampling_mm: tuple[float, float, float]

    @property
    def voxel_mm3(self) -> float:
        """Volume of one voxel."""
        return float(np.prod(self.sampling_mm))


def region_of(volume: Volume, mask: Mask) -> Region:
    """Cut a region out of a volume.

    Raises
    ------
    GeometryMismatchError
        If the mask is not on the volume's grid.
    EmptyMaskError
        If the mask has no voxel.
    InputError
        If the image holds NaN or infinite values inside the mask.
    """
    volume.require_same_grid(mask, f"mask {mask.label}")
    box = bounding_box(mask.array)
    if box is None:
        raise EmptyMaskError(
            f"mask {mask.label}", expected="at least one voxel", got="none", remedy="segment the lesion first"
        )
    inside = mask.array[box]
    image = volume.array[box].astype(np.float64)
    values = image[inside]
    if not np.isfinite(values).all():
        raise InputError("volume", expected=f"finite values inside {mask.label}", got="NaN or infinity")
    return Region(np.pad(inside, 1), np.pad(image, 1), values, volume.sampling_mm)
