"""The part of an image that features are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.errors import EmptyMaskError, InputError, SmallMaskError
from oncologyai.features.settings import FeatureSettings
from oncologyai.metrics import bounding_box
from oncologyai.types import Mask, Volume

__all__ = ["Box", "Region", "check_size", "mask_box", "region_in", "region_of"]

Box = tuple[slice, slice, slice]


@dataclass(frozen=True, eq=False)
class Region:
    """A mask cut to its box, and the values of an image inside it.

    Parameters
    ----------
    mask : ndarray, shape (k, j, i), bool
        With a margin of one voxel outside the mask: the outermost layer is False.
    values : ndarray, shape (n,)
        The image inside the mask, in array order; float32 or float64.
    sampling_mm : tuple of float
        Voxel edges along (k, j, i).
    """

    mask: np.ndarray
    values: np.ndarray
    sampling_mm: tuple[float, float, float]

    @property
    def inside(self) -> np.ndarray:
        """The mask without its margin."""
        return self.mask[1:-1, 1:-1, 1:-1]

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
    box = mask_box(mask.array, mask.label)
    return region_in(volume.array[box], mask.array[box], volume.sampling_mm, mask.label)


def region_in(image: np.ndarray, inside: np.ndarray, sampling_mm: tuple[float, float, float], label: str) -> Region:
    """Make the region of a mask and an image that are both cut to the mask's box (k, j, i).

    Raises
    ------
    InputError
        If the image holds NaN or infinite values inside the mask; ``label`` names it.
    """
    values = image[inside]
    if values.dtype != np.float32:
        values = values.astype(np.float64, copy=False)
    if not np.isfinite(values).all():
        raise InputError("volume", expected=f"finite values inside {label}", got="NaN or infinity")
    return Region(np.pad(inside, 1), values, sampling_mm)


def mask_box(inside: np.ndarray, label: str) -> Box:
    """Give the smallest box (k, j, i) that holds a mask.

    Raises
    ------
    EmptyMaskError
        If it has no voxel; ``label`` names it.
    """
    slices = np.flatnonzero(inside.reshape(inside.shape[0], -1).any(axis=1))
    if slices.size == 0:
        raise EmptyMaskError(
            f"mask {label}", expected="at least one voxel", got="none", remedy="segment the lesion first"
        )
    depth = slice(int(slices[0]), int(slices[-1]) + 1)
    rows, columns = bounding_box(np.asarray(inside[depth].any(axis=0))) or (slice(0), slice(0))
    return depth, rows, columns


def check_size(inside: np.ndarray, label: str, settings: FeatureSettings) -> None:
    """Refuse a mask that is too small for features; it is cut to its box.

    Raises
    ------
    SmallMaskError
        If it is a single voxel, has an extent in fewer dimensions than ``minimum_roi_dimensions``, or not more voxels
        than ``minimum_roi_size``.
    """
    dimensions = sum(size > 1 for size in inside.shape)
    if dimensions < settings.minimum_roi_dimensions or dimensions == 0:
        least = max(settings.minimum_roi_dimensions, 1)
        got = "a single voxel" if dimensions == 0 else f"one in {dimensions}"
        raise SmallMaskError(
            f"mask {label}", expected=f"an extent of several voxels in at least {least} dimensions", got=got,
            remedy="leave it out" if dimensions < 1 else "leave it out, or set minimumROIDimensions lower",
        )  # fmt: skip
    least_size = settings.minimum_roi_size
    if least_size is not None and np.count_nonzero(inside) <= least_size:
        raise SmallMaskError(
            f"mask {label}", expected=f"more than {least_size} voxels", got=str(np.count_nonzero(inside)),
            remedy="leave it out, or set minimumROISize lower",
        )  # fmt: skip
