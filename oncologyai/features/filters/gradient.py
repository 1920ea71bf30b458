"""The magnitude of the gradient, by central differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from oncologyai.features.filters.box import Box, flag, neighbourhood

__all__ = ["gradient"]


def gradient(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the gradient's magnitude under ``gradient``, as ITK's filter does.

    Half the difference of both neighbours along each axis, over the spacing; beyond the border lies the border's
    value. ITK stores the result as float32, which is not done here.

    Parameters
    ----------
    options : mapping
        ``gradientUseSpacing`` (true): values per mm; false: per voxel.
    """
    sampling = sampling_mm if flag(options, "gradientUseSpacing", True) else (1.0, 1.0, 1.0)
    around = neighbourhood(array, box, (1, 1, 1), "edge")
    squared = np.zeros(tuple(part.stop - part.start for part in box))
    for axis, spacing in enumerate(sampling):
        ends = [
            around[tuple(part if a == axis else slice(1, -1) for a in range(3))]
            for part in (slice(2, None), slice(None, -2))
        ]
        squared += ((ends[0] - ends[1]) / (2.0 * spacing)) ** 2
    yield "gradient", np.sqrt(squared)
