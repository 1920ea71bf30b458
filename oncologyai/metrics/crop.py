"""Masks cut to the box that matters, so that work grows with the lesion and not with the image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["bounding_box", "crop_pair"]


def bounding_box(array: np.ndarray, *, margin: Sequence[int] | None = None) -> tuple[slice, ...] | None:
    """Give the smallest box that holds every set voxel of a bool array, None where there is none.

    ``margin`` widens it by so many voxels on either side of each axis, as far as the array reaches.
    """
    box = []
    for axis, size in enumerate(array.shape):
        hits = np.flatnonzero(array.any(axis=tuple(a for a in range(array.ndim) if a != axis)))
        if hits.size == 0:
            return None
        wider = margin[axis] if margin is not None else 0
        box.append(slice(max(int(hits[0]) - wider, 0), min(int(hits[-1]) + wider + 1, size)))
    return tuple(box)


def crop_pair(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut both bool arrays to their common box with one voxel of background around.

    Two empty arrays give two arrays of one background voxel with its margin.
    """
    box = bounding_box(first | second)
    if box is None:
        return np.zeros((3,) * first.ndim, dtype=bool), np.zeros((3,) * first.ndim, dtype=bool)
    return np.pad(first[box], 1), np.pad(second[box], 1)
