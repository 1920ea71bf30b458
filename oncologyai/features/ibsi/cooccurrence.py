"""Grey level co-occurrence matrices and their 25 features (IBSI manual)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from oncologyai.features.compiled import compiled
from oncologyai.features.ibsi.directions import aggregated, directions, slabs
from oncologyai.features.ibsi.processing import IbsiRegion

__all__ = ["cooccurrence_features", "cooccurrence_matrices"]


def cooccurrence_features(region: IbsiRegion, dimensions: str) -> dict[str, float]:
    """Give the features by the IBSI's tags for one of ``2D``, ``2.5D`` and ``3D``, each in two ways of aggregation.

    Matrices are symmetric. A mask in which no voxel has a neighbour gives no feature.
    """
    matrices = cooccurrence_matrices(region.levels, region.level_count, flat=dimensions != "3D")
    found = aggregated(matrices, lambda matrix, _: _features(matrix), dimensions)
    return {f"cm_{name}_{tag}": value for tag, features in found.items() for name, value in features.items()}


def cooccurrence_matrices(levels: np.ndarray, count: int, *, flat: bool) -> Iterator[tuple[np.ndarray, float]]:
    """Count pairs of levels.

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
        For each slice, or once in space: matrices of shape (4 or 13, count, count), and the number of voxels.
    """
    ways = directions(flat)
    for part in slabs(levels, flat):
        found = np.zeros((len(ways), count, count))
        _count_pairs(np.pad(part, 1), ways, found)
        yield found, float(np.count_nonzero(part))


@compiled
def _count_pairs(padded: np.ndarray, ways: np.ndarray, found: np.ndarray) -> None:
    for k in range(1, padded.shape[0] - 1):
        for j in range(1, padded.shape[1] - 1):
            for i in range(1, padded.shape[2] - 1):
                own = padded[k, j, i]
                if own == 0:
                    continue
                for way in range(ways.shape[0]):
                    other = padded[k + ways[way, 0], j + ways[way, 1], i + ways[way, 2]]
                    if other > 0:
                        found[way, own - 1, other - 1] += 1.0
                        found[way, other - 1, own - 1] += 1.0


def _features(matrix: np.ndarray) -> dict[str, float]:
    p = matrix / matrix.sum()
    count = len(p)
    level = np.arange(1.0, count + 1.0)
    i, j = level[:, None], level[None, :]
    apart = np.abs(i - j)
    single = p.sum(axis=1)
    mean = float(single @ level)
    variance = float(single @ (level - mean) ** 2)
    by_difference = np.bincount(apart.astype(np.intp).ravel(), p.ravel(), minlength=count)
    by_sum = np.bincount((i + j).astype(np.intp).ravel(), p.ravel(), minlength=2 * count + 1)
    difference, sums = np.arange(float(len(by_difference))), np.arange(float(len(by_sum)))
    difference_mean, sum_mean = float(by_difference @ difference), float(by_sum @ sums)
    centred = i + j - 2.0 * mean
    return {
        "joint_max": float(p.max()),
        "joint_avg": mean,
        "joint_var": variance,
        "joint_entr": _entropy(p),
        "diff_avg": difference_mean,
        "diff_var": float(by_difference @ (difference - difference_mean) ** 2),
        "diff_entr": _entropy(by_difference),
        "sum_avg": sum_mean,
        "sum_var": float(by_sum @ (sums - sum_mean) ** 2),
        "sum_entr": _entropy(by_sum),
        "energy": float(np.sum(p**2)),
        "contrast": float(np.sum(apart**2 * p)),
        "dissimilarity": float(np.sum(apart * p)),
        "inv_diff": float(np.sum(p / (1.0 + apart))),
        "inv_diff_norm": float(np.sum(p / (1.0 + apart / count))),
        "inv_diff_mom": float(np.sum(p / (1.0 + apart**2))),
        "inv_diff_mom_norm": float(np.sum(p / (1.0 + apart**2 / count**2))),
        "inv_var": float(np.sum(np.divide(p, apart**2, out=np.zeros_like(p), where=apart > 0))),
        "corr": float(np.sum((i - mean) * (j - mean) * p)) / variance if variance > 0 else 1.0,
        "auto_corr": float(np.sum(i * j * p)),
        "clust_tend": float(np.sum(centred**2 * p)),
        "clust_shade": float(np.sum(centred**3 * p)),
        "clust_prom": float(np.sum(centred**4 * p)),
        **_information(p, single),
    }


def _entropy(p: np.ndarray) -> float:
    filled = p[p > 0]
    return float(-np.sum(filled * np.log2(filled)))


def _information(p: np.ndarray, single: np.ndarray) -> dict[str, float]:
    """Give both information correlations; one level alone gives 0 for the first and the second."""
    product = np.outer(single, single)
    joint, alone = _entropy(p), _entropy(single)
    filled = p > 0
    first = float(-np.sum(p[filled] * np.log2(product[filled])))
    second = _entropy(product)
    return {
        "info_corr1": (joint - first) / alone if alone > 0 else 0.0,
        "info_corr2": math.sqrt(max(1.0 - math.exp(-2.0 * (second - joint)), 0.0)),
    }
