"""What every seeded method is given: the image on the work grid, the seeds, and where lesion may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.segmenters.tissue import Tissue

__all__ = ["SeedTask", "ball_of", "component_of", "contact_mm2", "depth_mm", "grown"]

_KEPT_MM = 6.0
_THICK = 2.0


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
        """Blocks that look like the lesion, are within reach and hang together with their like.

        What is thinner than three blocks is left out, but not across slices much thicker than pixels, nor close to a
        seed: the lesion may be that small.
        """
        region = self.tissue.holds(self.image) & (self.away_mm <= self.reach_mm)
        cross = ndimage.generate_binary_structure(3, 1)
        for axis, edge in enumerate(self.sampling_mm):
            if edge > _THICK * min(self.sampling_mm):
                cross = cross & (np.arange(3) == 1).reshape([3 if n == axis else 1 for n in range(3)])
        return ndimage.binary_opening(region, cross) | (region & (self.away_mm <= _KEPT_MM))

    @property
    def border(self) -> np.ndarray:
        """Blocks at the limit of the reach or at the edge of the image: what is lesion-like there has run away."""
        inner = np.zeros(self.image.shape, dtype=bool)
        inner[1:-1, 1:-1, 1:-1] = True
        return ~inner | (self.away_mm > self.reach_mm - 2.0 * max(self.sampling_mm))

    def ball(self, center: np.ndarray, radius_mm: float) -> np.ndarray:
        """Blocks within ``radius_mm`` of the block ``center``."""
        return ball_of(self.image.shape, self.sampling_mm, center, radius_mm)

    def inner_ball(self, seed: np.ndarray, radius_mm: float) -> np.ndarray:
        """The ball around an inside seed, without what is not like the lesion unless the seed itself is not."""
        ball = self.ball(seed, radius_mm)
        like = self.tissue.holds(self.image)
        return ball & like if like[tuple(seed)] else ball


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


def contact_mm2(part: np.ndarray, rest: np.ndarray, sampling_mm: tuple[float, float, float]) -> float:
    """Give the area of the faces between ``part`` and ``rest`` in mm2."""
    k, j, i = sampling_mm
    area = 0.0
    for axis, face in enumerate((j * i, k * i, k * j)):
        low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        area += face * np.count_nonzero((part[low] & rest[high]) | (rest[low] & part[high]))
    return area
