"""Neighbouring grey tone difference: how far a voxel's level lies from the mean of its neighbours'.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107), after Amadasun
and King (IEEE Trans Syst Man Cybern 1989;19:1264-1274).
"""

from __future__ import annotations

import numpy as np

from oncologyai.features.angles import neighbour_angles
from oncologyai.features.compiled import compiled
from oncologyai.features.discretise import Levels
from oncologyai.features.neighbourhood import filled_places, flat_offsets
from oncologyai.features.settings import FeatureSettings

__all__ = ["ORDER", "ngtdm_features", "ngtdm_statistics"]

ORDER = ("Busyness", "Coarseness", "Complexity", "Contrast", "Strength")
"""The features as ``ngtdm_statistics`` gives them."""
_COARSEST = 1e6  # pyradiomics' value where no voxel differs from its neighbours


def ngtdm_features(levels: Levels, settings: FeatureSettings) -> dict[str, float]:
    """Give the 5 tone-difference features by pyradiomics' names.

    Where no voxel differs from its neighbours Coarseness is 1,000,000 and the others are 0.

    Parameters
    ----------
    levels : Levels
    settings : FeatureSettings
        ``distances`` and ``force_2d`` are used.
    """
    found = ngtdm_statistics(levels.codes, levels.values, neighbour_angles(settings))
    return dict(zip(ORDER, (float(v) for v in found), strict=True))


@compiled
def ngtdm_statistics(codes, values, angles):  # type: ignore[no-untyped-def]
    """Give the features of a region in the order of ``ORDER``, shape (5,)."""
    voxels, gaps = _differences(codes.reshape(-1), values, flat_offsets(codes.shape, angles))
    total, weighted, all_gaps = 0.0, 0.0, 0.0
    for i in range(values.size):
        total += voxels[i]
        weighted += voxels[i] * gaps[i]
        all_gaps += gaps[i]
    weighted /= total
    shares = np.zeros(values.size)
    for i in range(values.size):
        shares[i] = voxels[i] / total
    spread, apart, complexity, strength = 0.0, 0.0, 0.0, 0.0
    kinds = 0
    for i in range(values.size):
        if shares[i] == 0.0:
            continue
        kinds += 1
        for j in range(values.size):
            if shares[j] == 0.0:
                continue
            gap = values[i] - values[j]
            spread += shares[i] * shares[j] * gap * gap
            apart += abs(values[i] * shares[i] - values[j] * shares[j])
            complexity += abs(gap) * (shares[i] * gaps[i] + shares[j] * gaps[j]) / (shares[i] + shares[j])
            strength += (shares[i] + shares[j]) * gap * gap
    found = np.zeros(5)
    found[0] = weighted / apart if apart != 0.0 else 0.0
    found[1] = 1.0 / weighted if weighted != 0.0 else _COARSEST
    found[2] = complexity / total
    found[3] = spread * all_gaps / total / (kinds * (kinds - 1)) if kinds > 1 else 0.0
    found[4] = strength / all_gaps if all_gaps != 0.0 else 0.0
    return found


@compiled
def _differences(flat, values, offsets):  # type: ignore[no-untyped-def]
    """Give for each level its voxels and the sum of their distances from the mean level around them."""
    voxels, gaps = np.zeros(values.size), np.zeros(values.size)
    for place in filled_places(flat):
        around, number = 0.0, 0
        for offset in offsets:
            before, after = flat[place - offset], flat[place + offset]
            if before > 0:
                around += values[before - 1]
                number += 1
            if after > 0:
                around += values[after - 1]
                number += 1
        level = flat[place] - 1
        voxels[level] += 1.0
        if number > 0:
            gaps[level] += abs(values[level] - around / number)
    return voxels, gaps
