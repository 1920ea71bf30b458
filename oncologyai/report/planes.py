"""Slices as radiologists view them, and the grey scale they are shown in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oncologyai.types import Mask, Volume

__all__ = ["PLANES", "display_range", "largest_cut", "patient_axes", "slice_plane"]

_WINDOWS = {"CT": (-1350.0, 150.0), "PT": (0.0, 10.0)}  # lung WW 1500 WL -600 (ch. 6); SUV 0-10
PLANES = {"axial": 2, "coronal": 1, "sagittal": 0}


def display_range(volume: Volume) -> tuple[float, float]:
    """Give the values shown black and white: CT in the lung window, PET SUV 0 to 10, others 1st to 99th percentile."""
    if volume.modality in _WINDOWS:
        return _WINDOWS[volume.modality]
    low, high = np.percentile(volume.array[::2, ::4, ::4], (1, 99))
    return float(low), float(high)


def patient_axes(ijk_to_ras: np.ndarray) -> list[int]:
    """Give, for R, A and S, the voxel axis (i, j or k as 0, 1, 2) that runs most nearly along it."""
    direction = np.abs(ijk_to_ras[:3, :3] / np.linalg.norm(ijk_to_ras[:3, :3], axis=0))
    order = [-1, -1, -1]
    for _ in range(3):
        row, column = np.unravel_index(int(np.argmax(direction)), (3, 3))
        order[int(row)] = int(column)
        direction[row, :] = -1.0
        direction[:, column] = -1.0
    return order


def largest_cut(volume: Volume, masks: Sequence[Mask], plane: str) -> tuple[int, int]:
    """Give the voxel axis across the plane and the slice on which the first mask is largest, or the middle one."""
    axis = patient_axes(volume.ijk_to_ras)[PLANES[plane]]
    if not masks:
        return axis, volume.shape[2 - axis] // 2
    others = tuple(a for a in range(3) if a != 2 - axis)
    return axis, int(np.argmax(np.count_nonzero(masks[0].array, axis=others)))


def slice_plane(
    array: np.ndarray, ijk_to_ras: np.ndarray, axis: int, index: int
) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """Take a slice with the viewer's conventions: superior (or anterior) up, the patient's right at the left.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
        Image or mask.
    ijk_to_ras : ndarray, shape (4, 4)
        Of its grid.
    axis, index : int
        Voxel axis (i, j, k as 0, 1, 2) across the slice, and which slice.

    Returns
    -------
    tuple of (ndarray, tuple of float)
        Pixels, first row uppermost, and matplotlib's extent in mm.
    """
    order = patient_axes(ijk_to_ras)
    across = [a for a in order if a != axis]  # voxel axes in the order R, A, S
    pixels = np.take(array, index, axis=2 - axis)
    remaining = [a for a in (2, 1, 0) if a != axis]
    if remaining != across[::-1]:
        pixels = pixels.T
    spacing = np.linalg.norm(ijk_to_ras[:3, :3], axis=0)
    horizontal, vertical = across
    # Rows run from superior (anterior) down; columns from the patient's right, or from anterior in sagittal.
    if ijk_to_ras[order.index(vertical), vertical] > 0:
        pixels = pixels[::-1]
    if ijk_to_ras[order.index(horizontal), horizontal] > 0:
        pixels = pixels[:, ::-1]
    height, width = pixels.shape
    return pixels, (0.0, float(width * spacing[horizontal]), 0.0, float(height * spacing[vertical]))
