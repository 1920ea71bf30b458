"""The part of an image where a filter's values are needed, and what the filter must see to give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from oncologyai.errors import InputError

__all__ = ["Box", "check_box", "flag", "grown", "neighbourhood", "number", "whole_box", "whole_number", "within"]

Box = tuple[slice, slice, slice]


def whole_box(shape: tuple[int, ...]) -> Box:
    """Give the box of a whole image of shape (k, j, i)."""
    k, j, i = shape
    return slice(0, k), slice(0, j), slice(0, i)


def check_box(box: Box | None, shape: tuple[int, ...]) -> Box:
    """Give the box with its ends filled in; without one, that of the whole image.

    Raises
    ------
    InputError
        If the box does not have three slices of step 1 that hold voxels and lie in the image.
    """
    if box is None:
        return whole_box(shape)
    if len(box) != 3 or any(part.step not in (None, 1) for part in box):
        raise InputError("box", expected="three slices of step 1", got=str(box))
    found = []
    for part, size in zip(box, shape, strict=True):
        start = 0 if part.start is None else int(part.start)
        stop = size if part.stop is None else int(part.stop)
        if not 0 <= start < stop <= size:
            raise InputError("box", expected=f"slices that hold voxels of an image of shape {shape}", got=str(box))
        found.append(slice(start, stop))
    return found[0], found[1], found[2]


def grown(box: Box, margin: tuple[int, int, int], shape: tuple[int, ...]) -> Box:
    """Give the box with a margin of voxels along (k, j, i), cut at the image's border."""
    parts = [
        slice(max(part.start - reach, 0), min(part.stop + reach, size))
        for part, reach, size in zip(box, margin, shape, strict=True)
    ]
    return parts[0], parts[1], parts[2]


def within(box: Box, outer: Box) -> Box:
    """Give the box in the coordinates of a larger one that holds it."""
    parts = [slice(p.start - o.start, p.stop - o.start) for p, o in zip(box, outer, strict=True)]
    return parts[0], parts[1], parts[2]


def neighbourhood(array: np.ndarray, box: Box, margin: tuple[int, int, int], mode: str) -> np.ndarray:
    """Give the image in a box with a margin, float64, made up beyond the image's border.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
    box : three slices
    margin : tuple of int
        Voxels to be added at both ends along (k, j, i); it may be wider than the image.
    mode : str
        What lies beyond the border, as ``numpy.pad`` names it: ``edge`` (the nearest voxel), ``wrap`` (periodic),
        ``symmetric`` (mirrored, the border voxel twice), ``reflect`` (mirrored, once) or ``constant`` (zero).
    """
    parts, outside = [], []
    for part, reach, size in zip(box, margin, array.shape, strict=True):
        places = np.arange(part.start - reach, part.stop + reach)
        parts.append(_inside(places, size, mode))
        outside.append((places < 0) | (places >= size))
    found = array[np.ix_(*parts)].astype(np.float64)
    if mode == "constant":
        for axis, beyond in enumerate(outside):
            found[(slice(None),) * axis + (beyond,)] = 0.0
    return found


def _inside(places: np.ndarray, size: int, mode: str) -> np.ndarray:
    """Give for each place along an axis the voxel whose value it has."""
    if mode == "wrap":
        return places % size
    if mode == "symmetric":
        turned = places % (2 * size)
        return np.minimum(turned, 2 * size - 1 - turned)
    if mode == "reflect":
        period = max(2 * size - 2, 1)
        turned = places % period
        return np.minimum(turned, period - turned) if size > 1 else np.zeros_like(places)
    return np.clip(places, 0, size - 1)


def number(options: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    """Give an option that is a number within ``low`` and ``high``.

    Raises
    ------
    InputError
        If it is not.
    """
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(name, expected=f"a number from {low:g} to {high:g}", got=repr(value))
    return value


def whole_number(options: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    """Give an option that is a whole number within ``low`` and ``high``.

    Raises
    ------
    InputError
        If it is not.
    """
    value = number(options, name, default, low, high)
    if value != int(value):
        raise InputError(name, expected=f"a whole number from {low} to {high}", got=repr(value))
    return int(value)


def flag(options: Mapping[str, Any], name: str, default: bool) -> bool:
    """Give an option that is true or false.

    Raises
    ------
    InputError
        If it is neither.
    """
    value = options.get(name, default)
    if not isinstance(value, bool | np.bool_):
        raise InputError(name, expected="true or false", got=repr(value))
    return bool(value)
