"""Filters that are given by what they do to each frequency: they see the whole image, wherever the box lies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.fft import irfftn, rfftn

__all__ = ["filter_frequencies"]

Transfer = Callable[[list[np.ndarray]], np.ndarray]


def filter_frequencies(image: np.ndarray, axes: tuple[int, ...], transfer: Transfer) -> np.ndarray:
    """Multiply an image's spectrum and give the real part of what that makes.

    The image is periodic. Frequencies run from -1 to 1 over each axis in even steps, both ends included, and 1 is the
    Nyquist frequency: the grid of the IBSI's reference maps, which is not quite that of the discrete transform.

    Parameters
    ----------
    image : ndarray, shape (k, j, i), float64
    axes : tuple of int
        Axes that are transformed.
    transfer : callable
        Gives the factor, real or complex, for the frequencies along each of the axes, arrays that broadcast.
    """
    towards, against = [], []
    for axis in axes:
        size = image.shape[axis]
        line = np.fft.ifftshift(np.linspace(-1.0, 1.0, size) if size > 1 else np.zeros(1))
        opposite = line[-np.arange(size) % size]
        kept = slice(0, size // 2 + 1) if axis == axes[-1] else slice(None)
        shape = [1, 1, 1]
        shape[axis] = -1
        towards.append(line[kept].reshape(shape))
        against.append(opposite[kept].reshape(shape))
    factor = (transfer(towards) + np.conj(transfer(against))) / 2.0  # what the real part keeps
    spectrum = rfftn(image, axes=axes)
    spectrum *= factor
    found: np.ndarray = irfftn(spectrum, s=[image.shape[a] for a in axes], axes=axes)
    return found
