"""Which values may be lesion, learnt from the neighbourhood of the seeds and from what the modality's units mean."""

from __future__ import annotations

import numpy as np

__all__ = ["tissue_range"]


def tissue_range(values: np.ndarray, modality: str) -> tuple[float, float, float]:
    """Give the lowest and highest value of lesion and the standard deviation, from ``values`` near the seeds."""
    if modality == "CT":
        soft = values[(values > -150) & (values < 250)]
        use = soft if soft.size * 4 >= values.size else values
        middle, spread = _middle_and_spread(use)
        spread = max(spread, 12.0)
        half = max(4 * spread, 60.0)
        return middle - half, middle + half, spread
    if modality == "PT":
        top = float(np.percentile(values, 90))
        return 0.41 * top, np.inf, 0.1 * top
    middle, spread = _middle_and_spread(values)
    spread = max(spread, 0.08 * abs(middle), 1e-6)
    return middle - 3 * spread, middle + 3 * spread, spread


def _middle_and_spread(values: np.ndarray) -> tuple[float, float]:
    middle = float(np.median(values))
    return middle, float(1.4826 * np.median(np.abs(values - middle)))
