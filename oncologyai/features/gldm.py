"""Grey level dependence: how many neighbours of a voxel have a level like its own.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107), after Sun and
Wee (Comput Vis Graph Image Process 1983;23:341-352).
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

__all__ = ["ORDER", "gldm_features", "gldm_statistics"]

ORDER = (
    "SmallDependenceEmphasis", "LargeDependenceEmphasis", "GrayLevelNonUniformity",
    "GrayLevelNonUniformityNormalized", "DependenceNonUniformity", "DependenceNonUniformityNormalized",
    "DependencePercentage", "GrayLevelVariance", "DependenceVariance", "DependenceEntropy", "LowGrayLevelEmphasis",
    "HighGrayLevelEmphasis", "SmallDependenceLowGrayLevelEmphasis", "SmallDependenceHighGrayLevelEmphasis",
    "LargeDependenceLowGrayLevelEmphasis", "LargeDependenceHighGrayLevelEmphasis",
)  # fmt: skip
"""The statistics as ``gldm_statistics`` gives them; two of them are no features, being equal to others."""


def gldm_features(levels: Levels, settings: FeatureSettings) -> dict[str, float]:
    """Give the 14 dependence features by pyradiomics' names; a voxel's dependence counts itself.

    Parameters
    ----------
    levels : Levels
    settings : FeatureSettings
        ``distances``, ``force_2d`` and ``gldm_a`` are used.
    """
    found = gldm_statistics(levels.codes, levels.values, neighbour_angles(settings), settings.gldm_a)
    values = dict(zip(ORDER, (float(v) for v in found), strict=True))
    return {name: values[name] for name in FEATURES["gldm"]}


@compiled
def gldm_statistics(codes, values, angles, tolerance):  # type: ignore[no-untyped-def]
    """Give the statistics of a region in the order of ``ORDER``, shape (16,)."""
    offsets = flat_offsets(codes.shape, angles)
    flat = codes.reshape(-1)
    table = np.zeros((values.size, 2 * offsets.size + 1))
    for place in filled_places(flat):
        code = flat[place]
        alike = 0
        for offset in offsets:
            alike += _is_like(flat[place + offset], code, values, tolerance)
            alike += _is_like(flat[place - offset], code, values, tolerance)
        table[code - 1, alike] += 1.0
    return size_statistics(table, values, np.arange(1.0, table.shape[1] + 1.0), table.shape[1])


@compiled
def _is_like(other, code, values, tolerance):  # type: ignore[no-untyped-def]
    if tolerance == 0 or other == 0:
        return other == code
    return abs(values[other - 1] - values[code - 1]) <= tolerance
