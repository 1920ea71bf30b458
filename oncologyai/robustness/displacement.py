"""An image and its mask turned within the slice and shifted by parts of a voxel, on the grid that they had."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import affine_transform

from oncologyai.types import Mask, Volume

__all__ = ["displace"]

_SPLINE = 3  # third order, as images are interpolated before features; masks are interpolated linearly


def displace(
    volume: Volume, mask: Mask, *, rotation_deg: float = 0.0, translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> tuple[Volume, Mask]:
    """Turn both about the mask's centre in the plane of the slice, and shift them.

    Parameters
    ----------
    volume, mask : Volume, Mask
        On one grid; the mask has a voxel.
    rotation_deg : float
        From the array's j axis towards its i axis.
    translation : tuple of float
        In voxels along (k, j, i).

    Returns
    -------
    tuple of Volume, Mask
        float32, by third-order splines, the border's values repeated beyond it; the mask holds the voxels that are
        at least half covered. Nothing to do gives the same values.

    Raises
    ------
    GeometryMismatchError
        If the grids differ.
    """
    volume.require_same_grid(mask, f"mask {mask.label}")
    if rotation_deg == 0 and not any(translation):
        return volume.with_array(volume.array.astype(np.float32)), mask
    matrix, offset = _to_source(mask, rotation_deg, translation)
    image = affine_transform(volume.array.astype(np.float64), matrix, offset, order=_SPLINE, mode="nearest")
    covered = affine_transform(mask.array.astype(np.float64), matrix, offset, order=1, mode="constant")
    moved = Mask(covered >= 0.5 - 1e-9, mask.ijk_to_ras, mask.label, mask.code, mask.kind)
    return volume.with_array(image.astype(np.float32)), moved


def _to_source(
    mask: Mask, rotation_deg: float, translation: tuple[float, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Give the matrix and offset that take a new voxel to the place that its value comes from."""
    sampling = np.asarray(mask.sampling_mm)
    centre = np.argwhere(mask.array).mean(axis=0)
    angle = math.radians(rotation_deg)
    turn = np.array([[1, 0, 0], [0, math.cos(angle), math.sin(angle)], [0, -math.sin(angle), math.cos(angle)]])
    matrix = turn * sampling / sampling[:, np.newaxis]  # the angle is one of millimetres, not of voxels
    return matrix, centre - matrix @ (centre + np.asarray(translation))
