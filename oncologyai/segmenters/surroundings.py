"""What lies around a stroke: the image and the old result in blocks, and how large the error seems."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.segmenters.workgrid import WorkGrid, average_blocks, work_grid
from oncologyai.types import Mask, Volume

__all__ = ["Surroundings", "count_blocks", "depth_of_stroke", "like_depth", "look_around"]

_BLOCK_MM = 1.0
_FINE_REACH_MM = 20.0  # farther than this the blocks grow with the reach, which bounds their number
_SMOOTH_MM = 1.0
_NEAR_MM = 4.0
_UNLIKE_SHARE = 0.3  # of a ball around the stroke: it has left the stroke's tissue
_LIKE_HU = 80.0  # soft tissues differ by less, lung, fat and bone by more; as the seeded methods have it
_LIKE_PET = (0.55, 1.8)  # times the uptake at the stroke
_LIKE_PET_SUV = 0.3
_LIKE_DEVIATIONS = 3.0
_LIKE_OTHER = 0.2  # of the value at the stroke, at least


@dataclass(frozen=True)
class Surroundings:
    """A stroke's neighbourhood in blocks.

    Parameters
    ----------
    grid : WorkGrid
        Where it is.
    image : ndarray, shape (k, j, i), float32
        Smoothed values.
    wrong : ndarray of bool
        Blocks that have the label which the stroke says is wrong; only they may change.
    stroke : ndarray, shape (n, 3), int
        Blocks that the stroke runs through, order (k, j, i).
    against : tuple of ndarray, shape (n, 3), int
        Blocks of earlier strokes of the other kind, one array a stroke: they must stay as they are.
    away_mm : ndarray, float32
        Distance of each block from the stroke.
    reach_mm : float
        Nothing farther changes.
    chance : ndarray, float32, or None
        The probability that the result's maker gave each block for the label which the stroke asks for.
    """

    grid: WorkGrid
    image: np.ndarray
    wrong: np.ndarray
    stroke: np.ndarray
    against: tuple[np.ndarray, ...]
    away_mm: np.ndarray
    reach_mm: float
    chance: np.ndarray | None
    is_inside: bool

    @property
    def inner(self) -> np.ndarray:
        """Blocks all of whose voxels lie within the reach of all voxels of the stroke's blocks."""
        return self.away_mm <= self.reach_mm - self.grid.slack_mm

    @property
    def open(self) -> np.ndarray:
        """Blocks that may change: wrong, within reach and hanging together with the stroke."""
        free = self.wrong & (self.away_mm <= self.reach_mm)
        free[tuple(self.stroke.T)] = True
        labels, _ = ndimage.label(free)
        return np.isin(labels, np.unique(labels[tuple(self.stroke.T)]))


def depth_of_stroke(mask: Mask, stroke: np.ndarray, *, is_inside: bool, most_mm: float) -> float:
    """Give how deep a stroke goes into the label that it says is wrong.

    Parameters
    ----------
    mask : Mask
        The old result.
    stroke : ndarray, shape (n, 3), int
        Voxels of the stroke, order (k, j, i).
    is_inside : bool
        Whether the stroke asks for lesion: what is no lesion is wrong then.
    most_mm : float
        What is deeper counts as this deep.

    Returns
    -------
    float
        Distance in mm of the stroke's deepest voxel from the nearest one of the right label; 0 where the whole stroke
        has the right label already. The image's border is no other label.
    """
    sampling = np.array(mask.sampling_mm)
    margin = np.ceil(most_mm / sampling).astype(int) + 1
    start = np.maximum(stroke.min(axis=0) - margin, 0)
    stop = np.minimum(stroke.max(axis=0) + margin + 1, mask.shape)
    wrong = mask.array[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))] != is_inside
    if wrong.all():
        return most_mm
    depth = ndimage.distance_transform_edt(wrong, sampling=sampling)
    return float(min(depth[tuple((stroke - start).T)].max(), most_mm))


def like_depth(around: Surroundings, modality: str, most_mm: float) -> float:
    """Give how far from the stroke values stay like those at it: less than that is not of the same tissue.

    It bounds the size of an error that nothing else bounds, such as a lesion missed altogether.
    """
    low, high = _like(around.image[around.away_mm <= max(_NEAR_MM, *around.grid.sampling_mm)], modality)
    near = around.away_mm <= most_mm
    shells = np.floor(around.away_mm[near]).astype(np.int64)
    unlike = (around.image[near] < low) | (around.image[near] > high)
    share = np.cumsum(np.bincount(shells, weights=unlike)) / np.cumsum(np.bincount(shells))
    beyond = np.flatnonzero(share > _UNLIKE_SHARE)
    return float(min(beyond[0] if beyond.size else most_mm, most_mm))


def _like(values: np.ndarray, modality: str) -> tuple[float, float]:
    """Give the range of values of the stroke's tissue from those (n,) close to it."""
    middle = float(np.median(values))
    deviation = 1.4826 * float(np.median(np.abs(values - middle)))
    if modality == "PT":
        return _LIKE_PET[0] * middle - _LIKE_PET_SUV, _LIKE_PET[1] * middle + _LIKE_PET_SUV
    least = _LIKE_HU if modality == "CT" else _LIKE_OTHER * abs(middle)
    slack = max(least, _LIKE_DEVIATIONS * deviation)
    return middle - slack, middle + slack


def look_around(
    volume: Volume,
    mask: Mask,
    stroke: np.ndarray,
    against: Sequence[np.ndarray],
    *,
    is_inside: bool,
    reach_mm: float,
    probability: Volume | None = None,
) -> Surroundings:
    """Take the blocks within reach of a stroke; ``stroke`` and ``against`` (one a stroke) are voxels (n, 3)."""
    grid = _grid(volume, stroke, reach_mm)
    blocks = np.unique(grid.block_of(stroke), axis=0)
    raw = average_blocks(volume.array[grid.box].astype(np.float32), grid)
    lesion = average_blocks(mask.array[grid.box].astype(np.float32), grid) >= 0.5
    wrong = lesion != is_inside
    wrong[tuple(blocks.T)] = True
    chance = None
    if probability is not None:
        chance = average_blocks(probability.array[grid.box].astype(np.float32), grid)
        chance = chance if is_inside else 1.0 - chance
    return Surroundings(
        grid=grid,
        image=ndimage.gaussian_filter(raw, [_SMOOTH_MM / s for s in grid.sampling_mm]),
        wrong=wrong,
        stroke=blocks,
        against=tuple(near for near in (_within(grid, other) for other in against) if len(near)),
        away_mm=grid.distance_mm(blocks),
        reach_mm=reach_mm,
        chance=chance,
        is_inside=is_inside,
    )


def count_blocks(mask: Mask, stroke: np.ndarray, reach_mm: float) -> int:
    """Give the number of blocks within reach of a stroke's voxels (n, 3)."""
    return math.prod(_grid(mask, stroke, reach_mm).shape)


def _grid(image: Volume | Mask, stroke: np.ndarray, reach_mm: float) -> WorkGrid:
    return work_grid(image, stroke, reach_mm, block_mm=_BLOCK_MM * max(1.0, reach_mm / _FINE_REACH_MM))


def _within(grid: WorkGrid, voxels: np.ndarray) -> np.ndarray:
    blocks = np.unique(grid.block_of(voxels), axis=0)
    return blocks[np.all((blocks >= 0) & (blocks < np.array(grid.shape)), axis=1)]
