"""Directions from a voxel to its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from oncologyai.features.settings import FeatureSettings

__all__ = ["angle_weights", "neighbour_angles"]


def neighbour_angles(settings: FeatureSettings, *, distances: Sequence[int] | None = None) -> np.ndarray:
    """Give one of each pair of opposite directions whose largest step is one of the distances.

    Parameters
    ----------
    settings : FeatureSettings
        ``distances``, and ``force_2d`` with ``force_2d_dimension``, which leaves out steps along that axis.
    distances : sequence of int, optional
        In voxels; those of the settings if None.

    Returns
    -------
    ndarray, shape (n, 3), int64
        Steps along (k, j, i); 13 for distance 1. The first step that is not 0 is positive.
    """
    wanted = settings.distances if distances is None else tuple(distances)
    reach = range(-max(wanted), max(wanted) + 1)
    found = [
        angle
        for angle in product(reach, repeat=3)
        if max(map(abs, angle)) in wanted
        and angle > (0, 0, 0)
        and not (settings.force_2d and angle[settings.force_2d_dimension] != 0)
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def angle_weights(angles: np.ndarray, sampling_mm: tuple[float, float, float], norm: str) -> np.ndarray:
    """Give the length of each direction in mm by a norm (``infinity``, ``euclidean``, ``manhattan``), shape (n,)."""
    steps = np.abs(angles) * np.asarray(sampling_mm)
    if norm == "infinity":
        return np.asarray(steps.max(axis=1))
    if norm == "euclidean":
        return np.asarray(np.linalg.norm(steps, axis=1))
    return np.asarray(steps.sum(axis=1))
