"""Shape features in three dimensions: the mask alone, without the image.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107). The
surface is that of marching cubes with vertices half-way between voxel centres. Voxel axes are taken as orthogonal.
"""

from __future__ import annotations

import math

import numpy as np

from oncologyai.features.region import Region
from oncologyai.features.settings import FeatureSettings
from oncologyai.metrics import farthest_pair, mesh_area_and_volume

__all__ = ["shape_features"]


def shape_features(region: Region, settings: FeatureSettings) -> dict[str, float]:
    """Give the 17 shape features by pyradiomics' names, lengths in mm, areas in mm2, volumes in mm3.

    The three that pyradiomics leaves out by default (Compactness1, Compactness2, SphericalDisproportion) are
    included. Elongation and Flatness are NaN where the mask is a single voxel.

    Parameters
    ----------
    region : Region
        With at least one voxel.
    settings : FeatureSettings
        Not used: shape has no setting.
    """
    area, volume = mesh_area_and_volume(region.mask, region.sampling_mm)
    return {
        **_axes(region),
        **_diameters(region),
        **_mesh(area, volume),
        "VoxelVolume": region.values.size * region.voxel_mm3,
    }


def _mesh(area: float, volume: float) -> dict[str, float]:
    equal_sphere = (36.0 * math.pi * volume**2) ** (1.0 / 3.0)
    return {
        "MeshVolume": volume,
        "SurfaceArea": area,
        "SurfaceVolumeRatio": area / volume,
        "Sphericity": equal_sphere / area,
        "Compactness1": volume / (math.sqrt(math.pi) * area**1.5),
        "Compactness2": 36.0 * math.pi * volume**2 / area**3,
        "SphericalDisproportion": area / equal_sphere,
    }


def _axes(region: Region) -> dict[str, float]:
    """Give axis lengths, 4 standard deviations along each principal axis of the voxel centres, and ratios."""
    centres = np.argwhere(region.mask) * np.asarray(region.sampling_mm)
    centred = centres - centres.mean(axis=0)
    spread = np.linalg.eigvalsh(centred.T @ centred / len(centred))
    least, minor, major = (math.sqrt(max(float(v), 0.0)) for v in spread)
    return {
        "Elongation": minor / major if major > 0.0 else math.nan,
        "Flatness": least / major if major > 0.0 else math.nan,
        "LeastAxisLength": 4.0 * least,
        "MajorAxisLength": 4.0 * major,
        "MinorAxisLength": 4.0 * minor,
    }


def _diameters(region: Region) -> dict[str, float]:
    """Give the longest distance between mesh vertices, and the longest within one plane across each array axis."""
    halves = _vertices(region.mask)
    sampling = np.asarray(region.sampling_mm) / 2.0
    first, last = farthest_pair(halves * sampling)
    return {
        "Maximum2DDiameterColumn": _longest_in_plane(halves, sampling, 1),
        "Maximum2DDiameterRow": _longest_in_plane(halves, sampling, 2),
        "Maximum2DDiameterSlice": _longest_in_plane(halves, sampling, 0),
        "Maximum3DDiameter": math.dist(halves[first] * sampling, halves[last] * sampling),
    }


def _vertices(mask: np.ndarray) -> np.ndarray:
    """Give the vertices of the mesh in half voxels, shape (n, 3): where mask and background meet along an axis."""
    found = []
    for axis in range(3):
        lower = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        upper = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        found.append(2 * np.argwhere(mask[lower] != mask[upper]) + np.eye(3, dtype=np.int64)[axis])
    return np.concatenate(found)


def _longest_in_plane(halves: np.ndarray, sampling: np.ndarray, axis: int) -> float:
    """Give the longest distance of two vertices in one plane across an axis; planes that cannot win are skipped."""
    others = [a for a in range(3) if a != axis]
    order = np.argsort(halves[:, axis], kind="stable")
    planes = np.split(halves[order][:, others] * sampling[others], np.flatnonzero(np.diff(halves[order][:, axis])) + 1)
    bounds = [float(np.linalg.norm(np.ptp(plane, axis=0))) for plane in planes]
    longest = 0.0
    for number in np.argsort(bounds)[::-1]:
        if bounds[number] <= longest:
            break
        plane = planes[number]
        first, last = farthest_pair(plane)
        longest = max(longest, math.dist(plane[first], plane[last]))
    return longest
