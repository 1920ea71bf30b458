"""Grey level run-length matrices and their 16 features (IBSI manual)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from oncologyai.features.compiled import compiled
from oncologyai.features.ibsi.directions import aggregated, directions, slabs
from oncologyai.features.ibsi.processing import IbsiRegion
from oncologyai.features.ibsi.size_tables import size_features

__all__ = ["run_length_features", "run_length_matrices"]

_TAGS = (
    "sre", "lre", "lgre", "hgre", "srlge", "srhge", "lrlge", "lrhge", "glnu", "glnu_norm", "rlnu", "rlnu_norm",
    "r_perc", "gl_var", "rl_var", "rl_entr",
)  # fmt: skip


def run_length_features(region: IbsiRegion, dimensions: str) -> dict[str, float]:
    """Give the features by the IBSI's tags for one of ``2D``, ``2.5D`` and ``3D``, each in two ways of aggregation."""
    matrices = run_length_matrices(region.levels, region.level_count, flat=dimensions != "3D")

    def features(matrix: np.ndarray, voxels: float) -> dict[str, float]:
        return dict(zip(_TAGS, size_features(matrix, voxels)[: len(_TAGS)], strict=True))

    found = aggregated(matrices, features, dimensions)
    return {f"rlm_{name}_{tag}": value for tag, values in found.items() for name, value in values.items()}


def run_length_matrices(levels: np.ndarray, count: int, *, flat: bool) -> Iterator[tuple[np.ndarray, float]]:
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
    iterator of (ndarray, float)
        For each slice, or once in space: matrices of shape (4 or 13, count, longest side), and the number of voxels.
    """
    ways = directions(flat)
    for part in slabs(levels, flat):
        found = np.zeros((len(ways), count, max(levels.shape)))
        _count_runs(np.pad(part, 1), ways, found)
        yield found, float(np.count_nonzero(part))


@compiled
def _count_runs(padded: np.ndarray, ways: np.ndarray, found: np.ndarray) -> None:
    for k in range(1, padded.shape[0] - 1):
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
                    found[way, own - 1, length - 1] += 1.0
