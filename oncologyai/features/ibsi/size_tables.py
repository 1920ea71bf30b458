"""The sixteen features that run-length, size-zone, distance-zone and dependence matrices share (IBSI manual)."""

from __future__ import annotations

import numpy as np

__all__ = ["TABLE_FEATURES", "size_features"]

TABLE_FEATURES = (
    "short",
    "long",
    "low",
    "high",
    "short_low",
    "short_high",
    "long_low",
    "long_high",
    "level_nonuniformity",
    "level_nonuniformity_normalised",
    "size_nonuniformity",
    "size_nonuniformity_normalised",
    "percentage",
    "level_variance",
    "size_variance",
    "entropy",
    "energy",
)
"""The features as ``size_features`` gives them."""


def size_features(table: np.ndarray, voxels: float) -> tuple[float, ...]:
    """Give the features of a matrix, in the order of ``TABLE_FEATURES``.

    Parameters
    ----------
    table : ndarray, shape (levels, sizes)
        How often each size (from 1 on) occurs with each level (from 1 on); not all zero.
    voxels : float
        How many voxels could have been counted, for the percentage.
    """
    total = table.sum()
    share = table / total
    level = np.arange(1.0, table.shape[0] + 1.0)
    size = np.arange(1.0, table.shape[1] + 1.0)
    of_level, of_size = table.sum(axis=1), table.sum(axis=0)
    p_level, p_size = share.sum(axis=1), share.sum(axis=0)
    filled = share[share > 0]
    values = (
        p_size @ size**-2,
        p_size @ size**2,
        p_level @ level**-2,
        p_level @ level**2,
        level**-2 @ share @ size**-2,
        level**2 @ share @ size**-2,
        level**-2 @ share @ size**2,
        level**2 @ share @ size**2,
        of_level @ of_level / total,
        of_level @ of_level / total**2,
        of_size @ of_size / total,
        of_size @ of_size / total**2,
        total / voxels,
        p_level @ (level - p_level @ level) ** 2,
        p_size @ (size - p_size @ size) ** 2,
        -np.sum(filled * np.log2(filled)),
        np.sum(filled**2),
    )
    return tuple(float(v) for v in values)
