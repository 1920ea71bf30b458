"""The Simoncelli wavelet: a ring of frequencies, the same in all directions (IBSI chapter 2)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from oncologyai.features.filters.box import Box, whole_number
from oncologyai.features.filters.fourier import filter_frequencies

__all__ = ["band_pass", "simoncelli", "simoncelli_names"]


def simoncelli(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the band-pass map of one level under ``ibsi-simoncelli-level-1-3D``. The image is periodic.

    Parameters
    ----------
    options : mapping
        ``level`` (1), ``dimensions`` (3; 2: in each plane across k).

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    level, dimensions = whole_number(options, "level", 1, 1, 12), whole_number(options, "dimensions", 3, 2, 3)
    axes = (0, 1, 2) if dimensions == 3 else (1, 2)
    image = array.astype(np.float64) if dimensions == 3 else array[box[0]].astype(np.float64)
    found = filter_frequencies(image, axes, lambda frequencies: band_pass(frequencies, level))
    inner = box if dimensions == 3 else (slice(None), box[1], box[2])
    yield simoncelli_names(options)[0], np.ascontiguousarray(found[inner])


def simoncelli_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the name of the image that these options lead to."""
    level, dimensions = whole_number(options, "level", 1, 1, 12), whole_number(options, "dimensions", 3, 2, 3)
    return (f"ibsi-simoncelli-level-{level}-{dimensions}D",)


def band_pass(frequencies: list[np.ndarray], level: int) -> np.ndarray:
    """Give cos(pi / 2 log2(2 f)) where f, the frequency's length times 2**(level - 1), is within 1/4 and 1; else 0."""
    length = np.sqrt(sum(f**2 for f in frequencies)) * 2.0 ** (level - 1)
    inside = (length > 0.25) & (length <= 1.0)
    return np.where(inside, np.cos(math.pi / 2.0 * np.log2(2.0 * np.where(inside, length, 1.0))), 0.0)
