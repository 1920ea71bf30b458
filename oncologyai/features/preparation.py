"""What is done to image and mask before features are made: normalisation, resampling, cropping, resegmentation.

The order and the grids are pyradiomics' (3.0.1), so that its parameter files lead to the same values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from oncologyai.errors import SmallMaskError
from oncologyai.features.region import Box, check_size, mask_box
from oncologyai.features.resampling import cut_around, on_image_grid, resampled
from oncologyai.features.settings import FeatureSettings
from oncologyai.types import Mask, Volume

__all__ = ["Prepared", "normalised", "prepare"]


@dataclass(frozen=True, eq=False)
class Prepared:
    """An image and a mask that features are made from.

    Parameters
    ----------
    image : ndarray, shape (k, j, i)
        In the type it is stored in; float32 where it was normalised. Not cropped unless resampled or pre-cropped.
    inside : ndarray, shape (k, j, i), bool
        The mask of everything but shape.
    shape_inside : ndarray, shape (k, j, i), bool
        The mask of shape: before resegmentation, unless ``resegment_shape``.
    box : tuple of 3 slices
        The smallest that holds ``inside``.
    sampling_mm : tuple of float
        Voxel edges along (k, j, i).
    ijk_to_ras : ndarray, shape (4, 4)
        Where the image lies.
    label : str
    """

    image: np.ndarray
    inside: np.ndarray
    shape_inside: np.ndarray
    box: Box
    sampling_mm: tuple[float, float, float]
    ijk_to_ras: np.ndarray
    label: str


def prepare(volume: Volume, mask: Mask, settings: FeatureSettings) -> Prepared:
    """Bring an image, normalised already where it is to be, and one of its masks to where features can be made.

    Raises
    ------
    GeometryMismatchError
        If the mask is not on the volume's grid and ``correct_mask`` is off.
    EmptyMaskError
        If the mask has no voxel.
    SmallMaskError
        If it is too small, or resegmentation leaves less than two voxels.
    """
    mask = on_image_grid(volume, mask, settings)
    box = mask_box(mask.array, mask.label)
    if settings.interpolator is not None and settings.resampled_spacing_mm is not None:
        volume, mask = resampled(volume, mask, box, settings)
        box = mask_box(mask.array, mask.label)
    elif settings.pre_crop:
        check_size(mask.array[box], mask.label, settings)
        volume, mask = cut_around(volume, mask, box, settings.pad_distance)
        box = mask_box(mask.array, mask.label)
    check_size(mask.array[box], mask.label, settings)
    inside = shape_inside = mask.array
    if settings.resegment_range is not None:
        inside = _resegmented(volume.array, mask, settings)
        box = mask_box(inside, mask.label)
        check_size(inside[box], mask.label, settings)
        shape_inside = inside if settings.resegment_shape else shape_inside
    return Prepared(volume.array, inside, shape_inside, box, volume.sampling_mm, volume.ijk_to_ras, mask.label)


def normalised(volume: Volume, settings: FeatureSettings) -> Volume:
    """Give the image with mean 0 and deviation ``normalize_scale``, as float32 like SimpleITK; else as it is."""
    if not settings.normalize:
        return volume
    array = volume.array.astype(np.float32 if volume.array.dtype != np.float64 else np.float64)
    image = sitk.Normalize(sitk.GetImageFromArray(array))
    scaled = sitk.GetArrayFromImage(image)
    if settings.remove_outliers is not None:
        np.clip(scaled, -settings.remove_outliers, settings.remove_outliers, out=scaled)
    scaled *= scaled.dtype.type(settings.normalize_scale)
    return volume.with_array(scaled, unit="arbitrary")


def _resegmented(image: np.ndarray, mask: Mask, settings: FeatureSettings) -> np.ndarray:
    """Give the mask's voxels whose values lie within the range of the settings."""
    values = image[mask.array]
    limits = [np.float64(limit) for limit in sorted(settings.resegment_range or ())]
    if settings.resegment_mode == "relative":
        limits = [values.max() * limit for limit in limits]
    elif settings.resegment_mode == "sigma":
        mean, deviation = np.mean(values), np.std(values)
        limits = [mean + deviation * limit for limit in limits]
    keep = values >= limits[0]
    if len(limits) == 2:
        keep &= values <= limits[1]
    if np.count_nonzero(keep) < 2:
        raise SmallMaskError(
            f"mask {mask.label}", expected="at least two voxels within resegment_range",
            got=str(np.count_nonzero(keep)), remedy="widen resegmentRange",
        )  # fmt: skip
    inside = np.zeros_like(mask.array)
    inside[mask.array] = keep
    return inside
