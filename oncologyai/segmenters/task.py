"""What every seeded method is given: the image on the work grid, the seeds, and where lesion may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.segmenters.tissue import Tissue

__all__ = ["SeedTask", "ball_of", "component_of", "depth_mm", "grown"]


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
    away_mm : ndarray, float32
        Distance of each block from the nearest inside seed.
    reach_mm : float
        How far from the inside seeds lesion may be.
    tissue : Tissue
        The lesion's values.
    """

    image: np.ndarray
    sampling_mm: tuple[float, float, float]
    inside: np.ndarray
    outside: np.ndarray
    away_mm: np.ndarray
    reach_mm: float
    tissue: Tissue

    @property
    def candidate(self) -> np.ndarray:
        """Blocks that look like the lesion, are within reach and hang together with their like."""
        region = self.tissue.holds(self.image) & (self.away_mm <= self.reach_mm)
        return ndimage.binary_opening(region)

    @property
    def border(self) -> np.ndarray:
        """Blocks at the limit of the reach or at the edge of the image: what is lesion-like there has run away."""
        inner = np.zeros(self.image.shape, dtype=bool)
        inner[1:-1, 1:-1, 1:-1] = True
        return ~inner | (self.away_mm > self.reach_mm - 2.0 * max(self.sampling_mm))

    def ball(self, center: np.ndarray, radius_mm: float) -> np.ndarray:
        """Blocks within ``radius_mm`` of the block ``center``."""
        return ball_of(self.image.shape, self.sampling_mm, center, radius_mm)


def ball_of(
    shape: tuple[int, ...], sampling_mm: tuple[float, float, float], center: np.ndarray, radius_mm: float
) -> np.ndarray:
    """Give the voxels of a grid within ``radius_mm`` of the voxel ``center`` (k, j, i)."""
    axes = np.ogrid[tuple(slice(n) for n in shape)]
    square = sum(((axis - c) * s) ** 2 for axis, c, s in zip(axes, center, sampling_mm, strict=True))
    return np.asarray(square <= radius_mm**2)


def component_of(region: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Keep the 6-connected parts of ``region`` that hold one of the blocks ``seeds`` (n, 3)."""
    labels, _ = ndimage.label(region)
    wanted = np.unique(labels[tuple(seeds.T)])
    return np.isin(labels, wanted[wanted > 0])


def depth_mm(region: np.ndarray, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Distance of each block of ``region`` from the nearest block outside it, float32; the box's border is no edge."""
    if region.all():
        return np.full(region.shape, np.inf, dtype=np.float32)
    return ndimage.distance_transform_edt(region, sampling=sampling_mm).astype(np.float32)


def grown(region: np.ndarray, radius_mm: float, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Dilate ``region`` by a ball."""
    return depth_mm(~region, sampling_mm) <= radius_mm if region.any() else region
