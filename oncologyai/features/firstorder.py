"""First-order features: the distribution of the values, wherever they lie.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107).
"""

from __future__ import annotations

import numpy as np

from oncologyai.features.region import Region
from oncologyai.features.settings import FeatureSettings

__all__ = ["firstorder_features"]

_EPSILON = float(np.spacing(1.0))


def firstorder_features(region: Region, settings: FeatureSettings) -> dict[str, float]:
    """Give the 19 first-order features by pyradiomics' names.

    Entropy is in bits. Kurtosis is not the excess: 3 for a normal distribution. Variance divides by n. Where
    all values are equal, Skewness and Kurtosis are 0. StandardDeviation, which pyradiomics leaves out by
    default, is included.

    Parameters
    ----------
    region : Region
        With at least one voxel.
    settings : FeatureSettings
        ``bin_width`` and ``voxel_array_shift`` are used.
    """
    values = region.values
    p10, p25, p75, p90 = (float(p) for p in np.percentile(values, (10, 25, 75, 90)))
    mean = float(values.mean())
    deviations = values - mean
    variance = float(np.mean(deviations**2))
    energy = float(np.sum((values + settings.voxel_array_shift) ** 2))
    shares = _shares(values, settings.bin_width)
    return {
        "10Percentile": p10,
        "90Percentile": p90,
        "Energy": energy,
        "Entropy": float(-np.sum(shares * np.log2(shares + _EPSILON))),
        "InterquartileRange": p75 - p25,
        "Kurtosis": _standardised_moment(deviations, variance, 4),
        "Maximum": float(values.max()),
        "MeanAbsoluteDeviation": float(np.abs(deviations).mean()),
        "Mean": mean,
        "Median": float(np.median(values)),
        "Minimum": float(values.min()),
        "Range": float(np.ptp(values)),
        "RobustMeanAbsoluteDeviation": _robust_deviation(values, p10, p90),
        "RootMeanSquared": float(np.sqrt(energy / values.size)),
        "Skewness": _standardised_moment(deviations, variance, 3),
        "StandardDeviation": float(np.sqrt(variance)),
        "TotalEnergy": energy * region.voxel_mm3,
        "Uniformity": float(np.sum(shares**2)),
        "Variance": variance,
    }


def _shares(values: np.ndarray, bin_width: float) -> np.ndarray:
    """Give the share of each bin that is not empty; bins begin at multiples of the width."""
    bins = np.floor(values / bin_width).astype(np.int64)
    _, counts = np.unique(bins, return_counts=True)
    return np.asarray(counts / values.size)


def _standardised_moment(deviations: np.ndarray, variance: float, order: int) -> float:
    if variance == 0.0:
        return 0.0
    return float(np.mean(deviations**order)) / variance ** (order / 2.0)


def _robust_deviation(values: np.ndarray, p10: float, p90: float) -> float:
    """Give the mean absolute deviation of the values from the 10th to the 90th percentile."""
    middle = values[(values >= p10) & (values <= p90)]
    return float(np.abs(middle - middle.mean()).mean()) if middle.size else 0.0
