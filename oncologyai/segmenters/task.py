"""What every seeded method is given: the smoothed image on the work grid, the seeds, and where lesion may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

__all__ = ["SeedTask", "component_of"]


@dataclass(frozen=True)
class SeedTask:
    """A seeded segmentation on the work grid.

    Parameters
    ----------
    image : ndarray, shape (k, j, i), float32
        Smoothed values.
    sampling_mm : tuple of float
        Block edge lengths along (k, j, i).
    inside, outside : ndarray, shape (n, 3), int
        Seed blocks, order (k, j, i); ``outside`` may be empty.
    reach : ndarray of bool
        Blocks within the set distance of an inside seed.
    tissue : ndarray of bool
        Blocks that look like the lesion; all of them within ``reach``.
    spread : float
        Standard deviation of the lesion's own values in the smoothed image, the unit of image differences.
    """

    image: np.ndarray
    sampling_mm: tuple[float, float, float]
    inside: np.ndarray
    outside: np.ndarray
    reach: np.ndarray
    tissue: np.ndarray
    spread: float

    def depth_mm(self, region: np.ndarray) -> np.ndarray:
        """Distance of each block in ``region`` from the nearest block outside it; the box's border is no edge."""
        if region.all():
            return np.full(region.shape, np.inf, dtype=np.float32)
        return ndimage.distance_transform_edt(region, sampling=self.sampling_mm).astype(np.float32)


def component_of(region: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Keep the 6-connected parts of ``region`` that hold one of the blocks ``seeds`` (n, 3)."""
    labels, _ = ndimage.label(region)
    wanted = np.unique(labels[tuple(seeds.T)])
    return np.isin(labels, wanted[wanted > 0])
