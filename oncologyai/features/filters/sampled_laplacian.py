"""The Laplacian of Gaussian as a sampled kernel (IBSI chapter 2); pyradiomics' own is recursive and normalised."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from oncologyai.features.filters.box import Box, number, whole_number
from oncologyai.features.filters.separable import boundary_of, respond

__all__ = ["gaussian_kernels", "sampled_laplacian", "sampled_laplacian_names"]


def sampled_laplacian(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the Laplacian of Gaussian under ``ibsi-log-sigma-3-0-mm-3D``, not normalised across scale.

    Parameters
    ----------
    options : mapping
        ``sigma`` (1.5 mm), ``truncate`` (4.0: the kernel ends so many sigmas from its centre), ``dimensions`` (3; 2: in
        each plane across k), ``boundary`` (mirror).

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    first = 3 - whole_number(options, "dimensions", 3, 2, 3)
    sigma = number(options, "sigma", 1.5, 1e-6, 1e6)
    truncate = number(options, "truncate", 4.0, 1e-6, 100)
    mode = boundary_of(options)
    kernels = [gaussian_kernels(sigma / spacing, truncate) for spacing in sampling_mm]
    found: np.ndarray | None = None
    for curved in range(first, 3):
        k, j, i = (None if a < first else kernels[a][1 if a == curved else 0] for a in range(3))
        response = respond(array, box, (k, j, i), mode)
        found = response if found is None else found + response
    yield sampled_laplacian_names(options)[0], np.asarray(found)


def sampled_laplacian_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the name of the image that these options lead to."""
    sigma = str(float(number(options, "sigma", 1.5, 1e-6, 1e6))).replace(".", "-")
    return (f"ibsi-log-sigma-{sigma}-mm-{whole_number(options, 'dimensions', 3, 2, 3)}D",)


def gaussian_kernels(sigma: float, truncate: float) -> tuple[np.ndarray, np.ndarray]:
    """Give a Gaussian and its second derivative at whole voxels, sigma in voxels, not brought to a sum of 1."""
    reach = math.floor(truncate * sigma + 0.5)
    x = np.arange(-reach, reach + 1) / sigma
    gaussian = np.exp(-(x**2) / 2.0) / (math.sqrt(2.0 * math.pi) * sigma)
    return gaussian, gaussian * (x**2 - 1.0) / sigma**2
