"""First-order features: the distribution of the values, wherever they lie.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107).
"""

from __future__ import annotations

import math

import numpy as np

from oncologyai.features.discretise import Levels
from oncologyai.features.region import Region
from oncologyai.features.settings import FeatureSettings

__all__ = ["firstorder_features"]

_EPSILON = float(np.spacing(1.0))


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
    values = region.values.astype(np.float64, copy=False)
    p10, p25, median, p75, p90 = (float(p) for p in np.percentile(values, (10, 25, 50, 75, 90)))
    least, greatest = float(values.min()), float(values.max())
    mean = float(values.mean())
    deviations = values - mean
    squares = deviations * deviations
    variance = float(squares.mean())
    energy = float(np.sum((values + settings.voxel_array_shift) ** 2))
    shares = levels.counts / values.size
    return {
        "10Percentile": p10,
        "90Percentile": p90,
        "Energy": energy,
        "Entropy": float(-np.sum(shares * np.log2(shares + _EPSILON))),
        "InterquartileRange": p75 - p25,
        "Kurtosis": float(np.mean(squares * squares)) / variance**2 if variance > 0.0 else 0.0,
        "Maximum": greatest,
        "MeanAbsoluteDeviation": float(np.abs(deviations).mean()),
        "Mean": mean,
        "Median": median,
        "Minimum": least,
        "Range": greatest - least,
        "RobustMeanAbsoluteDeviation": _robust_deviation(values, p10, p90),
        "RootMeanSquared": float(np.sqrt(energy / values.size)),
        "Skewness": float(np.mean(squares * deviations)) / variance**1.5 if variance > 0.0 else 0.0,
        "StandardDeviation": float(np.sqrt(variance)),
        "TotalEnergy": energy * region.voxel_mm3,
        "Uniformity": float(np.sum(shares**2)),
        "Variance": variance,
    }


def _robust_deviation(values: np.ndarray, p10: float, p90: float) -> float:
    """Give the mean absolute deviation of the values from the 10th to the 90th percentile."""
    middle = values[(values >= p10) & (values <= p90)]
    return float(np.abs(middle - middle.mean()).mean()) if middle.size else math.nan
