"""From the blocks that a method chose to a lesion as one would draw it.

Vessels and strands are shaved off by an opening; the rim that shares its blocks with lung is taken in up to half
way; what the lesion encloses, such as bronchi, small cavities and necrosis, is closed and filled.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai.segmenters.task import SeedTask, depth_mm, grown

__all__ = ["tidy_lesion"]

_SHAVE_MM = 4.0
_SHAVE_SHARE = 0.3
_RIM_MM = 3.0
_CLOSE_MM = 6.0


def tidy_lesion(blocks: np.ndarray, raw: np.ndarray, task: SeedTask) -> np.ndarray:
    """Shave, complete and close the lesion; ``raw`` are the unsmoothed values of the work grid."""
    lesion = _shave(blocks, task)
    if task.tissue.tells_alone:
        lesion = _with_corners(lesion, task)
    if task.tissue.edge is not None:
        lesion = _with_rim(lesion, raw, task, task.tissue.edge)
    lesion = _closed(lesion, task)
    for outside in task.outside:
        lesion[tuple(outside)] = False
    return lesion


def _shave(blocks: np.ndarray, task: SeedTask) -> np.ndarray:
    """Open by a ball that is small for the lesion, and keep the part that holds a seed, or else the largest."""
    depth = depth_mm(blocks, task.sampling_mm)
    radius = min(_SHAVE_MM, _SHAVE_SHARE * float(depth.max()))
    opened = blocks & grown(depth > radius, radius + 0.5, task.sampling_mm)
    labels, count = ndimage.label(opened)
    if count <= 1:
        return opened
    held = np.unique(labels[tuple(task.inside.T)])
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    wanted = held[held > 0] if held.any() else [int(sizes.argmax())]
    return np.isin(labels, wanted)


def _with_corners(lesion: np.ndarray, task: SeedTask) -> np.ndarray:
    """Give back what the ball cut off corners and tips: lesion-like blocks that touch the lesion."""
    beside = ndimage.binary_dilation(lesion, np.ones((3, 3, 3), dtype=bool))
    return lesion | (beside & task.tissue.holds(task.image) & (task.away_mm <= task.reach_mm))


def _with_rim(lesion: np.ndarray, raw: np.ndarray, task: SeedTask, edge: float) -> np.ndarray:
    """Add the blocks beside the lesion that hold more lesion than air; fat far from air is none of them."""
    air = raw < edge
    beside = grown(lesion, _RIM_MM, task.sampling_mm) & grown(air, _RIM_MM + 1.0, task.sampling_mm)
    return lesion | (beside & ~air)


def _closed(lesion: np.ndarray, task: SeedTask) -> np.ndarray:
    """Close by a ball, but not into denser things such as bone or cold bays, and fill holes in space and by slice."""
    shut = ~grown(~grown(lesion, _CLOSE_MM, task.sampling_mm), _CLOSE_MM, task.sampling_mm)
    shut &= (task.image <= task.tissue.high) & (task.away_mm <= task.reach_mm)
    full = lesion | (shut & (task.image >= task.tissue.bay))
    full = ndimage.binary_fill_holes(full)
    for k, plane in enumerate(full):
        full[k] = ndimage.binary_fill_holes(plane)
    return full
