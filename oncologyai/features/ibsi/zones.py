"""Zones of equal level: size-zone and distance-zone matrices, 16 features each (IBSI manual)."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import distance_transform_cdt

from oncologyai.features.compiled import compiled
from oncologyai.features.ibsi.directions import directions, mean_of
from oncologyai.features.ibsi.processing import IbsiRegion
from oncologyai.features.ibsi.size_tables import size_features

__all__ = ["Zones", "find_zones", "zone_features"]

_SIZE_TAGS = (
    "sze", "lze", "lgze", "hgze", "szlge", "szhge", "lzlge", "lzhge", "glnu", "glnu_norm", "zsnu", "zsnu_norm",
    "z_perc", "gl_var", "zs_var", "zs_entr",
)  # fmt: skip
_DISTANCE_TAGS = (
    "sde", "lde", "lgze", "hgze", "sdlge", "sdhge", "ldlge", "ldhge", "glnu", "glnu_norm", "zdnu", "zdnu_norm",
    "z_perc", "gl_var", "zd_var", "zd_entr",
)  # fmt: skip

Zones = np.ndarray
"""A row a zone: its level, its number of voxels, its least distance from the mask's edge, its slice."""


def zone_features(region: IbsiRegion, dimensions: str) -> dict[str, float]:
    """Give the features of both matrices by the IBSI's tags for one of ``2D``, ``2.5D`` and ``3D``."""
    flat = dimensions != "3D"
    zones = find_zones(region.levels, _edge_distance(region.shape_mask, flat), flat=flat)
    inside = region.levels > 0
    if dimensions == "2D":
        parts = [(zones[zones[:, 3] == k], float(inside[k].sum())) for k in np.unique(zones[:, 3])]
    else:
        parts = [(zones, float(inside.sum()))]
    found = {}
    tag = dimensions.replace(".", "_")
    for family, column, tags in (("szm", 1, _SIZE_TAGS), ("dzm", 2, _DISTANCE_TAGS)):
        values = [
            dict(zip(tags, size_features(_table(zone, column), voxels)[: len(tags)], strict=True))
            for zone, voxels in parts
        ]
        found.update({f"{family}_{name}_{tag}": value for name, value in mean_of(values).items()})
    return found


def _table(zones: Zones, column: int) -> np.ndarray:
    table = np.zeros((int(zones[:, 0].max()), int(zones[:, column].max())))
    np.add.at(table, (zones[:, 0] - 1, zones[:, column] - 1), 1.0)
    return table


def _edge_distance(mask: np.ndarray, flat: bool) -> np.ndarray:
    """Give how many steps along the axes a voxel is from what is not in the mask: 1 at the edge."""
    if not flat:
        return np.asarray(distance_transform_cdt(np.pad(mask, 1), metric="taxicab"))[1:-1, 1:-1, 1:-1]
    planes = [distance_transform_cdt(np.pad(plane, 1), metric="taxicab")[1:-1, 1:-1] for plane in mask]
    return np.stack(planes)


def find_zones(levels: np.ndarray, distance: np.ndarray, *, flat: bool) -> Zones:
    """Find connected voxels of one level, also over edges and corners.

    Parameters
    ----------
    levels : ndarray, shape (k, j, i), int
        Levels from 1 on; 0 outside the mask.
    distance : ndarray of the same shape, int
        Distance of each voxel from the mask's edge.
    flat : bool
        Whether slices are apart.

    Returns
    -------
    ndarray, shape (zones, 4), int64
        See ``Zones``.
    """
    half = directions(flat)
    ways = np.concatenate([half, -half])
    padded = np.pad(levels, 1).astype(np.int32)
    found = np.zeros((int(np.count_nonzero(levels)), 4), dtype=np.int64)
    number = _flood(padded, np.pad(distance, 1).astype(np.int32), ways, found)
    return found[:number]


@compiled
def _flood(levels: np.ndarray, distance: np.ndarray, ways: np.ndarray, found: np.ndarray) -> int:
    """Fill one zone after another; a voxel that has been met becomes 0."""
    stack = np.empty((found.shape[0], 3), dtype=np.int64)
    number = 0
    for k in range(1, levels.shape[0] - 1):
        for j in range(1, levels.shape[1] - 1):
            for i in range(1, levels.shape[2] - 1):
                level = levels[k, j, i]
                if level == 0:
                    continue
                stack[0, 0], stack[0, 1], stack[0, 2] = k, j, i
                levels[k, j, i] = 0
                held, size, least = 1, 0, distance[k, j, i]
                while held > 0:
                    held -= 1
                    z, y, x = stack[held, 0], stack[held, 1], stack[held, 2]
                    size += 1
                    least = min(least, distance[z, y, x])
                    for way in range(ways.shape[0]):
                        c, b, a = z + ways[way, 0], y + ways[way, 1], x + ways[way, 2]
                        if levels[c, b, a] == level:
                            levels[c, b, a] = 0
                            stack[held, 0], stack[held, 1], stack[held, 2] = c, b, a
                            held += 1
                found[number, 0], found[number, 1], found[number, 2], found[number, 3] = level, size, least, k - 1
                number += 1
    return number
