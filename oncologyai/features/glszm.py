"""Grey level size zones: how large the connected parts of one level are.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107). Voxels that
share a corner are connected.
"""

from __future__ import annotations

import numpy as np

from oncologyai.features.angles import neighbour_angles
from oncologyai.features.compiled import compiled
from oncologyai.features.discretise import Levels
from oncologyai.features.emphasis import size_statistics
from oncologyai.features.families import FEATURES
from oncologyai.features.neighbourhood import filled_places, flat_offsets
from oncologyai.features.settings import FeatureSettings

__all__ = ["ORDER", "glszm_features", "glszm_statistics"]

ORDER = (
    "SmallAreaEmphasis", "LargeAreaEmphasis", "GrayLevelNonUniformity", "GrayLevelNonUniformityNormalized",
    "SizeZoneNonUniformity", "SizeZoneNonUniformityNormalized", "ZonePercentage", "GrayLevelVariance",
    "ZoneVariance", "ZoneEntropy", "LowGrayLevelZoneEmphasis", "HighGrayLevelZoneEmphasis",
    "SmallAreaLowGrayLevelEmphasis", "SmallAreaHighGrayLevelEmphasis", "LargeAreaLowGrayLevelEmphasis",
    "LargeAreaHighGrayLevelEmphasis",
)  # fmt: skip
"""The features as ``glszm_statistics`` gives them."""


def glszm_features(levels: Levels, settings: FeatureSettings) -> dict[str, float]:
    """Give the 16 size-zone features by pyradiomics' names.

    Parameters
    ----------
    levels : Levels
    settings : FeatureSettings
        ``force_2d`` is used: zones then lie within planes.
    """
    found = glszm_statistics(levels.codes, levels.values, neighbour_angles(settings, distances=(1,)))
    values = dict(zip(ORDER, (float(v) for v in found), strict=True))
    return {name: values[name] for name in FEATURES["glszm"]}


@compiled
def glszm_statistics(codes, values, angles):  # type: ignore[no-untyped-def]
    """Give the features of a region in the order of ``ORDER``, shape (16,)."""
    flat = codes.reshape(-1)
    places = filled_places(flat)
    owners = _owners(flat, places, flat_offsets(codes.shape, angles))
    sizes = np.zeros(places.size, dtype=np.int64)
    for n in range(places.size):
        sizes[owners[n]] += 1
    column, kinds = _kinds(sizes)
    table = np.zeros((values.size, kinds.size))
    for n in range(places.size):
        if sizes[n] > 0:
            table[flat[places[n]] - 1, column[sizes[n]]] += 1.0
    return size_statistics(table, values, kinds, kinds.size)


@compiled
def _kinds(sizes):  # type: ignore[no-untyped-def]
    """Give for each size of a zone its column, and the sizes that occur, ascending."""
    column = np.zeros(sizes.size + 1, dtype=np.int64)
    for n in range(sizes.size):
        column[sizes[n]] = 1
    number = 0
    for size in range(1, column.size):
        if column[size] > 0:
            column[size] = number
            number += 1
    kinds = np.zeros(number)
    for n in range(sizes.size):
        if sizes[n] > 0:
            kinds[column[sizes[n]]] = sizes[n]
    return column, kinds


@compiled
def _owners(flat, places, offsets):  # type: ignore[no-untyped-def]
    """Give for each voxel of the mask the row of the first voxel of its zone, by joining neighbours to trees."""
    rows = np.zeros(flat.size, dtype=np.int32)
    owners = np.empty(places.size, dtype=np.int32)
    for n in range(places.size):
        place = places[n]
        rows[place] = owners[n] = n
        for offset in offsets:
            if flat[place - offset] == flat[place]:
                one, other = _root(owners, np.int64(n)), _root(owners, np.int64(rows[place - offset]))
                if one < other:
                    owners[other] = one
                else:
                    owners[one] = other
    for n in range(places.size):
        owners[n] = _root(owners, np.int64(n))
    return owners


@compiled
def _root(owners, row):  # type: ignore[no-untyped-def]
    while owners[row] != row:
        owners[row] = owners[owners[row]]
        row = np.int64(owners[row])
    return row
