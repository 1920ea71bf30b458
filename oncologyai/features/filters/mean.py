"""The mean of a square or cube around each voxel (IBSI chapter 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.filters.box import Box, whole_number
from oncologyai.features.filters.separable import boundary_of, respond

__all__ = ["mean", "mean_names"]


def mean(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the mean under ``ibsi-mean-15-3D``.

    Parameters
    ----------
    options : mapping
        ``support`` (15 voxels, odd), ``dimensions`` (3; 2: in each plane across k), ``boundary`` (mirror).

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    support = _support(options)
    flat = whole_number(options, "dimensions", 3, 2, 3) == 2
    line = np.full(support, 1.0 / support)
    yield mean_names(options)[0], respond(array, box, (None if flat else line, line, line), boundary_of(options))


def mean_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the name of the image that these options lead to."""
    return (f"ibsi-mean-{_support(options)}-{whole_number(options, 'dimensions', 3, 2, 3)}D",)


def _support(options: Mapping[str, Any]) -> int:
    support = whole_number(options, "support", 15, 1, 999)
    if support % 2 == 0:
        raise InputError("support", expected="an odd number of voxels", got=str(support))
    return support
