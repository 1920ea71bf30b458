"""Riesz transforms, directional derivatives of all frequencies alike, of two filters' maps (IBSI chapter 2)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.filters.box import Box, neighbourhood, whole_box, whole_number
from oncologyai.features.filters.fourier import filter_frequencies
from oncologyai.features.filters.sampled_laplacian import sampled_laplacian, sampled_laplacian_names
from oncologyai.features.filters.separable import boundary_of
from oncologyai.features.filters.simoncelli import band_pass

__all__ = ["riesz_laplacian", "riesz_laplacian_names", "riesz_simoncelli", "riesz_simoncelli_names"]

_MARGIN = 16  # voxels beyond each border, so that opposite borders of a periodic image lie apart


def riesz_laplacian(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the Riesz transform of the sampled Laplacian of Gaussian under ``ibsi-riesz-0-2-0-log-sigma-3-0-mm-3D``.

    Parameters
    ----------
    options : mapping
        ``order`` ([1, 0, 0]: along i, j and k), and those of the Laplacian: ``sigma``, ``truncate``, ``boundary``.

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    order = _order(options)
    three = {**options, "dimensions": 3}
    margin = (_MARGIN, _MARGIN, _MARGIN)
    image = neighbourhood(array, whole_box(array.shape), margin, boundary_of(options))
    ((_, smooth),) = sampled_laplacian(image, sampling_mm, three, whole_box(image.shape))
    found = filter_frequencies(smooth, (0, 1, 2), lambda frequencies: _riesz(frequencies, order))
    inner = tuple(slice(part.start + _MARGIN, part.stop + _MARGIN) for part in box)
    yield riesz_laplacian_names(options)[0], np.ascontiguousarray(found[inner])


def riesz_laplacian_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the name of the image that these options lead to."""
    log = sampled_laplacian_names({**options, "dimensions": 3})[0].removeprefix("ibsi-")
    return (f"ibsi-riesz-{_digits(options)}-{log}",)


def riesz_simoncelli(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the Riesz transform of the Simoncelli map under ``ibsi-riesz-0-2-0-simoncelli-level-1``.

    Parameters
    ----------
    options : mapping
        ``order`` ([1, 0, 0]: along i, j and k) and ``level`` (1). The image is periodic.

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    order, level = _order(options), whole_number(options, "level", 1, 1, 12)
    found = filter_frequencies(
        array.astype(np.float64), (0, 1, 2), lambda parts: band_pass(parts, level) * _riesz(parts, order)
    )
    yield riesz_simoncelli_names(options)[0], np.ascontiguousarray(found[box])


def riesz_simoncelli_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the name of the image that these options lead to."""
    return (f"ibsi-riesz-{_digits(options)}-simoncelli-level-{whole_number(options, 'level', 1, 1, 12)}",)


def _digits(options: Mapping[str, Any]) -> str:
    return "-".join(str(n) for n in reversed(_order(options)))


def _order(options: Mapping[str, Any]) -> tuple[int, ...]:
    """Give the order along (k, j, i)."""
    given = options.get("order", (1, 0, 0))
    right = isinstance(given, Sequence) and len(given) == 3 and all(isinstance(n, int) and 0 <= n <= 10 for n in given)
    if not right or sum(given) == 0:
        raise InputError("order", expected="three whole numbers along i, j and k, not all 0", got=repr(given))
    return tuple(reversed(given))


def _riesz(frequencies: list[np.ndarray], order: tuple[int, ...]) -> np.ndarray:
    """Give (-i)**n sqrt(n! / (a! b! c!)) f1**a f2**b f3**c / f**n, n the sum of the orders; 0 at frequency 0."""
    total = sum(order)
    length = np.sqrt(sum(f**2 for f in frequencies))
    scale = math.sqrt(math.factorial(total) / math.prod(math.factorial(n) for n in order))
    top = np.ones(1)
    for frequency, n in zip(frequencies, order, strict=True):
        top = top * frequency**n
    found: np.ndarray = (-1j) ** total * scale * top / np.where(length > 0.0, length, 1.0) ** total
    return found
