"""First-order features: the distribution of the values, wherever they lie.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107).
"""

from __future__ import annotations

import numpy as np

from oncologyai.features.compiled import compiled
from oncologyai.features.discretise import Levels
from oncologyai.features.region import Region
from oncologyai.features.settings import FeatureSettings

__all__ = ["ORDER", "firstorder_features", "firstorder_statistics"]

_EPSILON = float(np.spacing(1.0))
ORDER = (
    "10Percentile", "90Percentile", "Energy", "Entropy", "InterquartileRange", "Kurtosis", "Maximum",
    "MeanAbsoluteDeviation", "Mean", "Median", "Minimum", "Range", "RobustMeanAbsoluteDeviation", "RootMeanSquared",
    "Skewness", "StandardDeviation", "TotalEnergy", "Uniformity", "Variance",
)  # fmt: skip
"""The features as ``firstorder_statistics`` gives them."""


def firstorder_features(region: Region, levels: Levels, settings: FeatureSettings) -> dict[str, float]:
    """Give the 19 first-order features by pyradiomics' names.

    Entropy is in bits. Kurtosis is not the excess: 3 for a normal distribution. Variance divides by n. Where
    all values are equal, Skewness and Kurtosis are 0. RobustMeanAbsoluteDeviation is NaN where no value lies
    between the 10th and the 90th percentile, as of two values. StandardDeviation, which pyradiomics leaves out by
    default, is included.

    Parameters
    ----------
    region : Region
        With at least one voxel.
    levels : Levels
        The region's grey levels, for Entropy and Uniformity.
    settings : FeatureSettings
        ``voxel_array_shift`` is used.
    """
    ordered = np.sort(region.values.astype(np.float64, copy=False))
    found = firstorder_statistics(
        ordered, levels.counts.astype(np.float64), settings.voxel_array_shift, region.voxel_mm3
    )
    return dict(zip(ORDER, (float(v) for v in found), strict=True))


@compiled
def firstorder_statistics(ordered, counts, shift, voxel_mm3):  # type: ignore[no-untyped-def]
    """Give the features of values in ascending order, in the order of ``ORDER``, shape (19,).

    Parameters
    ----------
    ordered : ndarray, shape (n,), float64
    counts : ndarray, shape (levels,), float64
        How many of the values each grey level has; 0 is allowed.
    shift, voxel_mm3 : float
    """
    found = np.zeros(19)
    number = ordered.size
    p10, p90 = _percentile(ordered, 0.1), _percentile(ordered, 0.9)
    energy, mean = 0.0, 0.0
    for n in range(number):
        energy += (ordered[n] + shift) ** 2
        mean += ordered[n]
    mean /= number
    _moments(ordered, mean, found)
    _robust(ordered, p10, p90, found)
    for level in range(counts.size):
        share = counts[level] / number
        found[3] -= share * np.log2(share + _EPSILON)
        found[17] += share * share
    found[0], found[1], found[4] = p10, p90, _percentile(ordered, 0.75) - _percentile(ordered, 0.25)
    found[2], found[13], found[16] = energy, np.sqrt(energy / number), energy * voxel_mm3
    found[6], found[10], found[11] = ordered[-1], ordered[0], ordered[-1] - ordered[0]
    found[8], found[9] = mean, _percentile(ordered, 0.5)
    return found


@compiled
def _percentile(ordered, share):  # type: ignore[no-untyped-def]
    """Give a percentile of values in ascending order, between two of them by proportion."""
    place = share * (ordered.size - 1)
    below = int(np.floor(place))
    if below >= ordered.size - 1:
        return ordered[-1]
    rest = place - below
    gap = ordered[below + 1] - ordered[below]
    return ordered[below] + gap * rest if rest < 0.5 else ordered[below + 1] - gap * (1.0 - rest)


@compiled
def _moments(ordered, mean, found):  # type: ignore[no-untyped-def]
    second, third, fourth, away = 0.0, 0.0, 0.0, 0.0
    for n in range(ordered.size):
        gap = ordered[n] - mean
        squared = gap * gap
        second += squared
        third += squared * gap
        fourth += squared * squared
        away += abs(gap)
    variance = second / ordered.size
    if ordered[-1] > ordered[0]:
        found[5] = fourth / ordered.size / variance**2
        found[14] = third / ordered.size / variance**1.5
    found[7], found[15], found[18] = away / ordered.size, np.sqrt(variance), variance


@compiled
def _robust(ordered, p10, p90, found):  # type: ignore[no-untyped-def]
    """Set the mean absolute deviation of the values from the 10th to the 90th percentile."""
    number, mean, away = 0, 0.0, 0.0
    for n in range(ordered.size):
        if p10 <= ordered[n] <= p90:
            number += 1
            mean += ordered[n]
    for n in range(ordered.size):
        if p10 <= ordered[n] <= p90:
            away += abs(ordered[n] - mean / number)
    found[12] = away / number if number > 0 else np.nan
