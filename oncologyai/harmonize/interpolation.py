"""Interpolation along the axes of a grid, recorded for the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

__all__ = ["METHODS", "Interpolated", "sample_axis"]

_SAME_PLACE = 1e-6


@dataclass(frozen=True)
class _Kernel:
    """Weights by distance in voxels, up to ``reach``; ``mirrored`` beyond the border instead of repeated."""

    weights: Callable[[np.ndarray], np.ndarray]
    reach: int
    mirrored: bool = False


def _hat(distance: np.ndarray) -> np.ndarray:
    return np.maximum(0.0, 1.0 - distance)


def _keys(distance: np.ndarray) -> np.ndarray:
    """Cubic convolution over four voxels with a = -0.75 (Keys 1981, and OpenCV's bicubic)."""
    a = -0.75
    near = (a + 2) * distance**3 - (a + 3) * distance**2 + 1
    far = a * (distance**3 - 5 * distance**2 + 8 * distance - 4)
    return np.where(distance <= 1, near, np.where(distance < 2, far, 0.0))


def _cubic_spline(distance: np.ndarray) -> np.ndarray:
    near = 2 / 3 - distance**2 + distance**3 / 2
    return np.where(distance < 1, near, np.where(distance < 2, (2 - distance) ** 3 / 6, 0.0))


METHODS: dict[str, str] = {
    "nearest": "the nearest voxel",
    "linear": "linear between two voxels along each axis",
    "cubic": "cubic convolution over four voxels along each axis (bicubic in a slice)",
    "bspline": "cubic B-spline, as ITK's",
}
"""The ways of interpolation."""

_KERNELS = {
    "linear": _Kernel(_hat, 1),
    "cubic": _Kernel(_keys, 2),
    "bspline": _Kernel(_cubic_spline, 2, mirrored=True),
}


@dataclass(frozen=True)
class Interpolated:
    """A grid of other voxels along the same axes: voxel n of an axis lies at ``offset + step * n`` of the old one.

    All triples are in the order (k, j, i). Masks are interpolated linearly and cut at one half, also on the way back.
    """

    method: str
    step: tuple[float, float, float]
    offset: tuple[float, float, float]
    shape: tuple[int, int, int]
    size: tuple[int, int, int]

    def forward(self, array: np.ndarray, fill: float) -> np.ndarray:
        """Sample; nothing is new, so ``fill`` is not used. Values are float32, but for the nearest neighbour."""
        if array.dtype == np.bool_:
            inside: np.ndarray = self._sampled(array.astype(np.float32), "linear") >= 0.5
            return inside
        return self._sampled(array, self.method)

    def back(self, array: np.ndarray) -> np.ndarray:
        """Sample linearly at the old voxels; those beyond the outermost new ones take their value."""
        for axis in range(3):
            places = (np.arange(self.shape[axis]) - self.offset[axis]) / self.step[axis]
            array = sample_axis(array, axis, places, "linear")
        return array

    def grid(self, ijk_to_ras: np.ndarray) -> np.ndarray:
        """Give the new grid's matrix."""
        scale = np.diag([*self.step[::-1], 1.0])
        scale[:3, 3] = self.offset[::-1]
        return ijk_to_ras @ scale

    def _sampled(self, array: np.ndarray, method: str) -> np.ndarray:
        for axis in range(3):
            places = self.offset[axis] + self.step[axis] * np.arange(self.size[axis])
            array = sample_axis(array, axis, places, method)
        return array


def sample_axis(array: np.ndarray, axis: int, places: np.ndarray, method: str) -> np.ndarray:
    """Sample an array at ``places`` of one axis, in voxels; beyond the border its outermost voxel is repeated.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
        Of any type; the result is float32, for ``nearest`` of the same type.
    axis : int
    places : ndarray
    method : str
        One of ``METHODS``.
    """
    size = array.shape[axis]
    near = np.floor(places + 0.5)
    if method == "nearest" or np.abs(places - near).max() < _SAME_PLACE:
        taken = np.take(array, np.clip(near, 0, size - 1).astype(np.intp), axis=axis)
        return taken if method == "nearest" else taken.astype(np.float32)
    kernel = _KERNELS[method]
    source = array.astype(np.float32)
    if method == "bspline" and size > 1:
        source = ndimage.spline_filter1d(source, order=3, axis=axis, output=np.float32, mode="mirror")
    places = np.clip(places, 0, size - 1)
    taps = np.floor(places).astype(np.intp)[:, None] + np.arange(1 - kernel.reach, kernel.reach + 1)
    weights = np.zeros((len(places), size))
    rows = np.arange(len(places))[:, None]
    np.add.at(weights, (rows, _inside(taps, size, kernel.mirrored)), kernel.weights(np.abs(places[:, None] - taps)))
    found = np.tensordot(weights.astype(np.float32), source, axes=(1, axis))
    return np.ascontiguousarray(np.moveaxis(found, 0, axis))


def _inside(taps: np.ndarray, size: int, mirrored: bool) -> np.ndarray:
    """Bring taps beyond the border into the image."""
    if not mirrored or size == 1:
        return np.clip(taps, 0, size - 1)
    period = 2 * (size - 1)
    turned = np.mod(taps, period)
    return np.minimum(turned, period - turned)
