"""From blocks back to the image's own voxels."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai.segmenters.task import component_of, depth_mm, grown
from oncologyai.segmenters.workgrid import WorkGrid
from oncologyai.types import Volume

__all__ = ["refine_lesion"]

_NOISE_VOXELS = 0.5  # the image is smoothed by this before single voxels decide


def refine_lesion(
    volume: Volume, blocks: np.ndarray, grid: WorkGrid, inside: np.ndarray, reach_mm: float, edge: float | None
) -> np.ndarray:
    """Bring the blocks of a lesion to the voxels of the grid's box.

    Parameters
    ----------
    volume : Volume
        The image.
    blocks : ndarray of bool
        On the work grid.
    grid : WorkGrid
        Where the blocks are.
    inside : ndarray, shape (n, 3)
        Voxels (k, j, i) of the inside seeds.
    reach_mm : float
        Nothing farther from the seeds is kept.
    edge : float, optional
        Value half way to the air around the lesion: there each voxel decides for itself, elsewhere the blocks' steps
        are smoothed.

    Returns
    -------
    ndarray of bool
        Shape of the box; what hangs together with a seed.
    """
    start = np.array(grid.start)
    sigma = [0.5 * f if f > 1 else 0.0 for f in grid.factors]
    lesion = ndimage.gaussian_filter(grid.spread(blocks).astype(np.float32), sigma) >= 0.5
    if edge is not None and lesion.any():
        _follow_edge(lesion, volume, grid, edge)
    lesion &= _distance_mm(volume, grid, inside) <= reach_mm
    lesion[tuple((inside - start).T)] = True
    return component_of(lesion, inside - start)


def _follow_edge(lesion: np.ndarray, volume: Volume, grid: WorkGrid, edge: float) -> None:
    """Let the voxels within half a block of the lesion's surface and of air fall to the side of their value."""
    near_mm = 0.5 * float(np.linalg.norm(grid.sampling_mm))
    margins = [int(2.0 * near_mm / s) + 2 for s in volume.sampling_mm]
    (around,) = ndimage.find_objects(lesion.astype(np.uint8))
    box = tuple(slice(max(side.start - m, 0), side.stop + m) for side, m in zip(around, margins, strict=True))
    values = ndimage.gaussian_filter(volume.array[grid.box][box].astype(np.float32), _NOISE_VOXELS)
    blocky, air = lesion[box], values < edge
    shell = depth_mm(blocky, volume.sampling_mm) <= near_mm
    beside = grown(blocky, near_mm, volume.sampling_mm) & grown(air, near_mm, volume.sampling_mm)
    lesion[box] = (blocky & ~(shell & air)) | (beside & ~air)


def _distance_mm(volume: Volume, grid: WorkGrid, seeds: np.ndarray) -> np.ndarray:
    """Give the distance of each voxel of the box from the nearest seed voxel, float32."""
    metric = volume.ijk_to_ras[:3, :3].T @ volume.ijk_to_ras[:3, :3]
    nearest = np.full(tuple(b - a for a, b in zip(grid.start, grid.stop, strict=True)), np.inf, dtype=np.float32)
    for seed in seeds:
        k, j, i = np.ogrid[grid.box]
        gap = (i - seed[2], j - seed[1], k - seed[0])
        square = sum(metric[a, b] * gap[a] * gap[b] for a in range(3) for b in range(3))
        np.minimum(nearest, square.astype(np.float32), out=nearest)
    return np.sqrt(nearest)
