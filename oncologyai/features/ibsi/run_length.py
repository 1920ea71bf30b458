"""Grey level run-length matrices and their 16 features (IBSI manual)."""

from __future__ import annotations

import numpy as np

from oncologyai.features.compiled import compiled
from oncologyai.features.ibsi.directions import aggregated, directions
from oncologyai.features.ibsi.processing import IbsiRegion
from oncologyai.features.ibsi.size_tables import size_features

__all__ = ["run_length_features", "run_length_matrices"]

_TAGS = (
    "sre", "lre", "lgre", "hgre", "srlge", "srhge", "lrlge", "lrhge", "glnu", "glnu_norm", "rlnu", "rlnu_norm",
    "r_perc", "gl_var", "rl_var", "rl_entr",
)  # fmt: skip


def run_length_features(region: IbsiRegion, dimensions: str) -> dict[str, float]:
    """Give the features by the IBSI's tags for one of ``2D``, ``2.5D`` and ``3D``, each in two ways of aggregation."""
    flat = dimensions != "3D"
    matrices = run_length_matrices(region.levels, region.level_count, flat=flat)
    inside = region.levels > 0
    voxels = inside.sum(axis=(1, 2)) if flat else np.array([inside.sum()])

    def features(matrix: np.ndarray, chosen: np.ndarray) -> dict[str, float]:
        counted = float(voxels @ chosen.sum(axis=1))  # each direction runs over all voxels of its slice
        return dict(zip(_TAGS, size_features(matrix, counted)[: len(_TAGS)], strict=True))

    found = aggregated(matrices, features, dimensions)
    return {f"rlm_{name}_{tag}": value for tag, values in found.items() for name, value in values.items()}


def run_length_matrices(levels: np.ndarray, count: int, *, flat: bool) -> np.ndarray:
    """Count runs of each level and length.

    Parameters
    ----------
    levels : ndarray, shape (k, j, i), int
        Levels from 1 on; 0 outside the mask.
    count : int
        The number of levels.
    flat : bool
        Whether slices are apart.

    Returns
    -------
    ndarray, shape (slices or 1, 4 or 13, count, longest side), float64
    """
    ways = directions(flat)
    found = np.zeros((levels.shape[0] if flat else 1, len(ways), count, max(levels.shape)))
    _count_runs(np.pad(levels, 1), ways, flat, found)
    return found


@compiled
def _count_runs(padded: np.ndarray, ways: np.ndarray, flat: bool, found: np.ndarray) -> None:
    for k in range(1, padded.shape[0] - 1):
        slot = k - 1 if flat else 0
        for j in range(1, padded.shape[1] - 1):
            for i in range(1, padded.shape[2] - 1):
                own = padded[k, j, i]
                if own == 0:
                    continue
                for way in range(ways.shape[0]):
                    dk, dj, di = ways[way, 0], ways[way, 1], ways[way, 2]
                    if padded[k - dk, j - dj, i - di] == own:
                        continue  # the run began before
                    length, z, y, x = 1, k + dk, j + dj, i + di
                    while padded[z, y, x] == own:
                        length += 1
                        z, y, x = z + dk, y + dj, x + di
                    found[slot, way, own - 1, length - 1] += 1.0
