"""Grey level run lengths: how many voxels of one level follow each other in a direction.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107). Features are
made for each direction, then averaged.
"""

from __future__ import annotations

import numpy as np

from oncologyai.features.angles import angle_weights, neighbour_angles
from oncologyai.features.compiled import compiled
from oncologyai.features.discretise import Levels
from oncologyai.features.emphasis import size_statistics
from oncologyai.features.families import FEATURES
from oncologyai.features.neighbourhood import filled_places, flat_offsets
from oncologyai.features.settings import FeatureSettings

__all__ = ["ORDER", "glrlm_features", "glrlm_statistics", "run_angles"]

ORDER = (
    "ShortRunEmphasis", "LongRunEmphasis", "GrayLevelNonUniformity", "GrayLevelNonUniformityNormalized",
    "RunLengthNonUniformity", "RunLengthNonUniformityNormalized", "RunPercentage", "GrayLevelVariance",
    "RunVariance", "RunEntropy", "LowGrayLevelRunEmphasis", "HighGrayLevelRunEmphasis",
    "ShortRunLowGrayLevelEmphasis", "ShortRunHighGrayLevelEmphasis", "LongRunLowGrayLevelEmphasis",
    "LongRunHighGrayLevelEmphasis",
)  # fmt: skip
"""The features as ``glrlm_statistics`` gives them."""


def glrlm_features(levels: Levels, settings: FeatureSettings) -> dict[str, float]:
    """Give the 16 run-length features by pyradiomics' names.

    A direction in which no line meets two voxels of the mask is left out; without any direction all are NaN.

    Parameters
    ----------
    levels : Levels
    settings : FeatureSettings
        ``force_2d`` and ``weighting_norm`` are used.
    """
    angles, weights = run_angles(levels, settings)
    found = glrlm_statistics(levels.codes, levels.values, angles, weights)
    values = dict(zip(ORDER, (float(v) for v in found), strict=True))
    return {name: values[name] for name in FEATURES["glrlm"]}


def run_angles(levels: Levels, settings: FeatureSettings) -> tuple[np.ndarray, np.ndarray]:
    """Give the directions and, where they are to be joined to one matrix, their weights; else no weight."""
    angles = neighbour_angles(settings, distances=(1,))
    norm = settings.weighting_norm
    if norm is None:
        return angles, np.empty(0)
    if norm == "no_weighting":
        return angles, np.ones(len(angles))
    return angles, angle_weights(angles, levels.sampling_mm, norm)


@compiled
def glrlm_statistics(codes, values, angles, weights):  # type: ignore[no-untyped-def]
    """Give the features of a region, averaged over directions, in the order of ``ORDER``, shape (16,)."""
    offsets = flat_offsets(codes.shape, angles)
    flat = codes.reshape(-1)
    places = filled_places(flat)
    joined = weights.size > 0
    table, total = np.zeros((values.size, max(codes.shape))), np.zeros(16)
    lengths = np.arange(1.0, max(codes.shape) + 1.0)
    used, longest = 0, 0
    for a in range(offsets.size):
        if not joined:
            _clear(table, longest)
            longest = 0
        length, meets = _longest_run(flat, places, offsets[a])
        if meets or _meets_twice(codes, angles[a]):
            longest = max(longest, length)
            _count_runs(flat, places, offsets[a], weights[a] if joined else 1.0, table)
        if longest > 0 and (not joined or a == offsets.size - 1):
            found = size_statistics(table, values, lengths, longest)
            used += 1
            for n in range(16):
                total[n] += found[n]
    for n in range(16):
        total[n] = total[n] / used if used > 0 else np.nan
    return total


@compiled
def _clear(table, columns):  # type: ignore[no-untyped-def]
    for row in range(table.shape[0]):
        for column in range(columns):
            table[row, column] = 0.0


@compiled
def _longest_run(flat, places, offset):  # type: ignore[no-untyped-def]
    """Give the greatest length of a run, and whether two voxels of the mask lie side by side."""
    longest, meets = 1, False
    for place in places:
        if flat[place + offset] > 0:
            meets = True
        if flat[place - offset] == flat[place]:
            continue
        length, after = 1, place + offset
        while flat[after] == flat[place]:
            length += 1
            after += offset
        longest = max(longest, length)
    return longest, meets


@compiled
def _count_runs(flat, places, offset, weight, table):  # type: ignore[no-untyped-def]
    for place in places:
        code = flat[place]
        if flat[place - offset] == code:
            continue
        length, after = 0, place + offset
        while flat[after] == code:
            length += 1
            after += offset
        table[code - 1, length] += weight


@compiled
def _meets_twice(codes, angle):  # type: ignore[no-untyped-def]
    """Tell whether some line in a direction meets two voxels of the mask, whatever lies between them."""
    depth, height, width = codes.shape
    for place in range(codes.size):
        k, j, i = place // (height * width), place // width % height, place % width
        if codes[k, j, i] == 0:
            continue
        k, j, i = k + angle[0], j + angle[1], i + angle[2]
        while 0 <= k < depth and 0 <= j < height and 0 <= i < width:
            if codes[k, j, i] > 0:
                return True
            k, j, i = k + angle[0], j + angle[1], i + angle[2]
    return False
