"""Neighbourhoods of voxels: grey tone difference (5 features) and grey level dependence (17) of the IBSI manual."""

from __future__ import annotations

import math

import numpy as np

from oncologyai.features.compiled import compiled
from oncologyai.features.ibsi.directions import directions, mean_of
from oncologyai.features.ibsi.processing import IbsiRegion
from oncologyai.features.ibsi.size_tables import size_features

__all__ = ["neighbour_features"]

_DEPENDENCE_TAGS = (
    "lde", "hde", "lgce", "hgce", "ldlge", "ldhge", "hdlge", "hdhge", "glnu", "glnu_norm", "dcnu", "dcnu_norm",
    "dc_perc", "gl_var", "dc_var", "dc_entr", "dc_energy",
)  # fmt: skip
_COARSENESS_LIMIT = 1e6  # of a region without any difference (IBSI manual)


def neighbour_features(region: IbsiRegion, dimensions: str) -> dict[str, float]:
    """Give the features of both matrices by the IBSI's tags for one of ``2D``, ``2.5D`` and ``3D``.

    Neighbours are those at a Chebyshev distance of 1 inside the mask; a voxel depends on neighbours of its own level,
    and on itself.
    """
    half = directions(dimensions != "3D")
    levels = np.pad(region.levels, 1)
    size = int(np.count_nonzero(levels))
    found = np.zeros((size, 5))
    _look_around(levels, np.concatenate([half, -half]), found)
    parts = [found[found[:, 4] == k] for k in np.unique(found[:, 4])] if dimensions == "2D" else [found]
    tag = dimensions.replace(".", "_")
    tone = mean_of([_tone_difference(part) for part in parts])
    dependence = mean_of([_dependence(part) for part in parts])
    return {f"{name}_{tag}": value for name, value in {**tone, **dependence}.items()}


@compiled
def _look_around(padded: np.ndarray, ways: np.ndarray, found: np.ndarray) -> None:
    """Write for each voxel: level, sum and number of its neighbours' levels, number of equal ones, slice."""
    row = 0
    for k in range(1, padded.shape[0] - 1):
        for j in range(1, padded.shape[1] - 1):
            for i in range(1, padded.shape[2] - 1):
                own = padded[k, j, i]
                if own == 0:
                    continue
                total, count, equal = 0, 0, 0
                for way in range(ways.shape[0]):
                    other = padded[k + ways[way, 0], j + ways[way, 1], i + ways[way, 2]]
                    if other > 0:
                        total += other
                        count += 1
                        if other == own:
                            equal += 1
                found[row, 0], found[row, 1], found[row, 2], found[row, 3] = own, total, count, equal
                found[row, 4] = k
                row += 1


def _dependence(voxels: np.ndarray) -> dict[str, float]:
    table = np.zeros((int(voxels[:, 0].max()), int(voxels[:, 3].max()) + 1))
    np.add.at(table, (voxels[:, 0].astype(np.intp) - 1, voxels[:, 3].astype(np.intp)), 1.0)
    values = size_features(table, float(len(voxels)))
    return {f"ngl_{name}": value for name, value in zip(_DEPENDENCE_TAGS, values, strict=True)}


def _tone_difference(voxels: np.ndarray) -> dict[str, float]:
    """Give the five features; where they are not defined, as with one level alone, contrast and the rest are 0."""
    lonely = voxels[:, 2] == 0
    valid = voxels[~lonely]
    if not len(valid):
        return dict.fromkeys(
            ("ngt_coarseness", "ngt_contrast", "ngt_busyness", "ngt_complexity", "ngt_strength"), math.nan
        )
    own = valid[:, 0].astype(np.intp)
    counts = np.bincount(own).astype(np.float64)
    differences = np.bincount(own, np.abs(valid[:, 0] - valid[:, 1] / valid[:, 2]))
    level = np.flatnonzero(counts)
    p, s, i = counts[level] / len(valid), differences[level], level.astype(np.float64)
    apart, weight = np.abs(i[:, None] - i[None]), float(p @ s)
    both = p[:, None] + p[None]
    moved = float(np.sum(np.abs((i * p)[:, None] - (i * p)[None])))
    groups = len(level)
    return {
        "ngt_coarseness": min(1.0 / weight, _COARSENESS_LIMIT) if weight > 0 else _COARSENESS_LIMIT,
        "ngt_contrast": float(p @ apart**2 @ p) / (groups * (groups - 1)) * float(s.sum()) / len(valid)
        if groups > 1
        else 0.0,
        "ngt_busyness": weight / moved if moved > 0 else 0.0,
        "ngt_complexity": float(np.sum(apart * ((p * s)[:, None] + (p * s)[None]) / both)) / len(valid),
        "ngt_strength": float(np.sum(both * apart**2)) / float(s.sum()) if s.sum() > 0 else 0.0,
    }
