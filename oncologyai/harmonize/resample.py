"""Resampling to voxels of a given size, or to a given number of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from oncologyai._checks import check_choice, check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.harmonize.interpolation import METHODS, Interpolated
from oncologyai.harmonize.state import State

__all__ = ["ResampleToSpacing", "ResizeToShape"]


@dataclass(frozen=True)
class ResampleToSpacing:
    """Resample to voxels of a given size; the field of view keeps its centre.

    Parameters
    ----------
    spacing_mm : tuple of (float or None)
        Voxel edges along (i, j, k); None keeps that of the image.
    method : str
        One of ``METHODS``. Frequencies that larger voxels cannot hold are not taken off, as the published chains
        (ch. 3, ch. 4) do not either.

    Raises
    ------
    InputError
        If an edge is not above 0, or the method is unknown.
    """

    spacing_mm: tuple[float | None, float | None, float | None] = (1.0, 1.0, 1.0)  # ch. 4, 2.3
    method: str = "bspline"  # ch. 4, 2.3

    def __post_init__(self) -> None:
        check_choice(self.method, METHODS, "method")
        if len(self.spacing_mm) != 3:
            raise InputError("spacing_mm", expected="three edges (i, j, k)", got=str(self.spacing_mm))
        for edge in self.spacing_mm:
            if edge is not None:
                check_positive(edge, "spacing_mm", "mm")

    def apply(self, state: State) -> State:
        """Resample; an image that has the spacing stays as it is."""
        old = state.volume.sampling_mm
        step = tuple(1.0 if edge is None else edge / had for edge, had in zip(self.spacing_mm[::-1], old, strict=True))
        if all(math.isclose(s, 1.0, abs_tol=1e-6) for s in step):
            return state
        shape = state.volume.shape
        size = tuple(max(1, math.floor(n / s + 0.5)) for n, s in zip(shape, step, strict=True))
        offset = tuple((n - 1) / 2 - s * (m - 1) / 2 for n, s, m in zip(shape, step, size, strict=True))
        return state.moved(Interpolated(self.method, _triple(step), _triple(offset), shape, _whole(size)))


@dataclass(frozen=True)
class ResizeToShape:
    """Stretch the image to a number of voxels, the field of view as it was.

    Parameters
    ----------
    shape : tuple of int
        Slices, rows and columns.
    method : str
        One of ``METHODS``.

    Raises
    ------
    InputError
        If a number is not within 1-4096, or the method is unknown.
    """

    shape: tuple[int, int, int]
    method: str = "bspline"  # ch. 4, 2.3: spline of order 3

    def __post_init__(self) -> None:
        check_choice(self.method, METHODS, "method")
        if len(self.shape) != 3:
            raise InputError("shape", expected="slices, rows and columns", got=str(self.shape))
        for size in self.shape:
            check_range(size, 1, 4096, "shape")

    def apply(self, state: State) -> State:
        """Resample; an image of that shape stays as it is."""
        old = state.volume.shape
        if old == tuple(self.shape):
            return state
        step = tuple(n / m for n, m in zip(old, self.shape, strict=True))
        offset = tuple((s - 1) / 2 for s in step)
        return state.moved(Interpolated(self.method, _triple(step), _triple(offset), old, _whole(self.shape)))


def _triple(values: tuple[float, ...]) -> tuple[float, float, float]:
    return values[0], values[1], values[2]


def _whole(values: tuple[int, ...]) -> tuple[int, int, int]:
    return values[0], values[1], values[2]
