"""Shape features of a mask in one plane: its outline and its extent.

Names and definitions are those of pyradiomics 3 (van Griethuysen et al., Cancer Res 2017;77:e104-e107). The outline is
that of marching squares with vertices half-way between pixel centres.
"""

from __future__ import annotations

import math

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.region import Region
from oncologyai.features.settings import FeatureSettings
from oncologyai.metrics import farthest_pair

__all__ = ["shape2d_features"]

_CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))  # of a square between four pixel centres, in order around it


def shape2d_features(region: Region, settings: FeatureSettings) -> dict[str, float]:
    """Give the 10 shape features in a plane by pyradiomics' names, lengths in mm, areas in mm2.

    SphericalDisproportion, which pyradiomics leaves out by default, is included. Elongation is NaN where the mask is
    a single voxel.

    Parameters
    ----------
    region : Region
        One voxel thick along ``force_2d_dimension``.
    settings : FeatureSettings
        ``force_2d`` and ``force_2d_dimension`` are used.

    Raises
    ------
    InputError
        If ``force_2d`` is off or the mask is thicker than one voxel.
    """
    axis = settings.force_2d_dimension
    if not settings.force_2d or region.inside.shape[axis] != 1:
        got = f"a mask of {region.inside.shape[axis]} planes" if settings.force_2d else "force2D false"
        raise InputError(
            "shape2D", expected="force2D true and a mask in a single plane", got=got,
            remedy="leave shape2D out, or give the mask of one plane",
        )  # fmt: skip
    kept = [a for a in range(3) if a != axis]
    sampling = np.asarray(region.sampling_mm)[kept]
    plane = np.pad(region.inside.squeeze(axis), 1)
    perimeter, surface = _outline(plane, sampling)
    major, minor = _axes(np.argwhere(plane) * sampling)
    vertices = _vertices(plane) * sampling / 2.0
    first, last = farthest_pair(vertices)
    sphericity = 2.0 * math.sqrt(math.pi * surface) / perimeter
    return {
        "Elongation": minor / major if major > 0.0 else math.nan,
        "MajorAxisLength": 4.0 * major,
        "MaximumDiameter": math.dist(vertices[first], vertices[last]),
        "MeshSurface": surface,
        "MinorAxisLength": 4.0 * minor,
        "Perimeter": perimeter,
        "PerimeterSurfaceRatio": perimeter / surface,
        "PixelSurface": float(np.count_nonzero(plane) * np.prod(sampling)),
        "Sphericity": sphericity,
        "SphericalDisproportion": 1.0 / sphericity,
    }


def _outline(plane: np.ndarray, sampling: np.ndarray) -> tuple[float, float]:
    """Give the length of the outline and the area inside it; corners that only touch are cut apart.

    A square with one corner inside holds an eighth of four pixels' area, with two neighbours half, with three 7/8; two
    opposite corners hold two eighths. Each cut corner adds half a pixel's diagonal to the outline.
    """
    height, width = (n - 1 for n in plane.shape)
    inside = np.stack([plane[j : j + height, i : i + width] for j, i in _CORNERS]).astype(np.int64)
    number = inside.sum(axis=0)
    opposite = (number == 2) & (inside[0] == inside[2])
    along = (number == 2) & ~opposite
    slanted = math.hypot(*(sampling / 2.0))
    cut = np.count_nonzero((number == 1) | (number == 3)) + 2 * np.count_nonzero(opposite)
    horizontal = np.count_nonzero(along & (inside[0] == inside[1]))  # both upper or both lower corners
    vertical = np.count_nonzero(along) - horizontal
    perimeter = cut * slanted + horizontal * sampling[1] + vertical * sampling[0]
    eighths = np.array([0, 1, 4, 7, 8])[number].sum() - 2 * np.count_nonzero(opposite)
    return float(perimeter), float(eighths / 8.0 * sampling.prod())


def _axes(centres: np.ndarray) -> tuple[float, float]:
    """Give one standard deviation along the major and the minor axis of the pixel centres."""
    centred = centres - centres.mean(axis=0)
    spread = np.linalg.eigvalsh(centred.T @ centred / len(centred))
    minor, major = (math.sqrt(max(float(v), 0.0)) for v in spread)
    return major, minor


def _vertices(plane: np.ndarray) -> np.ndarray:
    """Give the vertices of the outline in half pixels, shape (n, 2): where mask and background meet along an axis."""
    down = 2 * np.argwhere(plane[:-1] != plane[1:]) + (1, 0)
    across = 2 * np.argwhere(plane[:, :-1] != plane[:, 1:]) + (0, 1)
    return np.concatenate([down, across])
