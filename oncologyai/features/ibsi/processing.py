"""Interpolation, re-segmentation and discretisation as the IBSI defines them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.features.filters import filtered_images
from oncologyai.features.ibsi.settings import IbsiSettings
from oncologyai.metrics import bounding_box
from oncologyai.types import Mask, Volume

__all__ = ["MOST_LEVELS", "IbsiRegion", "discretise", "prepare"]

MOST_LEVELS = 2048
"""Co-occurrence matrices of 13 directions take 0.4 GB at this number of levels, and four times as much at twice."""


_MARGIN_MM = 8.0  # the sphere of the local intensity peak reaches 6.2 mm beyond the mask
_ROUNDING = 1e-6  # values half-way count as half-way, whatever the last bits of an interpolation say
_SPLINE_REACH = 28  # voxels at which a cubic spline no longer feels a value (0.268 to that power is 1e-16)


@dataclass(frozen=True, eq=False)
class IbsiRegion:
    """A mask and its image, prepared, cut to the mask's box and a margin of 8 mm where the image has one.

    Parameters
    ----------
    image : ndarray, shape (k, j, i), float64
        Interpolated, rounded and, where asked for, filtered.
    shape_mask : ndarray of the same shape, bool
        The morphological mask: after interpolation.
    mask : ndarray of the same shape, bool
        The intensity mask: after re-segmentation.
    levels : ndarray of the same shape, int32
        Discretised values from 1 on; 0 outside the intensity mask.
    level_count : int
        Number of bins, also those that no voxel is in.
    sampling_mm : tuple of float
        Voxel edges along (k, j, i).
    """

    image: np.ndarray
    shape_mask: np.ndarray
    mask: np.ndarray
    levels: np.ndarray
    level_count: int
    sampling_mm: tuple[float, float, float]

    @property
    def values(self) -> np.ndarray:
        """The image inside the intensity mask, in array order."""
        return self.image[self.mask]


def prepare(volume: Volume, mask: Mask, settings: IbsiSettings) -> IbsiRegion:
    """Interpolate, re-segment and discretise a region.

    Raises
    ------
    GeometryMismatchError
        If the mask is not on the volume's grid.
    EmptyMaskError
        If no voxel is in the mask, before or after interpolation and re-segmentation.
    InputError
        If the image is not finite in the mask, or there are too many grey levels.
    """
    volume.require_same_grid(mask, f"mask {mask.label}")
    box = bounding_box(mask.array)
    if box is None:
        raise EmptyMaskError(f"mask {mask.label}", expected="at least one voxel", got="none")
    image, shape_mask, sampling = _interpolated(volume, mask, box, settings)
    if not shape_mask.any():
        raise EmptyMaskError(
            f"mask {mask.label}",
            expected="at least one voxel after interpolation",
            got="none",
            remedy="choose a smaller spacing",
        )
    if not np.isfinite(image[shape_mask]).all():
        raise InputError("volume", expected=f"finite values inside {mask.label}", got="NaN or infinity")
    inside = _resegmented(image, shape_mask, settings)
    if not inside.any():
        raise EmptyMaskError(f"mask {mask.label}", expected="at least one voxel in the range of values", got="none")
    if settings.image_filter is not None:
        near = _near(shape_mask, sampling)
        ((_, image),) = filtered_images(image, sampling, settings.image_filter, settings.filter_options, near)
        shape_mask, inside = shape_mask[near], inside[near]
    levels = np.zeros(image.shape, dtype=np.int32)
    levels[inside], count = discretise(
        image[inside], width=settings.bin_width, count=settings.bin_count, lowest=settings.lowest
    )
    if count > MOST_LEVELS:
        raise InputError(
            "bin_width", expected=f"at most {MOST_LEVELS} grey levels", got=f"{count}", remedy="choose wider bins"
        )
    return IbsiRegion(image, shape_mask, inside, levels, count, sampling)


def _near(mask: np.ndarray, sampling_mm: tuple[float, float, float]) -> tuple[slice, slice, slice]:
    """Give the mask's box with the margin, within the image."""
    parts = []
    for axis, (size, spacing) in enumerate(zip(mask.shape, sampling_mm, strict=True)):
        filled = np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))
        reach = int(np.ceil(_MARGIN_MM / spacing))
        parts.append(slice(max(int(filled[0]) - reach, 0), min(int(filled[-1]) + reach + 1, size)))
    return parts[0], parts[1], parts[2]


def discretise(
    values: np.ndarray, *, width: float | None, count: int | None, lowest: float | None
) -> tuple[np.ndarray, int]:
    """Give the bin of each value, from 1 on, and the number of bins.

    Parameters
    ----------
    values : ndarray, not empty
    width, count : float or None, int or None
        Bins of a fixed size or, where ``width`` is None, a fixed number of them.
    lowest : float or None
        Where the first bin of a fixed size begins; None: at the least value.
    """
    if width is not None:
        start = float(values.min()) if lowest is None else lowest
        found = np.floor((values - start) / width).astype(np.int32) + 1
        return found, int(found.max())
    bins = int(count or 1)
    low, high = float(values.min()), float(values.max())
    if high == low:
        return np.ones(values.shape, dtype=np.int32), bins
    return np.minimum(np.floor(bins * (values - low) / (high - low)).astype(np.int32) + 1, bins), bins


def _resegmented(image: np.ndarray, shape_mask: np.ndarray, settings: IbsiSettings) -> np.ndarray:
    """Leave out values outside the range and outliers; both are judged on the whole of the mask."""
    inside = shape_mask.copy()
    if settings.range is not None:
        inside &= (image >= settings.range[0]) & (image <= settings.range[1])
    if settings.outlier_sigma is not None:
        values = image[inside]
        if values.size:
            reach = settings.outlier_sigma * values.std()
            inside &= (image >= values.mean() - reach) & (image <= values.mean() + reach)
    return inside


def _interpolated(
    volume: Volume, mask: Mask, box: tuple[slice, ...], settings: IbsiSettings
) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float]]:
    """Give image, mask and voxel edges on the new grid, in the mask's box with its margin."""
    places, new = [], []
    wanted = settings.spacing_mm or (None, None, None)
    for part, size, spacing, asked in zip(box, volume.shape, volume.sampling_mm, wanted, strict=True):
        step = spacing if asked is None else asked
        margin = _MARGIN_MM / spacing + 1.0 if settings.image_filter is None else float(size)
        line = _grid(size, step / spacing)
        places.append(line[(line >= part.start - margin) & (line <= part.stop - 1 + margin)])
        new.append(step)
    sampling = (new[0], new[1], new[2])
    if settings.spacing_mm is None:
        inner = np.ix_(*[np.rint(line).astype(np.intp) for line in places])
        return volume.array[inner].astype(np.float64), mask.array[inner], sampling
    image = _sample(volume.array, places, 3 if settings.interpolation == "cubic" else 1)
    inside = _sample(mask.array, places, 1) >= 0.5 - _ROUNDING
    return (np.floor(image + 0.5 + _ROUNDING) if settings.rounding else image), inside, sampling


def _grid(size: int, ratio: float) -> np.ndarray:
    """Give the new voxels' places along an axis, in old voxels: both grids share their centre."""
    count = int(np.ceil(round(size / ratio, 6)))
    return (size - 1) / 2.0 + (np.arange(count) - (count - 1) / 2.0) * ratio


def _sample(array: np.ndarray, places: list[np.ndarray], order: int) -> np.ndarray:
    """Interpolate an array; beyond its border lies the border's value."""
    reach = _SPLINE_REACH if order > 1 else 1
    starts = [max(int(np.floor(line[0])) - reach, 0) for line in places]
    stops = [int(np.ceil(line[-1])) + reach + 1 for line in places]
    part = array[tuple(slice(a, b) for a, b in zip(starts, stops, strict=True))].astype(np.float64)
    moved = [np.clip(line - start, 0, size - 1) for line, start, size in zip(places, starts, part.shape, strict=True)]
    grid = np.meshgrid(*moved, indexing="ij")
    found: np.ndarray = map_coordinates(part, grid, order=order, mode="nearest")
    return found
