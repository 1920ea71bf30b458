"""Masks and values brought from one grid to another by the nearest voxel."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai.types import Mask, Volume

__all__ = ["mask_on_grid", "values_at_voxels"]


def mask_on_grid(mask: Mask, grid: Volume | Mask) -> Mask:
    """Give a mask on the grid of another image: a voxel is in it if the voxel nearest to its centre is.

    What lies outside the grid is left out; a mask that lies outside altogether, or is empty, gives an empty one.
    """
    if mask.same_grid(grid):
        return mask
    array = np.zeros(grid.shape, dtype=bool)
    box = _box_on(mask, grid)
    if box is not None:
        # scipy asks, for each voxel of the result, for its place in the array that it comes from, axes (k, j, i)
        turn = np.linalg.inv(mask.ijk_to_ras) @ grid.ijk_to_ras
        matrix = turn[2::-1, 2::-1]
        start = np.array([side.start for side in box], dtype=np.float64)
        array[box] = ndimage.affine_transform(
            mask.array.view(np.uint8),
            matrix,
            offset=turn[2::-1, 3] + matrix @ start,
            output_shape=tuple(side.stop - side.start for side in box),
            order=0,
            mode="grid-constant",
        )
    return Mask.on(grid, array, mask.label, code=mask.code, kind=mask.kind)


def values_at_voxels(volume: Volume, grid: Volume | Mask, places: np.ndarray) -> np.ndarray:
    """Give the values of an image nearest to voxels of another grid.

    Parameters
    ----------
    volume : Volume
    grid : Volume or Mask
        Whose voxels are meant.
    places : ndarray, shape (n, 3), int
        Indices (k, j, i) of those voxels.

    Returns
    -------
    ndarray, shape (n,), float32
        NaN outside the image.
    """
    ijk = volume.ijk_from_ras(grid.ras_from_ijk(places[:, ::-1]))
    at = np.rint(ijk).astype(np.int64)[:, ::-1]
    within = np.all((at >= 0) & (at < volume.shape), axis=1)
    found = np.full(len(places), np.nan, dtype=np.float32)
    found[within] = volume.array[tuple(at[within].T)]
    return found


def _box_on(mask: Mask, grid: Volume | Mask) -> tuple[slice, slice, slice] | None:
    """Give the box of the grid that the mask's own box reaches into; None if there is none."""
    found = ndimage.find_objects(mask.array.view(np.uint8))
    if not found:
        return None
    ends = [(side.start - 0.5, side.stop - 0.5) for side in found[0]]
    corners = np.array([(i, j, k) for k in ends[0] for j in ends[1] for i in ends[2]])
    on_grid = grid.ijk_from_ras(mask.ras_from_ijk(corners))[:, ::-1]
    low = np.clip(np.floor(on_grid.min(axis=0)), 0, grid.shape).astype(int)
    high = np.clip(np.ceil(on_grid.max(axis=0)) + 1, 0, grid.shape).astype(int)
    if (low >= high).any():
        return None
    k, j, i = (slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    return k, j, i
