"""Image and mask on a grid of another spacing, that of pyradiomics (3.0.1): aligned with the image's corner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import SimpleITK as sitk

from oncologyai.errors import GeometryMismatchError
from oncologyai.features.region import Box
from oncologyai.features.settings import FeatureSettings
from oncologyai.types import Mask, Volume

__all__ = ["cut_around", "on_image_grid", "picture", "resampled"]

_SPLINE_MARGIN = 32  # voxels: the prefilter's response to a value falls by 0.268 a voxel (Unser, 1999), 5e-19 here
_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def on_image_grid(volume: Volume, mask: Mask, settings: FeatureSettings) -> Mask:
    """Give the mask on the image's grid: as it is, moved within the tolerance, or resampled if ``correct_mask``.

    Raises
    ------
    GeometryMismatchError
        If it lies on another grid and ``correct_mask`` is off, or it has voxels outside the image.
    """
    if volume.same_grid(mask):
        return mask
    if settings.geometry_tolerance is not None and _is_near(volume, mask, settings.geometry_tolerance):
        return replace(mask, ijk_to_ras=volume.ijk_to_ras)
    if not settings.correct_mask:
        volume.require_same_grid(mask, f"mask {mask.label}")
    corners = mask.ras_from_ijk(np.argwhere(mask.array)[:, ::-1])
    if not volume.contains_ras(corners).all():
        raise GeometryMismatchError(
            f"mask {mask.label}", expected="all its voxels in the image", got="some outside",
            remedy="crop it, or take the image it was drawn on",
        )  # fmt: skip
    target = picture(np.zeros(volume.shape, np.uint8), volume)
    moved = sitk.Resample(
        picture(mask.array.astype(np.uint8), mask), target, sitk.Transform(), sitk.sitkNearestNeighbor
    )
    return replace(mask, array=sitk.GetArrayFromImage(moved) > 0, ijk_to_ras=volume.ijk_to_ras)


def resampled(volume: Volume, mask: Mask, box: Box, settings: FeatureSettings) -> tuple[Volume, Mask]:
    """Resample image and mask around the mask, ``pad_distance`` voxels of the new grid beyond its box.

    The image keeps its type: integers are rounded. Axes along which the mask is one voxel thick keep their spacing.
    Where no spacing changes, both are cropped only. Only the part of the image that the values depend on is read.

    Parameters
    ----------
    volume, mask : Volume, Mask
        On one grid.
    box : tuple of 3 slices
        The mask's box (k, j, i).
    settings : FeatureSettings
    """
    spacing = np.asarray(volume.spacing_mm)
    lower = np.array([part.start for part in box[::-1]])
    extent = np.array([part.stop - part.start for part in box[::-1]])
    wanted = np.asarray(settings.resampled_spacing_mm, dtype=np.float64)
    wanted = np.where((wanted == 0) | (extent == 1), spacing, wanted)
    pad = settings.pad_distance
    size = np.array(volume.shape[::-1])
    if np.allclose(spacing, wanted):
        return cut_around(volume, mask, box, pad)
    ratio = spacing / wanted
    first = np.maximum(np.floor((lower - 0.5) * ratio - pad), 0)
    last = np.minimum(np.ceil((lower + extent - 0.5) * ratio + pad), np.ceil(size * ratio) - 1)
    filter_ = sitk.ResampleImageFilter()
    whole = picture(mask.array.astype(np.uint8), mask)
    filter_.SetOutputSpacing(wanted.tolist())
    filter_.SetOutputDirection(whole.GetDirection())
    filter_.SetSize((last - first + 1).astype(int).tolist())
    origin = 0.5 * (wanted - spacing) / spacing + first / ratio
    filter_.SetOutputOrigin(whole.TransformContinuousIndexToPhysicalPoint(origin.tolist()))
    filter_.SetInterpolator(sitk.sitkNearestNeighbor)
    moved_mask = filter_.Execute(whole)
    filter_.SetInterpolator(getattr(sitk, str(settings.interpolator)))
    moved = filter_.Execute(_source(volume, origin, origin + (last - first) / ratio, str(settings.interpolator)))
    matrix = _matrix(moved)
    return (
        replace(volume, array=sitk.GetArrayFromImage(moved), ijk_to_ras=matrix, dicom=None),
        replace(mask, array=sitk.GetArrayFromImage(moved_mask) > 0, ijk_to_ras=matrix),
    )


def _source(volume: Volume, first: np.ndarray, last: np.ndarray, interpolator: str) -> sitk.Image:
    """Give the part of the image that samples between two continuous indices (i, j, k) depend on."""
    if interpolator != "sitkBSpline":  # the others read a few voxels around each sample only
        return picture(volume.array, volume)
    size = np.array(volume.shape[::-1])
    low = np.maximum(np.floor(first).astype(int) - _SPLINE_MARGIN, 0)
    high = np.minimum(np.ceil(last).astype(int) + _SPLINE_MARGIN + 1, size)
    part = tuple(slice(int(a), int(b)) for a, b in zip(low[::-1], high[::-1], strict=True))
    matrix = volume.ijk_to_ras.copy()
    matrix[:3, 3] = volume.ras_from_ijk(low)
    return picture(volume.array[part], replace(volume, array=volume.array[part], ijk_to_ras=matrix))


def _storable(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32) if array.dtype in (np.float16, np.bool_) else array


def cut_around(volume: Volume, mask: Mask, box: Box, pad: int) -> tuple[Volume, Mask]:
    """Cut image and mask to a box (k, j, i) with ``pad`` voxels around it, as far as the image reaches."""
    wider = tuple(slice(max(b.start - pad, 0), min(b.stop + pad, n)) for b, n in zip(box, volume.shape, strict=True))
    matrix = volume.ijk_to_ras.copy()
    matrix[:3, 3] = volume.ras_from_ijk([part.start for part in wider[::-1]])
    return (
        replace(volume, array=volume.array[wider], ijk_to_ras=matrix, dicom=None),
        replace(mask, array=mask.array[wider], ijk_to_ras=matrix),
    )


def _is_near(volume: Volume, mask: Mask, tolerance: float) -> bool:
    """Tell whether both have one size, and corners that differ by at most ``tolerance`` voxel edges."""
    if volume.shape != mask.shape:
        return False
    i, j, k = (n - 1 for n in volume.shape[::-1])
    corners = np.array([[a, b, c] for a in (0, i) for b in (0, j) for c in (0, k)], dtype=np.float64)
    gap = np.abs(volume.ras_from_ijk(corners) - mask.ras_from_ijk(corners)).max()
    return bool(gap <= tolerance * min(volume.spacing_mm))


def picture(array: np.ndarray, grid: Volume | Mask) -> sitk.Image:
    """Give an array (k, j, i) as SimpleITK's image on a grid."""
    image = sitk.GetImageFromArray(_storable(array))
    matrix = _LPS @ grid.ijk_to_ras
    spacing = np.asarray(grid.spacing_mm)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((matrix[:3, :3] / spacing).ravel().tolist())
    image.SetOrigin(matrix[:3, 3].tolist())
    return image


def _matrix(image: sitk.Image) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) @ np.diag(image.GetSpacing())
    matrix[:3, 3] = image.GetOrigin()
    return np.asarray(_LPS @ matrix)
