"""LoG and wavelet by torch, for a graphics card: a separable filter is a matrix along each axis.

The matrices are what the filters of the processor make of unit vectors, borders included, so that both give the same to
rounding. Everything is in double precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from oncologyai.features.filters.box import Box
from oncologyai.features.filters.laplacian import fitting_sigmas, laplacian_matrices, laplacian_name
from oncologyai.features.filters.wavelet import wavelet_levels

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["torch_laplacian", "torch_wavelet"]

_SENT_AS_THEY_ARE = ("int8", "uint8", "int16", "int32", "float32", "float64")


def torch_laplacian(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box, place: str
) -> Iterator[tuple[str, np.ndarray]]:
    """Give what ``laplacian_of_gaussian`` gives, computed at ``place``, as torch names it; raises as that does."""
    for sigma in fitting_sigmas(array.shape, sampling_mm, options):
        outer, matrices = laplacian_matrices(array.shape, sampling_mm, sigma, box)
        yield laplacian_name(sigma), _laplacian(_sent(array[outer], place), matrices, place)


def torch_wavelet(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box, place: str
) -> Iterator[tuple[str, np.ndarray]]:
    """Give what ``wavelet`` gives, computed at ``place``, as torch names it; raises as that does."""
    for level in wavelet_levels(array.shape, options, box):
        parts = list(box)
        pairs: dict[int, tuple[Tensor, Tensor]] = {}
        for axis, (low, high) in level.matrices.items():
            read = np.flatnonzero(low.any(axis=0) | high.any(axis=0))
            parts[axis] = slice(int(read[0]), int(read[-1]) + 1)
            pairs[axis] = _sent(low[:, parts[axis]], place), _sent(high[:, parts[axis]], place)
        bands = _bands(_sent(array[tuple(parts)], place), level.axes, pairs)
        approximation = next(bands)
        for name, band in bands:
            yield f"{level.prefix}-{name}", band.cpu().numpy()
        if level.last:
            yield f"{level.prefix}-{approximation[0]}", approximation[1].cpu().numpy()


def _laplacian(image: Tensor, matrices: list[tuple[np.ndarray, np.ndarray]], place: str) -> np.ndarray:
    """Smooth along each axis, and derive twice along one after another."""
    smooth, curved = (_sent(matrix, place) for matrix in matrices[2])
    derived, image = _along(image, curved, 2), _along(image, smooth, 2)
    for axis in (1, 0):
        smooth, curved = (_sent(matrix, place) for matrix in matrices[axis])
        derived = _along(image, curved, axis) + _along(derived, smooth, axis)
        image = _along(image, smooth, axis) if axis > 0 else image
    return derived.cpu().numpy()


def _bands(
    image: Tensor, axes: tuple[int, ...], pairs: Mapping[int, tuple[Tensor, Tensor]], name: str = ""
) -> Iterator[tuple[str, Tensor]]:
    """Give all sub-bands, that of low-pass filters alone first; no more than one image an axis is kept."""
    if not axes:
        yield name, image
        return
    for letter, matrix in zip("LH", pairs[axes[0]], strict=True):
        yield from _bands(_along(image, matrix, axes[0]), axes[1:], pairs, name + letter)


def _along(image: Tensor, matrix: Tensor, axis: int) -> Tensor:
    """Multiply every line of (k, j, i) along an axis by a matrix (to, from)."""
    import torch

    if axis == 2:
        return torch.matmul(image, matrix.T)
    return torch.matmul(matrix, image) if axis == 1 else torch.tensordot(matrix, image, dims=1)


def _sent(part: np.ndarray, place: str) -> Tensor:
    """Copy an array to the place, in the type it is stored in where torch knows it, and make it float64 there."""
    import torch

    known = part.dtype.isnative and part.dtype.name in _SENT_AS_THEY_ARE
    values = np.array(part, dtype=None if known else np.float64, order="C")
    return torch.from_numpy(values).to(place).to(torch.float64)
