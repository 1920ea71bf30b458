"""Filters that change each value by itself: square, root, logarithm, exponential; scaled to the image's own range.

Names, scaling and order of operations are those of pyradiomics 3 (van Griethuysen et al., Cancer Res
2017;77:e104-e107). The scale is the greatest absolute value m of the whole image, wherever the box lies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from oncologyai.features.filters.box import Box

__all__ = ["exponential", "greatest_absolute", "logarithm", "square", "square_root"]

Sampling = tuple[float, float, float]


def square(
    array: np.ndarray, sampling_mm: Sampling, options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give x**2 / m under ``square``; an image of zeros stays so."""
    greatest = greatest_absolute(array)
    scale = 1.0 / math.sqrt(greatest) if greatest > 0.0 else 0.0
    yield "square", (scale * array[box].astype(np.float64)) ** 2


def square_root(
    array: np.ndarray, sampling_mm: Sampling, options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give sqrt(m |x|) with the sign of x under ``squareroot``."""
    values = array[box].astype(np.float64)
    yield "squareroot", np.copysign(np.sqrt(np.abs(values) * greatest_absolute(array)), values)


def logarithm(
    array: np.ndarray, sampling_mm: Sampling, options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give log(|x| + 1) m / log(m + 1) with the sign of x under ``logarithm``; an image of zeros stays so."""
    values = array[box].astype(np.float64)
    greatest = greatest_absolute(array)
    scale = greatest / math.log(greatest + 1.0) if greatest > 0.0 else 0.0
    yield "logarithm", np.copysign(np.log(np.abs(values) + 1.0), values) * scale


def exponential(
    array: np.ndarray, sampling_mm: Sampling, options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give exp(x log(m) / m) under ``exponential``; an image of zeros gives ones."""
    greatest = greatest_absolute(array)
    scale = math.log(greatest) / greatest if greatest > 0.0 else 0.0
    yield "exponential", np.exp(scale * array[box].astype(np.float64))


def greatest_absolute(array: np.ndarray) -> float:
    """Give the greatest absolute value of an image without a copy of it."""
    return max(float(array.max()), -float(array.min()))
