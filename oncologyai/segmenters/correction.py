"""Local correction of a result by strokes: the network or method that made it is not run again.

A stroke says that its blocks have the wrong label. How far the error goes is found by a random walk [1]_ in the
stroke's neighbourhood: among the blocks of that label, from the stroke (which has the error) to the limit of the
reach and to earlier strokes of the other kind (which have not), on links that edges of the image weaken, with the
chance of ``error_chance`` as a prior [2]_. Blocks above one half change, where they hang together with the stroke.

So an inside stroke only adds, an outside stroke only removes, and nothing farther than the reach changes. The reach is
a few times the depth of the stroke in the wrong label: it follows the size of the error.

References
----------
.. [1] Grady L. Random walks for image segmentation. IEEE Trans Pattern Anal Mach Intell 2006;28:1768-1783.
.. [2] Grady L. Multilabel random walker image segmentation using prior models. CVPR 2005;1:763-770.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_positive
from oncologyai.errors import InputError
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.segmenters.error_chance import error_chance
from oncologyai.segmenters.graph import link_neighbours, meeting_chance
from oncologyai.segmenters.stroke import Stroke, stroke_voxels
from oncologyai.segmenters.surroundings import Surroundings, count_blocks, depth_of_stroke, like_depth, look_around
from oncologyai.segmenters.task import ball_of
from oncologyai.types import Mask, Volume

__all__ = ["Correction", "correct_mask", "expected_seconds"]

_LEAST_DEPTH_MM, _MOST_DEPTH_MM = 3.0, 30.0
_REACH_DEPTHS = 4.0
_LEAST_REACH_MM = 10.0
_MARK_DEPTHS = 0.9  # this close to the stroke all is as wrong as the stroke
_AGAINST_MM = 25.0
_DECAY_DEPTHS = 1.3  # how far a walker gets before the prior speaks
_EDGE_MM = 2.0
_SPREAD_SHARE = 0.03  # of the range of values: at least so large is a difference that counts as an edge
_CRUMB_SHARE = 1.0  # of what changes: what it cuts off and is smaller changes too
_TOLERANCE = 1e-3
_SECONDS_A_BLOCK = 2e-6  # measured: at most 1.5e-6 of a core


@dataclass(frozen=True, eq=False)
class Correction:
    """A corrected mask; nothing farther than ``reach_mm`` from the stroke has changed."""

    mask: Mask
    reach_mm: float


def correct_mask(
    volume: Volume,
    mask: Mask,
    stroke: Stroke,
    *,
    earlier: Sequence[Stroke] = (),
    probability: Volume | None = None,
    max_reach_mm: float = 80.0,
    progress: Progress | None = None,
) -> Correction:
    """Correct a mask around a stroke.

    Parameters
    ----------
    volume : Volume
        The image that the mask belongs to.
    mask : Mask
        The result to correct, on the volume's grid; it may be empty.
    stroke : Stroke
        Where it is wrong: inside what was missed, or outside in what is too much.
    earlier : sequence of Stroke
        What the user said before: those of the other kind hold against this one. Where two meet in a voxel the later
        one counts.
    probability : Volume, optional
        The chance of lesion, 0-1, that the maker of the result gave, on the volume's grid. Without it the soft distance
        of the mask speaks alone.
    max_reach_mm : float, > 0
        Nothing farther from the stroke changes.
    progress : Progress, optional
        Asked for cancellation many times a second.

    Returns
    -------
    Correction
        A new mask with the old one's label, code and kind. Every stroke's voxels have what the stroke says. A stroke
        whose voxels are right already changes nothing.

    Raises
    ------
    GeometryMismatchError
        If mask or probability is not on the volume's grid.
    OutsideImageError
        If a stroke leaves the image.
    InputError
        If the probability is outside 0-1, or ``max_reach_mm`` is not above 0.
    CancelledError
        If the user cancels.
    """
    check_positive(max_reach_mm, "max_reach_mm", "mm")
    progress = progress or Silent()
    volume.require_same_grid(mask, "mask")
    if probability is not None:
        volume.require_same_grid(probability, "probability")
        _check_chance(probability)
    is_inside = stroke.kind == "inside"
    said = [(s.kind == "inside", stroke_voxels(volume, s)) for s in (*earlier, stroke)]
    new = said[-1][1]
    array = mask.array.copy()
    depth, reach_mm = _size(mask, new, is_inside, max_reach_mm)
    if depth > 0:
        against = [voxels for kind, voxels in said[:-1] if kind != is_inside]
        check_cancelled(progress)
        look = partial(look_around, volume, mask, new, against, is_inside=is_inside, probability=probability)
        around = look(reach_mm=reach_mm)
        if is_inside:
            depth = max(like_depth(around, volume.modality, depth), _LEAST_DEPTH_MM)
            if _reach(depth, max_reach_mm) < reach_mm:  # smaller than the gap to the old result: look more closely
                reach_mm = _reach(depth, max_reach_mm)
                around = look(reach_mm=reach_mm)
        _change(array, around, _error(around, depth, progress), is_inside)
    for kind, voxels in said:
        array[tuple(voxels.T)] = kind
    check_cancelled(progress)
    return Correction(Mask.on(volume, array, mask.label, code=mask.code, kind=mask.kind), reach_mm)


def expected_seconds(mask: Mask, stroke: Stroke, *, max_reach_mm: float = 80.0) -> float:
    """Foretell how long ``correct_mask`` takes on one core that is free; what it raises of a stroke, this does too."""
    voxels = stroke_voxels(mask, stroke)
    depth, reach_mm = _size(mask, voxels, stroke.kind == "inside", max_reach_mm)
    return _SECONDS_A_BLOCK * count_blocks(mask, voxels, reach_mm) if depth > 0 else 0.0


def _size(mask: Mask, stroke: np.ndarray, is_inside: bool, max_reach_mm: float) -> tuple[float, float]:
    """Give how deep the error seems and how far the correction reaches; both 0 where there is nothing to correct."""
    depth = depth_of_stroke(mask, stroke, is_inside=is_inside, most_mm=min(_MOST_DEPTH_MM, max_reach_mm))
    if depth == 0:
        return 0.0, 0.0
    depth = max(depth, _LEAST_DEPTH_MM)
    return depth, _reach(depth, max_reach_mm)


def _reach(depth_mm: float, max_reach_mm: float) -> float:
    return min(max(_REACH_DEPTHS * depth_mm, _LEAST_REACH_MM), max_reach_mm)


def _check_chance(probability: Volume) -> None:
    low, high = float(probability.array.min()), float(probability.array.max())
    if not (low >= 0.0 and high <= 1.0):
        raise InputError("probability", expected="values from 0 to 1", got=f"{low:g} to {high:g}")


def _error(around: Surroundings, depth_mm: float, progress: Progress) -> np.ndarray:
    """Give the blocks that share the stroke's error; bool, the grid's shape."""
    free = around.open
    here = tuple(around.stroke.T)
    limit = free & (around.away_mm > around.reach_mm - max(around.grid.sampling_mm))
    for blocks in around.against:
        limit |= free & _near(around, blocks)
    marked = free & (around.away_mm <= _MARK_DEPTHS * depth_mm) & ~limit
    marked[here] = True
    limit[here] = False
    chance = error_chance(around, marked, free, depth_mm)
    check_cancelled(progress)
    graph = link_neighbours(
        free, around.image, around.grid.sampling_mm, edge_mm=_EDGE_MM, spread=_spread(around.image, marked, free)
    )
    met = meeting_chance(
        graph,
        marked[free],
        limit[free],
        1.0 / (_DECAY_DEPTHS * depth_mm) ** 2,
        progress,
        prior=chance[free],
        tolerance=_TOLERANCE,
    )
    error = np.zeros_like(free)
    error[free] = met >= 0.5
    labels, _ = ndimage.label(error)
    error = np.isin(labels, np.unique(labels[here]))
    return error | _crumbs(around, error)


def _near(around: Surroundings, blocks: np.ndarray) -> np.ndarray:
    """Give the blocks close to an earlier stroke, but not half way to the new one."""
    radius = min(_AGAINST_MM, 0.5 * float(around.away_mm[tuple(blocks.T)].min()))
    near = np.zeros(around.wrong.shape, dtype=bool)
    for block in blocks:
        near |= ball_of(near.shape, around.grid.sampling_mm, block, radius)
    return near


def _spread(image: np.ndarray, marked: np.ndarray, free: np.ndarray) -> float:
    """Give the difference of values that counts as an edge: the noise at the stroke, or a share of the range."""
    values = image[marked]
    noise = 1.4826 * float(np.median(np.abs(values - np.median(values))))
    low, high = np.percentile(image[free], [2, 98])
    return max(noise, _SPREAD_SHARE * float(high - low), 1e-6)


def _crumbs(around: Surroundings, error: np.ndarray) -> np.ndarray:
    """Give the small parts of the wrong label that the change would leave behind, cut off from the rest."""
    labels, count = ndimage.label(around.wrong & ~error)
    small = np.bincount(labels.ravel(), minlength=count + 1) < _CRUMB_SHARE * np.count_nonzero(error)
    small[0] = False
    beyond = around.away_mm > around.reach_mm - max(around.grid.sampling_mm)
    for axis in range(3):
        for end in (0, -1):
            beyond[tuple(end if a == axis else slice(None) for a in range(3))] = True
    small[np.unique(labels[beyond])] = False
    for blocks in around.against:
        small[np.unique(labels[tuple(blocks.T)])] = False
    return np.asarray(small[labels])


def _change(array: np.ndarray, around: Surroundings, error: np.ndarray, is_inside: bool) -> None:
    """Give the voxels of the error, and of what its blocks share with the right label, the right label."""
    grid = around.grid
    sigma = [0.5 * f if f > 1 else 0.0 for f in grid.factors]
    right = ndimage.gaussian_filter(grid.spread(error | ~around.wrong).astype(np.float32), sigma) >= 0.5
    beside = grid.spread(ndimage.binary_dilation(error, np.ones((3, 3, 3), dtype=bool)))
    near = grid.spread(around.inner)
    part = array[grid.box]
    part[right & beside & near] = is_inside
