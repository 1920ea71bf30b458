"""Local binary patterns on spheres, made invariant to rotation by spherical harmonics: pyradiomics' ``LBP3D`` images.

J. Banerjee et al., 3D LBP-based rotationally invariant region description (ACCV 2012 Workshops, LNCS 7728). As in
pyradiomics 3 the polar and the azimuthal angle change places in the harmonics, and the squares under the root are those
of complex numbers, of which the real part is kept: its values are the aim here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.ndimage import map_coordinates, spline_filter
from scipy.special import sph_harm_y

from oncologyai.features.filters.box import Box, grown, number, whole_number, within

__all__ = ["icosphere", "lbp_3d", "lbp_3d_names"]

_SPLINE_REACH = 28  # voxels: the cubic spline's prefilter decays by 0.268 a voxel, 1e-16 at this distance
_CHUNK = 16384  # voxels at a time, which bounds the memory


def lbp_3d(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the pattern's strength for each level under ``lbp-3D-m1`` ... and, last, the kurtosis under ``lbp-3D-k``.

    Distances are in voxels, whatever their size, as in pyradiomics; beyond the border lies zero. Where all samples
    around a voxel are equal the kurtosis is -3, as the scipy of pyradiomics' time gave it.

    Parameters
    ----------
    options : mapping
        ``lbp3DLevels`` (2), ``lbp3DIcosphereRadius`` (1 voxel), ``lbp3DIcosphereSubdivision`` (1).

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    levels = whole_number(options, "lbp3DLevels", 2, 1, 10)
    radius = number(options, "lbp3DIcosphereRadius", 1, 1e-6, 1000)
    vertices = icosphere(whole_number(options, "lbp3DIcosphereSubdivision", 1, 0, 5)) * radius
    reach = int(np.ceil(radius)) + _SPLINE_REACH
    outer = grown(box, (reach, reach, reach), array.shape)
    image, inner = array[outer].astype(np.float64), within(box, outer)
    shape = tuple(part.stop - part.start for part in box)
    found = np.empty((levels + 1, int(np.prod(shape))))
    places = np.stack(np.meshgrid(*[np.arange(p.start, p.stop) for p in inner], indexing="ij"), axis=-1).reshape(-1, 3)
    harmonics = _harmonics(vertices / radius, levels)
    smooth = spline_filter(image, order=3, mode="mirror")
    for start in range(0, len(places), _CHUNK):
        part = places[start : start + _CHUNK]
        samples = map_coordinates(smooth, (part[:, None] + vertices).transpose(2, 0, 1), order=3, prefilter=False)
        above = samples >= image[tuple(part.T)][:, None]
        found[:levels, start : start + _CHUNK] = _strengths(above.astype(np.float64), harmonics)
        found[levels, start : start + _CHUNK] = _excess_kurtosis(samples)
    for name, values in zip(lbp_3d_names(options), found, strict=True):
        yield name, values.reshape(shape)


def lbp_3d_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of the images that these options lead to, in order."""
    levels = whole_number(options, "lbp3DLevels", 2, 1, 10)
    return (*(f"lbp-3D-m{level}" for level in range(1, levels + 1)), "lbp-3D-k")


def icosphere(subdivisions: int) -> np.ndarray:
    """Give the vertices of an icosahedron on the unit sphere, shape (n, 3), each edge halved ``subdivisions`` times."""
    golden = (1.0 + np.sqrt(5.0)) / 2.0
    short = np.array([[0.0, a, b] for a in (-1.0, 1.0) for b in (-golden, golden)])
    vertices = np.concatenate([np.roll(short, turn, axis=1) for turn in range(3)])
    edge = 2.0
    for _ in range(subdivisions):
        gaps = np.linalg.norm(vertices[:, None] - vertices[None], axis=-1)
        first, second = np.nonzero(np.triu((gaps > 0) & (gaps < 1.25 * edge)))
        middles = (vertices[first] + vertices[second]) / 2.0
        radius = np.linalg.norm(vertices[0])
        vertices = np.concatenate([vertices, middles * (radius / np.linalg.norm(middles, axis=1))[:, None]])
        edge /= 2.0
    return vertices / np.linalg.norm(vertices, axis=1)[:, None]


def _harmonics(directions: np.ndarray, levels: int) -> list[np.ndarray]:
    """Give for each level n the harmonics of orders -n to n in each direction, shape (directions, 2 n + 1)."""
    azimuth = np.arccos(np.clip(directions[:, 2], -1.0, 1.0))
    polar = np.arctan2(directions[:, 1], directions[:, 0])
    return [np.stack([sph_harm_y(n, m, polar, azimuth) for m in range(-n, n + 1)], axis=1) for n in range(levels)]


def _strengths(above: np.ndarray, harmonics: list[np.ndarray]) -> np.ndarray:
    """Give the strength of each level for each voxel, shape (levels, voxels)."""
    found = []
    for of_level in harmonics:
        shares = above @ of_level
        squared = np.einsum("vm,mn,vn->v", shares, of_level.T @ of_level, shares)
        found.append(np.sqrt(squared).real)
    return np.stack(found)


def _excess_kurtosis(samples: np.ndarray) -> np.ndarray:
    mean = samples.mean(axis=1, keepdims=True)
    squares = (samples - mean) ** 2
    variance = squares.mean(axis=1)
    flat = variance <= (np.finfo(np.float64).eps * mean[:, 0]) ** 2
    return np.where(flat, 0.0, (squares**2).mean(axis=1) / np.where(flat, 1.0, variance) ** 2) - 3.0
