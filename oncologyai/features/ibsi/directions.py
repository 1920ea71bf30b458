"""Directions between neighbours, slots for matrices, and how matrices of slices and directions are brought together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["aggregated", "directions", "mean_of"]

Features = dict[str, float]


def directions(flat: bool) -> np.ndarray:
    """Give one of each two opposite directions to the nearest neighbours, shape (4, 3) in a plane, (13, 3) in space."""
    found = [
        (k, j, i) for k in ((0,) if flat else (0, 1)) for j in (-1, 0, 1) for i in (-1, 0, 1) if (k, j, i) > (0, 0, 0)
    ]
    return np.array(found, dtype=np.int64)


def mean_of(found: list[Features]) -> Features:
    """Give the mean of each feature; none gives none."""
    return {name: float(np.mean([features[name] for features in found])) for name in found[0]} if found else {}


def aggregated(
    matrices: np.ndarray, features: Callable[[np.ndarray, np.ndarray], Features], dimensions: str
) -> dict[str, Features]:
    """Bring matrices of slices and directions together in the ways the IBSI names, and give the features of each.

    Parameters
    ----------
    matrices : ndarray, shape (slices, directions, ...)
        In space there is one slice.
    features : callable
        Takes the sum of some matrices and which were summed, bool of shape (slices, directions).
    dimensions : str
        ``2D``: features of each slice and direction, averaged (``2D_avg``), or of each slice (``2D_comb``); ``2.5D``:
        of each direction (``2_5D_avg``) or of all (``2_5D_comb``); ``3D``: the same in space.
    """
    slices, ways = matrices.shape[:2]
    used = np.asarray(matrices.reshape(slices, ways, -1).sum(axis=2) > 0)

    def one(chosen: np.ndarray) -> Features:
        return features(matrices[chosen].sum(axis=0), chosen)

    def of(slice_: int | None, way: int | None) -> np.ndarray:
        chosen = np.zeros((slices, ways), dtype=bool)
        chosen[slice(None) if slice_ is None else slice_, slice(None) if way is None else way] = True
        return chosen

    if dimensions == "2D":
        each = [of(s, w) for s in range(slices) for w in range(ways) if used[s, w]]
        joined = [of(s, None) for s in range(slices) if used[s].any()]
        return {"2D_avg": mean_of([one(c) for c in each]), "2D_comb": mean_of([one(c) for c in joined])}
    tag = "2_5D" if dimensions == "2.5D" else "3D"
    each = [of(None, w) for w in range(ways) if used[:, w].any()]
    joined = [of(None, None)] if used.any() else []
    return {f"{tag}_avg": mean_of([one(c) for c in each]), f"{tag}_comb": mean_of([one(c) for c in joined])}
