"""Voxels to planar contours, such that the contours' inside is the voxels again."""

from __future__ import annotations

import numpy as np
from skimage import measure

from oncologyai.types import Mask

__all__ = ["outline_mask"]


def outline_mask(mask: Mask) -> tuple[tuple[int, np.ndarray], ...]:
    """Give the closed contours of a mask, slice by slice.

    Parameters
    ----------
    mask : Mask
        Any mask; an empty one gives no contour.

    Returns
    -------
    tuple of (int, ndarray of shape (n, 3))
        The slice index k and the points in RAS mm, by slice; the last point joins the first. Holes are contours
        of their own inside the outer one: nested contours are to be read by the even-odd rule (XOR).

    Notes
    -----
    Contours run half-way between the centres of inner and outer voxels (marching squares at 0.5), voxels that
    touch only at a corner apart. So every inner centre is inside, every outer one outside, no two contours
    touch, and drawing them on the same grid gives the same voxels. A contour's area is half a voxel below that
    of its voxels, whatever its size.
    """
    outlines = []
    for k in np.flatnonzero(mask.array.any(axis=(1, 2))):
        for polygon in _slice_polygons(mask.array[k]):
            ijk = np.column_stack([polygon, np.full(len(polygon), float(k))])
            outlines.append((int(k), mask.ras_from_ijk(ijk)))
    return tuple(outlines)


def _slice_polygons(inside: np.ndarray) -> list[np.ndarray]:
    """Give the contours (n, 2) of one slice as (i, j)."""
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    box = inside[top : rows[-1] + 1, left : columns[-1] + 1]
    # a margin of one outer voxel closes contours at the border of the box
    found = measure.find_contours(np.pad(box, 1).astype(np.float32), 0.5, fully_connected="low")
    return [_without_collinear(c[:-1, ::-1] + (left - 1, top - 1)) for c in found]


def _without_collinear(points: np.ndarray) -> np.ndarray:
    """Leave out points in the middle of a straight run."""
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return points[turn != 0]
