"""The stationary wavelet transform, one level at a time: the sub-bands of pyradiomics' ``Wavelet`` images.

The grid stays as it is: low-pass and high-pass filters of the wavelet run along each axis of the periodic image, which
is first made even in each direction by one more plane, a copy of the first. Levels after the first filter the
approximation again with the same filters: pyradiomics 3 does not stretch them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pywt

from oncologyai.errors import InputError
from oncologyai.features.compiled import compiled
from oncologyai.features.filters.box import Box, flag, whole_number

__all__ = ["WaveletLevel", "wavelet", "wavelet_levels", "wavelet_names"]

_CHUNK = 2048  # values of a line that are filtered at a time: they stay in the processor's cache


def wavelet(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the sub-bands under ``wavelet-LLH`` ... and, last, the approximation ``wavelet-LLL``.

    Letters stand for the axes i, j, k in this order; sub-bands of the second level on are ``wavelet2-LLH`` ...

    Parameters
    ----------
    options : mapping
        ``wavelet`` (coif1), ``level`` (1), ``start_level`` (0, levels that are passed over first), ``force2D`` (false)
        and ``force2Ddimension`` (0, the axis of (k, j, i) that is left out).

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    low, high = _filters(options)
    axes = _axes(options)
    level, skipped = _levels(options)
    before, after = len(low) // 2 - 1, len(low) // 2
    data = _periodic(array, box, axes, (level + skipped) * before, (level + skipped) * after)
    for left in range(level + skipped - 1, -1, -1):  # how many levels come after this one
        bands = _decompose(data, axes, low, high)
        data = bands.pop("L" * len(axes))
        if left >= level:
            continue
        inner = _without(data.shape, axes, left * before, left * after)
        for name, band in bands.items():
            yield f"{_prefix(level - left)}-{name}", np.ascontiguousarray(band[inner])
    yield f"{_prefix(level)}-{'L' * len(axes)}", data


@dataclass(frozen=True, eq=False)
class WaveletLevel:
    """A level of the transform as matrices.

    Parameters
    ----------
    prefix : str
        What its sub-bands' names begin with.
    axes : tuple of int
        Of (k, j, i) that are filtered, in the order of the letters of a name.
    matrices : mapping of int to two ndarray
        Low-pass and high-pass along each of these axes, shape (box, image).
    last : bool
        Whether the approximation of this level is given too.
    """

    prefix: str
    axes: tuple[int, ...]
    matrices: Mapping[int, tuple[np.ndarray, np.ndarray]]
    last: bool


def wavelet_levels(shape: tuple[int, ...], options: Mapping[str, Any], box: Box) -> Iterator[WaveletLevel]:
    """Give the same transform of an image of ``shape`` as matrices, from the image itself to each level's sub-bands."""
    low, high = _filters(options)
    axes = _axes(options)
    level, skipped = _levels(options)
    before, after = len(low) // 2 - 1, len(low) // 2
    lines = {axis: _unit_lines(shape[axis], box[axis], (level + skipped) * before, (level + skipped) * after)
             for axis in axes}  # fmt: skip
    for left in range(level + skipped - 1, -1, -1):  # how many levels come after this one
        split = {axis: _split(lines[axis], 0, low, high) for axis in axes}
        lines = {axis: split[axis][0] for axis in axes}
        if left < level:
            kept = {axis: slice(left * before, lines[axis].shape[0] - left * after) for axis in axes}
            matrices = {axis: (split[axis][0][kept[axis], 0], split[axis][1][kept[axis], 0]) for axis in axes}
            yield WaveletLevel(_prefix(level - left), axes, matrices, left == 0)


def _unit_lines(size: int, part: slice, before: int, after: int) -> np.ndarray:
    """Give the unit vectors of a line, side by side, with the margin that the periodic image has around the box."""
    unit = np.eye(size)[:, None, :]
    return _periodic(unit, (part, slice(0, 1), slice(0, size)), (0,), before, after)


def wavelet_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of the sub-bands that these options lead to, in order."""
    letters = len(_axes(options))
    bands = [format(n, f"0{letters}b").replace("0", "L").replace("1", "H") for n in range(1, 2**letters)]
    level = _levels(options)[0]
    details = [f"{_prefix(step)}-{band}" for step in range(1, level + 1) for band in bands]
    return (*details, f"{_prefix(level)}-{'L' * letters}")


def _prefix(level: int) -> str:
    return "wavelet" if level == 1 else f"wavelet{level}"


def _filters(options: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    name = options.get("wavelet", "coif1")
    if name not in pywt.wavelist(kind="discrete"):
        raise InputError("wavelet", expected="the name of a discrete wavelet, such as coif1", got=repr(name))
    found = pywt.Wavelet(name)
    return np.asarray(found.dec_lo, dtype=np.float64), np.asarray(found.dec_hi, dtype=np.float64)


def _axes(options: Mapping[str, Any]) -> tuple[int, ...]:
    """Give the array axes that are filtered, in the order of the letters of a name."""
    left_out = whole_number(options, "force2Ddimension", 0, 0, 2) if flag(options, "force2D", False) else None
    return tuple(axis for axis in (2, 1, 0) if axis != left_out)


def _levels(options: Mapping[str, Any]) -> tuple[int, int]:
    return whole_number(options, "level", 1, 1, 10), whole_number(options, "start_level", 0, 0, 10)


def _periodic(array: np.ndarray, box: Box, axes: tuple[int, ...], before: int, after: int) -> np.ndarray:
    """Give the box with a margin along the filtered axes, taken from the periodic image of even size."""
    parts = []
    for axis, (part, size) in enumerate(zip(box, array.shape, strict=True)):
        if axis not in axes:
            parts.append(np.arange(part.start, part.stop))
            continue
        places = np.arange(part.start - before, part.stop + after) % (size + size % 2)
        parts.append(np.where(places == size, 0, places))
    return array[np.ix_(*parts)].astype(np.float64)


def _without(shape: tuple[int, ...], axes: tuple[int, ...], before: int, after: int) -> Box:
    parts = [slice(before, size - after) if axis in axes else slice(0, size) for axis, size in enumerate(shape)]
    return parts[0], parts[1], parts[2]


def _decompose(data: np.ndarray, axes: tuple[int, ...], low: np.ndarray, high: np.ndarray) -> dict[str, np.ndarray]:
    """Give all sub-bands of one level where the filters lie wholly inside the data."""
    bands = {"": data}
    for axis in axes:
        split = {}
        for name, band in bands.items():
            split[name + "L"], split[name + "H"] = _split(band, axis, low, high)
        bands = split
    return bands


def _split(data: np.ndarray, axis: int, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Filter along one axis with both filters."""
    shape = list(data.shape)
    lines, step = int(np.prod(shape[:axis])), int(np.prod(shape[axis + 1 :]))
    shape[axis] -= len(low) - 1
    found = np.zeros((2, lines, shape[axis] * step))
    _convolve(np.ascontiguousarray(data).reshape(lines, -1), low, high, step, found)
    return found[0].reshape(shape), found[1].reshape(shape)


@compiled
def _convolve(lines: np.ndarray, low: np.ndarray, high: np.ndarray, step: int, found: np.ndarray) -> None:
    taps = len(low)
    for line in range(lines.shape[0]):
        for start in range(0, found.shape[2], _CHUNK):
            stop = min(start + _CHUNK, found.shape[2])
            for tap in range(taps):
                shift = (taps - 1 - tap) * step
                by_low, by_high = low[tap], high[tap]
                for place in range(start, stop):
                    value = lines[line, place + shift]
                    found[0, line, place] += by_low * value
                    found[1, line, place] += by_high * value
