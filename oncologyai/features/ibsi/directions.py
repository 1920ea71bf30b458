"""Directions between neighbours, and how matrices of slices and directions are brought together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

__all__ = ["aggregated", "directions", "mean_of", "slabs"]

Features = dict[str, float]


def directions(flat: bool) -> np.ndarray:
    """Give one of each two opposite directions to the nearest neighbours, shape (4, 3) in a plane, (13, 3) in space."""
    found = [
        (k, j, i) for k in ((0,) if flat else (0, 1)) for j in (-1, 0, 1) for i in (-1, 0, 1) if (k, j, i) > (0, 0, 0)
    ]
    return np.array(found, dtype=np.int64)


def slabs(levels: np.ndarray, flat: bool) -> Iterator[np.ndarray]:
    """Give each slice that has a level above 0 by itself or, in space, everything at once; always three axes."""
    if not flat:
        yield levels
        return
    for k in range(levels.shape[0]):
        if levels[k].any():
            yield levels[k : k + 1]


def mean_of(found: list[Features]) -> Features:
    """Give the mean of each feature; none gives none."""
    return {name: float(np.mean([features[name] for features in found])) for name in found[0]} if found else {}


def aggregated(
    matrices: Iterable[tuple[np.ndarray, float]], features: Callable[[np.ndarray, float], Features], dimensions: str
) -> dict[str, Features]:
    """Bring matrices of slices and directions together in the ways the IBSI names, and give the features of each.

    Parameters
    ----------
    matrices : iterable of (ndarray, float)
        For each slice, or once in space: the matrices of its directions, shape (directions, ...), and its voxels.
    features : callable
        Takes a sum of matrices and the voxels that these could count, each direction anew.
    dimensions : str
        ``2D``: features of each slice and direction, averaged (``2D_avg``), or of each slice (``2D_comb``); ``2.5D``:
        of each direction (``2_5D_avg``) or of all (``2_5D_comb``); ``3D``: the same in space.
    """
    if dimensions == "2D":
        parts = [_of_directions(of_slice, voxels, features) for of_slice, voxels in matrices]
        each = [values for part, _ in parts for values in part]
        joined = [values for _, part in parts for values in part]
        return {"2D_avg": mean_of(each), "2D_comb": mean_of(joined)}
    total: np.ndarray | None = None
    voxels = 0.0
    for of_slice, held in matrices:
        total = of_slice if total is None else np.add(total, of_slice, out=total)
        voxels += held
    tag = "2_5D" if dimensions == "2.5D" else "3D"
    each, joined = ([], []) if total is None else _of_directions(total, voxels, features)
    return {f"{tag}_avg": mean_of(each), f"{tag}_comb": mean_of(joined)}


def _of_directions(
    matrices: np.ndarray, voxels: float, features: Callable[[np.ndarray, float], Features]
) -> tuple[list[Features], list[Features]]:
    """Give the features of each direction that counted something, and of all together."""
    each = [features(matrix, voxels) for matrix in matrices if matrix.any()]
    return each, [features(matrices.sum(axis=0), voxels * len(matrices))] if each else []
