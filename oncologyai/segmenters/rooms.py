"""Rooms of a region: wide parts that hang together by narrower doors.

A leak is a room of its own where the contact with what it leaked into is narrower than both. Where no door is, as in a
shell around the whole of a lesion, there is one room.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai.segmenters.task import depth_mm

__all__ = ["climb", "other_rooms"]

_CLIMB_BLOCKS = 8
_DOOR_SHARE = 0.7  # of the depth of the room that one stands in: a narrower way is a door


def other_rooms(region: np.ndarray, here: np.ndarray, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Tell which blocks of ``region`` belong to another room than the blocks ``here`` (n, 3); bool.

    The border between two rooms is half way between their cores.
    """
    depth = depth_mm(region, sampling_mm)
    tops = tuple(climb(depth, here).T)
    level = _DOOR_SHARE * float(depth[tops].max())
    labels, _ = ndimage.label(depth >= level)
    own = np.isin(labels, np.unique(labels[tops]))
    others = (labels > 0) & ~own
    if level <= max(sampling_mm) or not others.any():  # one block more or less is no door
        return np.zeros_like(region)
    return region & (depth_mm(~others, sampling_mm) < depth_mm(~own, sampling_mm))


def climb(depth: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Move each block (n, 3) uphill to the deepest near it, at most a few blocks away."""
    moved = []
    for block in blocks:
        at = block
        for _ in range(_CLIMB_BLOCKS):
            low = np.maximum(at - 1, 0)
            box = depth[tuple(slice(a, b + 2) for a, b in zip(low, at, strict=True))]
            best = low + np.array(np.unravel_index(int(box.argmax()), box.shape))
            if np.array_equal(best, at):
                break
            at = best
        moved.append(at)
    return np.array(moved)
