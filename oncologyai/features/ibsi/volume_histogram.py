"""The intensity-volume histogram: which share of the volume has at least which intensity (IBSI manual)."""

from __future__ import annotations

import numpy as np

from oncologyai.features.ibsi.processing import discretise
from oncologyai.features.ibsi.settings import IbsiSettings

__all__ = ["volume_histogram_features"]


def volume_histogram_features(values: np.ndarray, settings: IbsiSettings) -> dict[str, float]:
    """Give the 7 features by the IBSI's tags.

    Where bins are whole numbers they run over ``range``, where it is finite, or from the least value to the greatest.
    Bins of a fixed size stand for their middle, a fixed number of bins for their own number.

    Parameters
    ----------
    values : ndarray, shape (n,), not empty
    settings : IbsiSettings
        ``range``, ``histogram_width`` and ``histogram_count`` are used.
    """
    bins, levels = _bins(values, settings)
    counts = np.bincount(bins, minlength=len(levels)).astype(np.float64)
    volume = 1.0 - (np.cumsum(counts) - counts) / values.size  # share of voxels in this bin or above
    intensity = (levels - levels[0]) / (levels[-1] - levels[0]) if len(levels) > 1 else np.zeros(1)
    v10, v90 = _volume_at(volume, intensity, 0.10), _volume_at(volume, intensity, 0.90)
    i10, i90 = _intensity_at(volume, levels, 0.10), _intensity_at(volume, levels, 0.90)
    return {
        "ivh_v10": v10,
        "ivh_v90": v90,
        "ivh_i10": i10,
        "ivh_i90": i90,
        "ivh_diff_v10_v90": v10 - v90,
        "ivh_diff_i10_i90": i10 - i90,
        "ivh_auc": float(np.trapezoid(volume, intensity)),
    }


def _bins(values: np.ndarray, settings: IbsiSettings) -> tuple[np.ndarray, np.ndarray]:
    """Give each value's bin, from 0 on, and the intensity that each bin stands for."""
    if settings.histogram_count is not None:
        found, count = discretise(values, width=None, count=settings.histogram_count, lowest=None)
        return found - 1, np.arange(1.0, count + 1.0)
    width = 1.0 if settings.histogram_width is None else settings.histogram_width
    low, high = (float(values.min()), float(values.max()))
    if settings.range is not None:
        low = settings.range[0] if np.isfinite(settings.range[0]) else low
        high = settings.range[1] if np.isfinite(settings.range[1]) else high
    middle = 0.0 if settings.histogram_width is None else 0.5
    found = np.floor((values - low) / width).astype(np.intp)
    count = max(int(found.max()) + 1, int(np.ceil((high - low) / width - 1e-9)) + (1 if middle == 0.0 else 0))
    return found, low + (np.arange(count) + middle) * width


def _volume_at(volume: np.ndarray, intensity: np.ndarray, share: float) -> float:
    reached = volume[intensity >= share]
    return float(reached.max()) if reached.size else 0.0


def _intensity_at(volume: np.ndarray, levels: np.ndarray, share: float) -> float:
    reached = levels[volume <= share]
    return float(reached.min()) if reached.size else float(levels[-1])
