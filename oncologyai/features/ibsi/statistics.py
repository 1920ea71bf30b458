"""Intensity statistics and the intensity histogram (IBSI manual, 'Intensity-based statistics', 'histogram')."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["histogram_features", "statistics_features"]


def statistics_features(values: np.ndarray) -> dict[str, float]:
    """Give the 18 statistics by the IBSI's tags.

    Kurtosis is the excess; variance divides by n. Where all values are equal skewness and kurtosis are 0; a mean of 0
    gives a coefficient of variation that is not a number, and a sum of quartiles of 0 such a dispersion.

    Parameters
    ----------
    values : ndarray, shape (n,), not empty
    """
    return {
        **{f"stat_{name}": value for name, value in _distribution(values).items()},
        "stat_energy": float(np.sum(values**2)),
        "stat_rms": float(np.sqrt(np.mean(values**2))),
    }


def histogram_features(levels: np.ndarray, count: int) -> dict[str, float]:
    """Give the 23 features of the histogram by the IBSI's tags.

    Of modes that are equally frequent, the one nearest the mean counts; the gradient is taken by central differences,
    one-sided at the ends, and where it is greatest or least more than once the lowest level counts.

    Parameters
    ----------
    levels : ndarray, shape (n,), int, from 1 on, not empty
    count : int
        Number of bins.
    """
    counts = np.bincount(levels, minlength=count + 1)[1:].astype(np.float64)
    shares = counts[counts > 0] / levels.size
    modes = np.flatnonzero(counts == counts.max()) + 1
    slopes = np.gradient(counts) if count > 1 else np.zeros(1)
    return {
        **{f"ih_{name}": value for name, value in _distribution(levels.astype(np.float64)).items()},
        "ih_mode": float(modes[np.argmin(np.abs(modes - levels.mean()))]),
        "ih_entropy": float(-np.sum(shares * np.log2(shares))),
        "ih_uniformity": float(np.sum(shares**2)),
        "ih_max_grad": float(slopes.max()),
        "ih_max_grad_g": float(np.argmax(slopes) + 1),
        "ih_min_grad": float(slopes.min()),
        "ih_min_grad_g": float(np.argmin(slopes) + 1),
    }


def _distribution(values: np.ndarray) -> dict[str, float]:
    p10, p25, median, p75, p90 = (float(p) for p in np.percentile(values, (10, 25, 50, 75, 90)))
    mean = float(values.mean())
    deviations = values - mean
    variance = float(np.mean(deviations**2))
    middle = values[(values >= p10) & (values <= p90)]
    return {
        "mean": mean,
        "var": variance,
        "skew": float(np.mean(deviations**3)) / variance**1.5 if variance > 0 else 0.0,
        "kurt": float(np.mean(deviations**4)) / variance**2 - 3.0 if variance > 0 else 0.0,
        "median": median,
        "min": float(values.min()),
        "p10": p10,
        "p90": p90,
        "max": float(values.max()),
        "iqr": p75 - p25,
        "range": float(np.ptp(values)),
        "mad": float(np.mean(np.abs(deviations))),
        "rmad": float(np.mean(np.abs(middle - middle.mean()))) if middle.size else 0.0,
        "medad": float(np.mean(np.abs(values - median))),
        "cov": math.sqrt(variance) / mean if mean != 0.0 else math.nan,
        "qcod": (p75 - p25) / (p75 + p25) if p75 + p25 != 0.0 else math.nan,
    }
