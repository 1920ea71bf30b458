"""The coarser box around the seeds in which the lesion is sought, and the way back to the image's grid.

The box holds every voxel within the set distance of a seed. Voxels finer than about 2 mm are averaged in whole
blocks, so that no value is interpolated and the directions of the image stay those of the box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.types import Mask, Volume

__all__ = ["WorkGrid", "average_blocks", "work_grid"]

_BLOCK_MM = 2.0
_USUAL_REACH_MM = 100.0
_MARGIN_MM = 6.0


@dataclass(frozen=True)
class WorkGrid:
    """A box of the image, ``start`` to ``stop`` (k, j, i), in blocks of ``factors`` voxels."""

    start: tuple[int, int, int]
    stop: tuple[int, int, int]
    factors: tuple[int, int, int]
    sampling_mm: tuple[float, float, float]

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """The box as an index of the image's array."""
        k, j, i = (slice(a, b) for a, b in zip(self.start, self.stop, strict=True))
        return k, j, i

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of blocks (k, j, i); those at the far border may be incomplete."""
        k, j, i = (-(-(b - a) // f) for a, b, f in zip(self.start, self.stop, self.factors, strict=True))
        return k, j, i

    @property
    def slack_mm(self) -> float:
        """By how much two voxels may be farther apart than their blocks' centres; 0 where a block is a voxel."""
        sides = (s - s / f for s, f in zip(self.sampling_mm, self.factors, strict=True))
        return float(np.linalg.norm(list(sides)))

    def block_of(self, voxels: np.ndarray) -> np.ndarray:
        """Give the block (n, 3) that holds each voxel (n, 3) of the image."""
        return (voxels - np.array(self.start)) // np.array(self.factors)

    def spread(self, blocks: np.ndarray) -> np.ndarray:
        """Give each voxel of the box its block's value."""
        for axis, factor in enumerate(self.factors):
            blocks = np.repeat(blocks, factor, axis=axis) if factor > 1 else blocks
        return blocks[tuple(slice(b - a) for a, b in zip(self.start, self.stop, strict=True))]

    def distance_mm(self, blocks: np.ndarray) -> np.ndarray:
        """Give the distance of every block's centre from the nearest of the blocks (n, 3), float32."""
        free = np.ones(self.shape, dtype=bool)
        free[tuple(blocks.T)] = False
        return ndimage.distance_transform_edt(free, sampling=self.sampling_mm).astype(np.float32)


def work_grid(volume: Volume | Mask, inside: np.ndarray, reach_mm: float, *, block_mm: float = _BLOCK_MM) -> WorkGrid:
    """Lay a work grid of blocks of about ``block_mm`` around the voxels ``inside`` (n, 3), order (k, j, i)."""
    shape, sampling = np.array(volume.shape), np.array(volume.sampling_mm)
    margin = np.ceil((reach_mm + _MARGIN_MM) / sampling).astype(int)
    start = np.maximum(inside.min(axis=0) - margin, 0)
    stop = np.minimum(inside.max(axis=0) + margin + 1, shape)
    target_mm = block_mm * max(1.0, reach_mm / _USUAL_REACH_MM)  # bounds the number of blocks
    factors = np.maximum(np.round(target_mm / sampling).astype(int), 1)
    k, j, i = (float(v) for v in sampling * factors)
    return WorkGrid(tuple(start.tolist()), tuple(stop.tolist()), tuple(factors.tolist()), (k, j, i))


def average_blocks(array: np.ndarray, grid: WorkGrid) -> np.ndarray:
    """Average the box of an image, float32, over the blocks of the grid."""
    padding = [(0, n * f - size) for n, f, size in zip(grid.shape, grid.factors, array.shape, strict=True)]
    padded = np.pad(array, padding, mode="edge") if any(after for _, after in padding) else array
    (k, a), (j, b), (i, c) = zip(grid.shape, grid.factors, strict=True)
    return padded.reshape(k, a, j, b, i, c).mean(axis=(1, 3, 5), dtype=np.float32)
