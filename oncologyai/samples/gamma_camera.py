"""A gamma camera with two opposite heads: counts of clouds of activity, with attenuation, blur, scatter and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.samples.clouds import Cloud

__all__ = ["CAMERAS", "Camera", "Surface", "project", "scattered", "surface_of"]

_SIGMA_PER_FWHM = 1.0 / 2.3548200450309493
_ATTENUATION_PER_MM = 0.0125  # of 140 keV in water, broad beam, as counts in a 20 % window see it
_CELL_MM = 10.0
_LAYERS, _THIN_MM = 5, 40.0
_INTRINSIC_FWHM_MM = 3.8
_SCATTER_SIGMA_MM = 38.0


@dataclass(frozen=True)
class Camera:
    """A whole-body gamma camera.

    Parameters
    ----------
    name : str
    rows, columns : int
        Matrix of a view.
    pixel_mm : float, > 0
    fwhm_mm, fwhm_per_mm : float
        Resolution at the collimator's face, and how much it widens a mm further away.
    gap_mm : float
        From the collimator to the skin.
    counts : (float, float)
        Least and most counts of both views together.
    scatter : float, 0 to 1
        Scattered share of the counts.
    posterior_first : bool
        Order of the frames in a file.
    one_file : bool
        Whether both views stand in one file.
    duration_s : float
    collimator : str
        As its file calls it.
    """

    name: str
    rows: int = 1024
    columns: int = 256
    pixel_mm: float = 2.4
    fwhm_mm: float = 4.6
    fwhm_per_mm: float = 0.034
    gap_mm: float = 25.0
    counts: tuple[float, float] = (1.6e6, 3.6e6)
    scatter: float = 0.12
    posterior_first: bool = False
    one_file: bool = True
    duration_s: float = 900.0
    collimator: str = "LEHR"

    def __post_init__(self) -> None:
        for name in ("rows", "columns", "pixel_mm", "fwhm_mm", "duration_s"):
            check_positive(getattr(self, name), name)
        check_range(self.scatter, 0.0, 0.9, "scatter")
        if not 0 < self.counts[0] <= self.counts[1]:
            raise InputError("counts", expected="a least and a most above 0", got=str(self.counts))


CAMERAS: dict[str, Camera] = {
    "alpha": Camera("alpha"),
    "beta": Camera("beta", pixel_mm=2.26, fwhm_mm=5.2, fwhm_per_mm=0.038, counts=(1.2e6, 2.8e6), one_file=False),
    "gamma": Camera(
        "gamma", columns=512, pixel_mm=1.95, fwhm_mm=4.2, fwhm_per_mm=0.031, gap_mm=40.0, counts=(2.0e6, 5.0e6),
        scatter=0.09, posterior_first=True, duration_s=1200.0,
    ),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Surface:
    """Front and back of the body: y in mm over cells of x and z, the first of which are at ``x0`` and ``z0``."""

    front: np.ndarray
    back: np.ndarray
    x0: float
    z0: float

    def depth(self, points: np.ndarray, *, anterior: bool) -> np.ndarray:
        """Give how deep points (n, 3) lie under the skin as a head sees them, in mm, at least 2."""
        i = np.clip(((points[:, 0] - self.x0) / _CELL_MM).astype(int), 0, self.front.shape[1] - 1)
        k = np.clip(((points[:, 2] - self.z0) / _CELL_MM).astype(int), 0, self.front.shape[0] - 1)
        below = self.front[k, i] - points[:, 1] if anterior else points[:, 1] - self.back[k, i]
        return np.maximum(below, 2.0)


def surface_of(soft: Cloud) -> Surface:
    """Find the body's surface from its soft tissue."""
    x0, _, z0 = soft.points.min(axis=0) - _CELL_MM
    i = ((soft.points[:, 0] - x0) / _CELL_MM).astype(int)
    k = ((soft.points[:, 2] - z0) / _CELL_MM).astype(int)
    shape = int(k.max()) + 2, int(i.max()) + 2
    front, back = np.full(shape, -np.inf), np.full(shape, np.inf)
    np.maximum.at(front, (k, i), soft.points[:, 1])
    np.minimum.at(back, (k, i), soft.points[:, 1])
    filled = np.isfinite(front)
    _, nearest = ndimage.distance_transform_edt(~filled, return_indices=True)
    front, back = (ndimage.gaussian_filter(s[tuple(nearest)], 1.0) for s in (front, back))
    return Surface(front, back, float(x0), float(z0))


def project(
    clouds: Sequence[Cloud], camera: Camera, surface: Surface, *, top_mm: float, anterior: bool, shift_mm: float = 0.0
) -> np.ndarray:
    """Give what a head would count on average, without scale, scatter or noise.

    Parameters
    ----------
    clouds : sequence of Cloud
        May be empty, which gives zeros.
    camera : Camera
    surface : Surface
        Of the body that the clouds are in.
    top_mm : float
        RAS z of the middle of the first row.
    anterior : bool
        Which head.
    shift_mm : float
        How far to the right of the middle the patient lies.

    Returns
    -------
    ndarray, shape (rows, columns), float32
        Columns as the head sees them: an anterior view has the patient's right at its first column.
    """
    shape = camera.rows, camera.columns
    if not clouds:
        return np.zeros(shape, dtype=np.float32)
    points = np.concatenate([cloud.points for cloud in clouds])
    mass = np.concatenate([cloud.mass for cloud in clouds])
    depth = surface.depth(points, anterior=anterior)
    seen = mass * np.exp(-_ATTENUATION_PER_MM * depth)
    across = (points[:, 0] + shift_mm) / camera.pixel_mm
    column = (camera.columns - 1) / 2.0 + (-across if anterior else across)
    row = (top_mm - points[:, 2]) / camera.pixel_mm
    total = np.zeros(shape, dtype=np.float32)
    layers = _LAYERS if float(np.ptp(depth)) > _THIN_MM else 1
    edges = np.quantile(depth, np.linspace(0.0, 1.0, layers + 1))
    layer = np.clip(np.searchsorted(edges, depth, side="right") - 1, 0, layers - 1)
    for n in range(layers):
        chosen = layer == n
        if chosen.any():
            away = float(np.average(depth[chosen], weights=seen[chosen] + 1e-12)) + camera.gap_mm
            fwhm = float(np.hypot(camera.fwhm_mm + camera.fwhm_per_mm * away, _INTRINSIC_FWHM_MM))
            _add_blurred(total, row[chosen], column[chosen], seen[chosen], fwhm * _SIGMA_PER_FWHM / camera.pixel_mm)
    return total


def _add_blurred(total: np.ndarray, row: np.ndarray, column: np.ndarray, seen: np.ndarray, sigma: float) -> None:
    """Add points to a picture, blurred; only the part around them is computed."""
    reach = int(np.ceil(3.0 * sigma)) + 2
    parts = []
    for at, size in ((row, total.shape[0]), (column, total.shape[1])):
        first, last = int(np.floor(at.min())) - reach, int(np.ceil(at.max())) + reach + 1
        parts.append(slice(min(max(first, 0), size), min(max(last, 0), size)))
    j, i = parts
    if j.start < j.stop and i.start < i.stop:
        plane = _deposit(row - j.start, column - i.start, seen, (j.stop - j.start, i.stop - i.start))
        total[j, i] += ndimage.gaussian_filter(plane, sigma, truncate=3.0, mode="constant")


def scattered(picture: np.ndarray, camera: Camera) -> np.ndarray:
    """Move the scattered share of the counts to around where they come from."""
    if camera.scatter <= 0.0:
        return picture
    coarse = 4
    j, i = (n // coarse for n in picture.shape)
    small = picture[: j * coarse, : i * coarse].reshape(j, coarse, i, coarse).mean(axis=(1, 3))
    wide = ndimage.gaussian_filter(small, _SCATTER_SIGMA_MM / camera.pixel_mm / coarse)
    spread = ndimage.zoom(wide, (picture.shape[0] / j, picture.shape[1] / i), order=1)
    found: np.ndarray = (1.0 - camera.scatter) * picture + camera.scatter * spread
    return found.astype(np.float32)


def _deposit(row: np.ndarray, column: np.ndarray, seen: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Share each point's counts among the four pixels around it; what lies outside is not seen."""
    j, i = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
    dj, di = row - j, column - i
    plane = np.zeros(shape[0] * shape[1])
    for a, wa in ((0, 1.0 - dj), (1, dj)):
        for b, wb in ((0, 1.0 - di), (1, di)):
            inside = (j + a >= 0) & (j + a < shape[0]) & (i + b >= 0) & (i + b < shape[1])
            place = (j + a) * shape[1] + i + b
            plane += np.bincount(place[inside], weights=(seen * wa * wb)[inside], minlength=plane.size)
    return plane.reshape(shape).astype(np.float32)
