"""Local intensity: the mean in a sphere of 1 cm3 about the brightest voxel, and the greatest one (IBSI manual)."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import convolve

from oncologyai.features.ibsi.processing import IbsiRegion

__all__ = ["local_intensity_features"]

_RADIUS_MM = (3.0 / (4.0 * math.pi)) ** (1.0 / 3.0) * 10.0  # of a sphere of 1 cm3: 6.2 mm


def local_intensity_features(region: IbsiRegion) -> dict[str, float]:
    """Give the 2 features by the IBSI's tags.

    A voxel is in a sphere where its centre is, whether it lies in the mask or not. Where several voxels are brightest
    the one with the greatest mean counts.
    """
    reaches = [int(_RADIUS_MM // spacing) for spacing in region.sampling_mm]
    lines = [(np.arange(-n, n + 1) * spacing) ** 2 for n, spacing in zip(reaches, region.sampling_mm, strict=True)]
    sphere = (np.add.outer(np.add.outer(lines[0], lines[1]), lines[2]) <= _RADIUS_MM**2).astype(np.float64)
    present = convolve(np.ones(region.image.shape), sphere, mode="constant")
    means = convolve(region.image, sphere, mode="constant") / present
    values = region.image[region.mask]
    peaks = means[region.mask]
    return {
        "loc_peak_loc": float(peaks[values == values.max()].max()),
        "loc_peak_glob": float(peaks.max()),
    }
