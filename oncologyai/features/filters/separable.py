"""Separable filters of the IBSI: a kernel an axis, turned by right angles, pooled.

Definitions: Depeursinge et al., Standardised convolutional filtering for radiomics (IBSI chapter 2 reference manual).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations, product
from typing import Any

import numpy as np
from scipy.ndimage import convolve1d

from oncologyai._checks import check_choice
from oncologyai.features.filters.box import Box, neighbourhood

__all__ = ["BOUNDARIES", "POOLINGS", "boundary_of", "centred", "pooled", "respond", "turned"]

BOUNDARIES = {"zero": "constant", "nearest": "edge", "periodic": "wrap", "mirror": "symmetric"}
"""What lies beyond the border, by the IBSI's names, and how ``neighbourhood`` calls it."""

POOLINGS = ("average", "max", "min")
"""How the responses to a turned filter are joined to one."""

Kernels = tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]


def boundary_of(options: Mapping[str, Any]) -> str:
    """Give how ``neighbourhood`` calls the option ``boundary`` (mirror by default).

    Raises
    ------
    InputError
        If it is none of ``BOUNDARIES``.
    """
    name = options.get("boundary", "mirror")
    check_choice(name, BOUNDARIES, "boundary")
    return BOUNDARIES[name]


def centred(kernel: np.ndarray, centre: int) -> np.ndarray:
    """Give a kernel with zeros added at an end, so that its element ``centre`` is in the middle."""
    reach = max(centre, len(kernel) - 1 - centre)
    found = np.zeros(2 * reach + 1)
    found[reach - centre : reach - centre + len(kernel)] = kernel
    return found


def turned(kernels: Kernels) -> Iterator[Kernels]:
    """Give the kernels along (k, j, i) as each turn by right angles about any axis leaves them.

    24 turns where there is a kernel for each axis; 4 turns in the plane where the one along k is None.
    """
    flat = kernels[0] is None
    axes = (1, 2) if flat else (0, 1, 2)
    for order in permutations(axes):
        for flips in product((False, True), repeat=len(axes)):
            matrix = np.zeros((len(axes), len(axes)))
            for row, (axis, flip) in enumerate(zip(order, flips, strict=True)):
                matrix[row, axis - axes[0]] = -1.0 if flip else 1.0
            if np.linalg.det(matrix) < 0:  # a mirror image, not a turn
                continue
            found = [_flipped(kernels[axis], flip) for axis, flip in zip(order, flips, strict=True)]
            yield (None, found[0], found[1]) if flat else (found[0], found[1], found[2])


def _flipped(kernel: np.ndarray | None, flip: bool) -> np.ndarray | None:
    return kernel[::-1] if flip and kernel is not None else kernel


def respond(array: np.ndarray, box: Box, kernels: Kernels, mode: str) -> np.ndarray:
    """Convolve an image with kernels of odd length along (k, j, i); None leaves an axis as it is.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
    box : three slices
        Where values are needed.
    kernels : tuple of three ndarray or None
    mode : str
        What lies beyond the border, as ``neighbourhood`` calls it.
    """
    reaches = [0 if kernel is None else len(kernel) // 2 for kernel in kernels]
    found = neighbourhood(array, box, (reaches[0], reaches[1], reaches[2]), mode)
    for axis in (2, 1, 0):
        kernel, reach = kernels[axis], reaches[axis]
        if kernel is not None:
            inner = tuple(slice(reach, -reach or None) if a == axis else slice(None) for a in range(3))
            found = convolve1d(found, kernel, axis=axis, mode="constant")[inner]
    return np.ascontiguousarray(found)


def pooled(responses: Iterable[np.ndarray], pooling: str) -> np.ndarray:
    """Join the responses to a turned filter.

    Raises
    ------
    InputError
        If ``pooling`` is none of ``POOLINGS``.
    """
    check_choice(pooling, POOLINGS, "pooling")
    join = {"average": np.add, "max": np.maximum, "min": np.minimum}[pooling]
    found: np.ndarray | None = None
    count = 0
    for response in responses:
        found = response.copy() if found is None else join(found, response, out=found)
        count += 1
    if found is None:
        return np.zeros((0, 0, 0))
    return found / count if pooling == "average" else found
