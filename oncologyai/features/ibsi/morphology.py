"""Morphology: size and form of the mask, and where its intensities lie (IBSI manual, 'Morphological features')."""

from __future__ import annotations

import math

import numpy as np
from scipy.fft import irfftn, next_fast_len, rfftn
from scipy.spatial import ConvexHull
from skimage.measure import marching_cubes

from oncologyai.features.ibsi.enclosures import ellipsoid_area, enclosing_ellipsoid, least_box
from oncologyai.features.ibsi.processing import IbsiRegion
from oncologyai.metrics import farthest_pair

__all__ = ["morphology_features"]


def morphology_features(region: IbsiRegion) -> dict[str, float]:
    """Give the 29 features by the IBSI's tags, in mm, mm2 and mm3.

    What is not defined is NaN: elongation and flatness of a single voxel, Moran's and Geary's measure of one voxel or
    of equal values.
    """
    area, volume, vertices = _mesh(region)
    first, last = farthest_pair(vertices)
    axes = _axes(region)
    return {
        **_form(area, volume),
        "morph_vol_approx": float(np.count_nonzero(region.shape_mask) * np.prod(region.sampling_mm)),
        "morph_com": _shift(region),
        "morph_diam": math.dist(vertices[first], vertices[last]),
        "morph_pca_maj_axis": 4.0 * axes[0],
        "morph_pca_min_axis": 4.0 * axes[1],
        "morph_pca_least_axis": 4.0 * axes[2],
        "morph_pca_elongation": axes[1] / axes[0] if axes[0] > 0 else math.nan,
        "morph_pca_flatness": axes[2] / axes[0] if axes[0] > 0 else math.nan,
        **_densities(area, volume, vertices, axes),
        "morph_integ_int": float(region.values.mean()) * volume,
        **_autocorrelation(region),
    }


def _mesh(region: IbsiRegion) -> tuple[float, float, np.ndarray]:
    """Give area, volume and vertices of the mask's closed surface, half-way between voxel centres.

    pyradiomics' own table of triangles leaves gaps in masks with holes of one voxel, and a volume that depends on where
    the mask lies: scikit-image's has none.
    """
    mask = np.pad(region.shape_mask, 1).astype(np.float32)
    vertices, faces, _, _ = marching_cubes(mask, level=0.5)
    corners = vertices.astype(np.float64) * np.asarray(region.sampling_mm)
    a, b, c = (corners[faces[:, n]] for n in range(3))
    across = np.cross(b - a, c - a)
    centred = a - corners.mean(axis=0)
    area = float(np.linalg.norm(across, axis=1).sum()) / 2.0
    volume = abs(float(np.einsum("ij,ij->", centred, across))) / 6.0
    return area, volume, np.unique(corners, axis=0)


def _form(area: float, volume: float) -> dict[str, float]:
    equal_sphere = (36.0 * math.pi * volume**2) ** (1.0 / 3.0)  # area of the sphere of this volume
    return {
        "morph_volume": volume,
        "morph_area_mesh": area,
        "morph_av": area / volume,
        "morph_comp_1": volume / (math.sqrt(math.pi) * area**1.5),
        "morph_comp_2": 36.0 * math.pi * volume**2 / area**3,
        "morph_sph_dispr": area / equal_sphere,
        "morph_sphericity": equal_sphere / area,
        "morph_asphericity": area / equal_sphere - 1.0,
    }


def _axes(region: IbsiRegion) -> tuple[float, float, float]:
    """Give the standard deviations of voxel centres along the principal axes, the greatest first."""
    centres = np.argwhere(region.shape_mask) * np.asarray(region.sampling_mm)
    centred = centres - centres.mean(axis=0)
    spread = np.linalg.eigvalsh(centred.T @ centred / max(len(centred) - 1, 1))
    least, minor, major = (math.sqrt(max(float(v), 0.0)) for v in spread)
    return major, minor, least


def _shift(region: IbsiRegion) -> float:
    """Give the distance between the centre of the voxels and that of their intensities."""
    spacing = np.asarray(region.sampling_mm)
    places = np.argwhere(region.mask) * spacing
    total = float(region.values.sum())
    if total == 0.0:
        return math.nan
    heavy = (places * region.values[:, None]).sum(axis=0) / total
    return float(np.linalg.norm((np.argwhere(region.shape_mask) * spacing).mean(axis=0) - heavy))


def _densities(area: float, volume: float, vertices: np.ndarray, axes: tuple[float, float, float]) -> dict[str, float]:
    """Give the shares of volume and area of what encloses the mask."""
    edges = np.ptp(vertices, axis=0)
    ellipsoid = (2.0 * axes[0], 2.0 * axes[1], 2.0 * axes[2])
    hull = ConvexHull(vertices)
    corners = vertices[hull.vertices]
    tight, tight_box = enclosing_ellipsoid(corners), least_box(corners)
    enclosures = {
        "aabb": (float(np.prod(edges)), _box_area(edges)),
        "ombb": (float(np.prod(tight_box)), _box_area(tight_box)),
        "aee": (_ellipsoid_volume(ellipsoid), ellipsoid_area(ellipsoid)),
        "mvee": (_ellipsoid_volume(tight), ellipsoid_area(tight)),
        "conv_hull": (float(hull.volume), float(hull.area)),
    }
    found = {}
    for name, (of_volume, of_area) in enclosures.items():
        found[f"morph_vol_dens_{name}"] = volume / of_volume if of_volume > 0 else math.nan
        found[f"morph_area_dens_{name}"] = area / of_area if of_area > 0 else math.nan
    return found


def _box_area(edges: np.ndarray) -> float:
    a, b, c = (float(e) for e in edges)
    return 2.0 * (a * b + b * c + c * a)


def _ellipsoid_volume(half_axes: tuple[float, float, float]) -> float:
    return 4.0 / 3.0 * math.pi * math.prod(half_axes)


def _autocorrelation(region: IbsiRegion) -> dict[str, float]:
    """Give Moran's I and Geary's C over all pairs of voxels, weighted by the inverse of their distance.

    The sums over pairs are convolutions with the weights, done by Fourier transforms: exact to rounding, and not
    quadratic in the number of voxels.
    """
    count = int(np.count_nonzero(region.mask))
    deviations = np.where(region.mask, region.image - region.values.mean(), 0.0)
    squares = float(np.sum(deviations**2))
    if count < 2 or squares == 0.0:
        return {"morph_moran_i": math.nan, "morph_geary_c": math.nan}
    box = tuple(slice(line.min(), line.max() + 1) for line in np.nonzero(region.mask))
    deviations, inside = deviations[box], region.mask[box].astype(np.float64)
    around, together = _weighted_sums((inside, deviations), region.sampling_mm)
    total = float(np.sum(inside * around))
    apart = 2.0 * (float(np.sum(deviations**2 * around)) - float(np.sum(deviations * together)))
    return {
        "morph_moran_i": count / total * float(np.sum(deviations * together)) / squares,
        "morph_geary_c": (count - 1) / (2.0 * total) * apart / squares,
    }


def _weighted_sums(images: tuple[np.ndarray, ...], sampling_mm: tuple[float, float, float]) -> list[np.ndarray]:
    """Give for each voxel the sum of all others over their distance, for each image.

    The periodic transform is long enough, twice the image, that no voxel meets another's copy.
    """
    shape = images[0].shape
    sizes = [next_fast_len(2 * size - 1, real=True) for size in shape]
    lines = []
    for size, spacing in zip(sizes, sampling_mm, strict=True):
        steps = np.arange(size)
        lines.append((np.minimum(steps, size - steps) * spacing) ** 2)
    distance = np.sqrt(np.add.outer(np.add.outer(lines[0], lines[1]), lines[2]))
    weights = rfftn(np.divide(1.0, distance, out=np.zeros_like(distance), where=distance > 0))
    inner = tuple(slice(0, size) for size in shape)
    return [irfftn(rfftn(image, s=sizes) * weights, s=sizes)[inner] for image in images]
