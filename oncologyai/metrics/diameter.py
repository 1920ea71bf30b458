"""The two points of a set that lie farthest apart."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull
from scipy.spatial.distance import cdist

from oncologyai.errors import InputError

__all__ = ["farthest_pair"]

_FLAT = 1e-9  # share of the largest extent below which a direction counts as absent
_BLOCK = 1024


def farthest_pair(points: np.ndarray) -> tuple[int, int]:
    """Find the two points that lie farthest apart, exactly.

    Only vertices of the convex hull can be an answer, so that the quadratic search runs over few points.

    Parameters
    ----------
    points : ndarray, shape (n, d), d from 1 to 3, finite
        Coordinates in mm. Points in one plane, on one line or at one place are allowed.

    Returns
    -------
    tuple of int
        The two row numbers, the smaller first; of several equal pairs always the same. One point gives (0, 0).

    Raises
    ------
    InputError
        If there is no point or the shape is another.
    """
    if points.ndim != 2 or points.shape[0] == 0 or not 1 <= points.shape[1] <= 3:
        raise InputError("points", expected="an array of shape (n, 1 to 3), n above 0", got=str(points.shape))
    rows = np.sort(_hull_rows(np.asarray(points, dtype=np.float64)))
    hull = np.asarray(points, dtype=np.float64)[rows]
    best, pair = -1.0, (0, 0)
    for start in range(0, len(hull), _BLOCK):
        block = hull[start : start + _BLOCK]
        gaps = cdist(block, hull, "sqeuclidean")
        at = int(gaps.argmax())
        if gaps.flat[at] > best:
            best, pair = float(gaps.flat[at]), (start + at // len(hull), at % len(hull))
    a, b = sorted((int(rows[pair[0]]), int(rows[pair[1]])))
    return a, b


def _hull_rows(points: np.ndarray) -> np.ndarray:
    """Give the rows that can be ends of the longest distance."""
    centred = points - points.mean(axis=0)
    _, extents, axes = np.linalg.svd(centred, full_matrices=False)
    rank = int(np.count_nonzero(extents > _FLAT * max(float(extents[0]), np.finfo(float).tiny)))
    if len(points) <= 4 or rank == 0:
        return np.arange(len(points))
    flat = centred @ axes[:rank].T
    if rank == 1:
        return np.unique([int(flat[:, 0].argmin()), int(flat[:, 0].argmax())])
    return np.asarray(ConvexHull(flat).vertices)
