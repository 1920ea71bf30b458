"""The Laplacian of Gaussian, recursive as ITK's: pyradiomics' ``LoG`` images."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.filters.box import Box, grown, within
from oncologyai.features.filters.recursive_gaussian import RecursiveGaussian, filter_lines, recursive_gaussian

__all__ = [
    "REACH_SIGMAS",
    "fitting_sigmas",
    "laplacian_matrices",
    "laplacian_name",
    "laplacian_names",
    "laplacian_of_gaussian",
]

REACH_SIGMAS = 16.0
"""How far the filter sees: what lies farther changes a value by less than 1e-9 of the image's range, as measured."""

_LEAST_VOXELS = 4  # ITK's filter needs as many along each axis


def laplacian_of_gaussian(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the Laplacian of Gaussian for each sigma under ``log-sigma-2-0-mm-3D`` ...

    Normalised across scale (times sigma squared), in the image's unit. Beyond the border lies the border's value. ITK
    stores the result as float32, which is not done here.

    Parameters
    ----------
    options : mapping
        ``sigma``: standard deviations in mm. A sigma for which the image is too small gives nothing, as in
        pyradiomics: fewer than ceil(sigma / spacing) + 1 voxels along an axis, or than four.

    Raises
    ------
    InputError
        If a sigma is not above 0.
    """
    for sigma in fitting_sigmas(array.shape, sampling_mm, options):
        yield laplacian_name(sigma), _laplacian(array, sampling_mm, sigma, box)


def fitting_sigmas(
    shape: tuple[int, ...], sampling_mm: tuple[float, float, float], options: Mapping[str, Any]
) -> Iterator[float]:
    """Give the sigmas of the options, in mm, for which an image is large enough; raises as the filter."""
    for sigma in _sigmas(options):
        needed = [max(math.ceil(sigma / spacing) + 1, _LEAST_VOXELS) for spacing in sampling_mm]
        if all(size >= least for size, least in zip(shape, needed, strict=True)):
            yield sigma


def laplacian_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of the images that these options lead to, in order."""
    return tuple(laplacian_name(sigma) for sigma in _sigmas(options))


def laplacian_name(sigma: float) -> str:
    """Give the name of the image of a sigma in mm."""
    return f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D"


def _sigmas(options: Mapping[str, Any]) -> Sequence[float]:
    found = options.get("sigma", ())
    listed = [found] if isinstance(found, int | float) else list(found)
    for sigma in listed:
        if not (isinstance(sigma, int | float) and math.isfinite(sigma) and sigma > 0):
            raise InputError("sigma", expected="numbers above 0 mm", got=repr(found))
    return listed


def laplacian_matrices(
    shape: tuple[int, ...], sampling_mm: tuple[float, float, float], sigma: float, box: Box
) -> tuple[Box, list[tuple[np.ndarray, np.ndarray]]]:
    """Give the same filter as matrices.

    Returns
    -------
    outer : three slices
        The part of the image of ``shape`` that is read.
    matrices : list of two ndarray for each axis (k, j, i)
        Gaussian and second derivative along the axis, shape (box, outer), beyond whose ends the ends' values go on.
        The filter is the sum over axes of the second derivative along one and Gaussians along the others.
    """
    outer, inner = _parts(shape, sampling_mm, sigma, box)
    sizes = [part.stop - part.start for part in outer]
    found = [
        _line_matrices(recursive_gaussian(sigma / spacing), size, part)
        for spacing, size, part in zip(sampling_mm, sizes, inner, strict=True)
    ]
    return outer, found


def _line_matrices(filters: RecursiveGaussian, size: int, part: slice) -> tuple[np.ndarray, np.ndarray]:
    """Filter the unit vectors: what comes of them are the columns."""
    smooth, curved = filter_lines(np.eye(size)[:, None, :], None, 0, filters, part)
    return smooth[:, 0], curved[:, 0]


def _parts(shape: tuple[int, ...], sampling_mm: tuple[float, float, float], sigma: float, box: Box) -> tuple[Box, Box]:
    """Give what is read of the image, and the box in it."""
    k, j, i = (math.ceil(REACH_SIGMAS * sigma / spacing) for spacing in sampling_mm)
    outer = grown(box, (k, j, i), shape)
    return outer, within(box, outer)


def _laplacian(array: np.ndarray, sampling_mm: tuple[float, float, float], sigma: float, box: Box) -> np.ndarray:
    outer, inner = _parts(array.shape, sampling_mm, sigma, box)
    along_k, along_j, along_i = (recursive_gaussian(sigma / spacing) for spacing in sampling_mm)
    image = np.ascontiguousarray(array[outer], dtype=np.float64)
    smooth, curved = filter_lines(image, None, 2, along_i, inner[2])
    smooth, curved = filter_lines(smooth, curved, 1, along_j, inner[1])
    return filter_lines(smooth, curved, 0, along_k, inner[0])[1]
