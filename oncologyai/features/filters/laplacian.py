"""The Laplacian of Gaussian, recursive as ITK's: pyradiomics' ``LoG`` images."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.filters.box import Box, grown, within
from oncologyai.features.filters.recursive_gaussian import filter_lines, recursive_gaussian

__all__ = ["REACH_SIGMAS", "laplacian_names", "laplacian_of_gaussian"]

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
    for sigma in _sigmas(options):
        needed = [max(math.ceil(sigma / spacing) + 1, _LEAST_VOXELS) for spacing in sampling_mm]
        if all(size >= least for size, least in zip(array.shape, needed, strict=True)):
            yield _name(sigma), _laplacian(array, sampling_mm, sigma, box)


def laplacian_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of the images that these options lead to, in order."""
    return tuple(_name(sigma) for sigma in _sigmas(options))


def _sigmas(options: Mapping[str, Any]) -> Sequence[float]:
    found = options.get("sigma", ())
    listed = [found] if isinstance(found, int | float) else list(found)
    for sigma in listed:
        if not (isinstance(sigma, int | float) and math.isfinite(sigma) and sigma > 0):
            raise InputError("sigma", expected="numbers above 0 mm", got=repr(found))
    return listed


def _name(sigma: float) -> str:
    return f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D"


def _laplacian(array: np.ndarray, sampling_mm: tuple[float, float, float], sigma: float, box: Box) -> np.ndarray:
    k, j, i = (math.ceil(REACH_SIGMAS * sigma / spacing) for spacing in sampling_mm)
    outer = grown(box, (k, j, i), array.shape)
    inner = within(box, outer)
    along_k, along_j, along_i = (recursive_gaussian(sigma / spacing) for spacing in sampling_mm)
    image = np.ascontiguousarray(array[outer], dtype=np.float64)
    smooth, curved = filter_lines(image, None, 2, along_i, inner[2])
    smooth, curved = filter_lines(smooth, curved, 1, along_j, inner[1])
    return filter_lines(smooth, curved, 0, along_k, inner[0])[1]
