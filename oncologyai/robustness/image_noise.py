"""How noisy an image is, and more noise of that kind."""

from __future__ import annotations

import numpy as np
from skimage.restoration import estimate_sigma

from oncologyai.types import Mask, Volume

__all__ = ["add_noise", "noise_level"]


def noise_level(volume: Volume, mask: Mask) -> float:
    """Estimate the standard deviation of the noise from the finest wavelet details of the slices that the mask crosses.

    The median over slices of the median absolute deviation of the details in both directions of a slice: edges are
    few among them, noise is everywhere. 0 where slices are smaller than 8 voxels, or the image has no details.

    Raises
    ------
    GeometryMismatchError
        If the mask is not on the volume's grid.

    References
    ----------
    .. [1] Donoho DL, Johnstone IM. Ideal spatial adaptation by wavelet shrinkage. Biometrika 1994;81:425-455.
    """
    volume.require_same_grid(mask, f"mask {mask.label}")
    if min(volume.shape[1:]) < 8:
        return 0.0
    slices = np.flatnonzero(mask.array.any(axis=(1, 2)))
    found = [_of_slice(volume.array[k].astype(np.float64)) for k in slices]
    return float(np.median(found)) if found else 0.0


def add_noise(volume: Volume, level: float, generator: np.random.Generator) -> Volume:
    """Add normal noise of a standard deviation in the image's unit; the result is float32."""
    noise = generator.normal(0.0, 1.0, volume.shape) * level
    return volume.with_array((volume.array + noise).astype(np.float32))


def _of_slice(pixels: np.ndarray) -> float:
    return float(estimate_sigma(pixels)) if np.ptp(pixels) > 0 else 0.0
