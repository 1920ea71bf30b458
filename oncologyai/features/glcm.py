"""Grey level co-occurrence: how often two levels lie side by side.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107), after Haralick
et al. (IEEE Trans Syst Man Cybern 1973;3:610-621). Features are made for each direction, then averaged.
"""

from __future__ import annotations

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.angles import angle_weights, neighbour_angles
from oncologyai.features.compiled import compiled
from oncologyai.features.discretise import Levels
from oncologyai.features.families import FEATURES
from oncologyai.features.neighbourhood import filled_places, flat_offsets
from oncologyai.features.settings import FeatureSettings
from oncologyai.features.spectrum import eigenvalue, three_diagonals

__all__ = ["ORDER", "glcm_features", "glcm_statistics", "weighted_angles"]

_MOST_LEVELS = 4096
_EPSILON = float(np.spacing(1.0))  # keeps logarithms of empty cells finite, as pyradiomics does
ORDER = (
    "Autocorrelation", "JointAverage", "ClusterProminence", "ClusterShade", "ClusterTendency", "Contrast",
    "Correlation", "DifferenceAverage", "DifferenceEntropy", "DifferenceVariance", "JointEnergy", "JointEntropy",
    "Imc1", "Imc2", "Idm", "MCC", "Idmn", "Id", "Idn", "InverseVariance", "MaximumProbability", "SumAverage",
    "SumEntropy", "SumSquares",
)  # fmt: skip
"""The features as ``glcm_statistics`` gives them."""


def glcm_features(levels: Levels, settings: FeatureSettings) -> dict[str, float]:
    """Give the 24 co-occurrence features by pyradiomics' names.

    A mask in which no voxel has a neighbour gives NaN. One level alone gives Correlation and MCC 1, Imc1 and Imc2 0.

    Parameters
    ----------
    levels : Levels
    settings : FeatureSettings
        ``distances``, ``force_2d``, ``symmetrical_glcm`` and ``weighting_norm`` are used.

    Raises
    ------
    InputError
        If there are more than 4,096 grey levels, whose matrices would fill the memory.
    """
    if levels.values.size > _MOST_LEVELS:
        raise InputError(
            "bin_width", expected=f"at most {_MOST_LEVELS} grey levels in a region for GLCM",
            got=str(levels.values.size), remedy="choose a larger bin_width, or a bin_count",
        )  # fmt: skip
    angles, weights = weighted_angles(levels, settings)
    found = glcm_statistics(
        levels.codes,
        levels.values,
        levels.highest,
        levels.values.size,
        angles,
        weights,
        settings.symmetrical_glcm,
        True,
    )
    values = dict(zip(ORDER, (float(v) for v in found), strict=True))
    return {name: values[name] for name in FEATURES["glcm"]}


def weighted_angles(levels: Levels, settings: FeatureSettings) -> tuple[np.ndarray, np.ndarray]:
    """Give the directions and, where they are to be joined to one matrix, their weights; else no weight."""
    angles = neighbour_angles(settings)
    norm = settings.weighting_norm
    if norm is None:
        return angles, np.empty(0)
    if norm == "no_weighting":
        return angles, np.ones(len(angles))
    return angles, np.exp(-(angle_weights(angles, levels.sampling_mm, norm) ** 2))


@compiled
def glcm_statistics(codes, values, highest, known, angles, weights, symmetrical, with_mcc):  # type: ignore[no-untyped-def]
    """Give the features of a region, averaged over directions, in the order of ``ORDER``, shape (24,)."""
    offsets = flat_offsets(codes.shape, angles)
    flat = codes.reshape(-1)
    places = filled_places(flat)
    joined = weights.size > 0
    shares, total = np.zeros((values.size, values.size)), np.zeros(24)
    used = 0
    for a in range(offsets.size):
        _count_pairs(flat, places, offsets[a], weights[a] if joined else 1.0, symmetrical, shares)
        if (not joined or a == offsets.size - 1) and _scale(shares):
            _add_features(shares, values, highest, known, symmetrical, with_mcc, total)
            used += 1
    for n in range(24):
        total[n] = total[n] / used if used > 0 else np.nan
    return total


@compiled
def _scale(shares):  # type: ignore[no-untyped-def]
    """Divide counts by their sum, if there is any."""
    total = 0.0
    for i in range(shares.shape[0]):
        for j in range(shares.shape[1]):
            total += shares[i, j]
    if total == 0.0:
        return False
    for i in range(shares.shape[0]):
        for j in range(shares.shape[1]):
            shares[i, j] /= total
    return True


@compiled
def _count_pairs(flat, places, offset, weight, symmetrical, matrix):  # type: ignore[no-untyped-def]
    for place in places:
        other = flat[place + offset]
        if other > 0:
            here = flat[place]
            matrix[here - 1, other - 1] += weight
            if symmetrical:
                matrix[other - 1, here - 1] += weight


@compiled
def _add_features(shares, values, highest, known, symmetrical, with_mcc, total):  # type: ignore[no-untyped-def]
    """Add the features of one matrix to a total, and empty the matrix."""
    found = np.zeros(24)
    rows, columns = np.zeros(values.size), np.zeros(values.size)
    sums, gaps = np.zeros(2 * highest + 1), np.zeros(highest)
    _margins(shares, values, rows, columns, sums, gaps)
    _joint(shares, values, rows, columns, found)
    _of_gaps(gaps, highest, found)
    _of_sums(sums, found)
    _information(shares, rows, columns, found)
    if with_mcc:
        found[15] = _correlation_coefficient(shares, rows, columns, known, symmetrical)
    for n in range(24):
        total[n] += found[n]
    for i in range(values.size):
        for j in range(values.size):
            shares[i, j] = 0.0


@compiled
def _margins(shares, values, rows, columns, sums, gaps):  # type: ignore[no-untyped-def]
    for i in range(values.size):
        for j in range(values.size):
            share = shares[i, j]
            if share > 0.0:
                rows[i] += share
                columns[j] += share
                sums[int(values[i] + values[j])] += share
                gaps[int(abs(values[i] - values[j]))] += share


@compiled
def _joint(shares, values, rows, columns, found):  # type: ignore[no-untyped-def]
    mean_i, mean_j, spread_i, spread_j, together = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(values.size):
        mean_i += rows[i] * values[i]
        mean_j += columns[i] * values[i]
    for i in range(values.size):
        spread_i += rows[i] * (values[i] - mean_i) ** 2
        spread_j += columns[i] * (values[i] - mean_j) ** 2
        for j in range(values.size):
            share = shares[i, j]
            if share == 0.0:
                continue
            found[0] += share * values[i] * values[j]
            both = values[i] + values[j] - mean_i - mean_j
            squared = both * both
            found[2] += share * squared * squared
            found[3] += share * squared * both
            found[4] += share * squared
            found[5] += share * (values[i] - values[j]) ** 2
            found[10] += share * share
            found[11] -= share * np.log2(share + _EPSILON)
            found[20] = max(found[20], share)
            together += share * (values[i] - mean_i) * (values[j] - mean_j)
    found[1], found[23] = mean_i, spread_i
    if np.count_nonzero(rows) < 2 or np.count_nonzero(columns) < 2:  # nothing varies, whatever rounding leaves
        found[6] = 1.0
    else:
        found[6] = together / (np.sqrt(spread_i) * np.sqrt(spread_j) + _EPSILON)


@compiled
def _of_gaps(gaps, highest, found):  # type: ignore[no-untyped-def]
    for gap in range(gaps.size):
        share = gaps[gap]
        if share == 0.0:
            continue
        found[7] += gap * share
        found[8] -= share * np.log2(share + _EPSILON)
        found[14] += share / (1.0 + gap * gap)
        found[16] += share / (1.0 + (gap * gap) / float(highest * highest))
        found[17] += share / (1.0 + gap)
        found[18] += share / (1.0 + gap / float(highest))
        if gap > 0:
            found[19] += share / float(gap * gap)
    for gap in range(gaps.size):
        found[9] += gaps[gap] * (gap - found[7]) ** 2


@compiled
def _of_sums(sums, found):  # type: ignore[no-untyped-def]
    for both in range(sums.size):
        share = sums[both]
        if share > 0.0:
            found[21] += both * share
            found[22] -= share * np.log2(share + _EPSILON)


@compiled
def _information(shares, rows, columns, found):  # type: ignore[no-untyped-def]
    alone_i, alone_j, expected, crossed = 0.0, 0.0, 0.0, 0.0
    for i in range(rows.size):
        alone_i -= rows[i] * np.log2(rows[i] + _EPSILON)
        alone_j -= columns[i] * np.log2(columns[i] + _EPSILON)
        for j in range(columns.size):
            product = rows[i] * columns[j]
            if product > 0.0:
                logarithm = np.log2(product + _EPSILON)
                crossed -= shares[i, j] * logarithm
                expected -= product * logarithm
    width = max(alone_i, alone_j)
    found[12] = (found[11] - crossed) / width if width != 0.0 else 0.0
    gained = expected - found[11]
    found[13] = np.sqrt(1.0 - np.exp(-2.0 * gained)) if gained > 0.0 else 0.0


@compiled
def _correlation_coefficient(shares, rows, columns, known, symmetrical):  # type: ignore[no-untyped-def]
    """Give the second singular value of the shares over the roots of both margins; it is that of Haralick's Q."""
    if known < 2:
        return 1.0
    if rows.size < 2:
        return 0.0
    scaled = np.zeros(shares.shape)
    for i in range(rows.size):
        for j in range(columns.size):
            if shares[i, j] > 0.0:
                scaled[i, j] = shares[i, j] / np.sqrt(rows[i] * columns[j])
    if symmetrical:
        diagonal, beside = three_diagonals(scaled)
        return max(eigenvalue(diagonal, beside, rows.size - 2), -eigenvalue(diagonal, beside, 0))
    squared = np.zeros(shares.shape)
    for i in range(rows.size):
        for j in range(rows.size):
            for k in range(rows.size):
                squared[i, j] += scaled[i, k] * scaled[j, k]
    diagonal, beside = three_diagonals(squared)
    return np.sqrt(max(eigenvalue(diagonal, beside, rows.size - 2), 0.0))
