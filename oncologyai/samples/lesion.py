"""A tumour of known shape: an ellipsoid with lobes and spicules, whose volume follows from its formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.samples.canvas import Canvas

__all__ = ["Lesion", "LesionSpec"]

_LOBE_SHARPNESS = 7.0
_SPICULE_SHARPNESS = 45.0


@dataclass(frozen=True)
class LesionSpec:
    """What a lesion is.

    In coordinates divided by ``semi_axes_mm`` its surface has the radius
    ``1 + sum(lobulation exp(7 (u.d - 1))) + sum(spiculation exp(45 (u.d - 1)))`` in direction u, over ``lobes`` and
    ``spicules`` directions d drawn from the seed.

    Parameters
    ----------
    centre_ras : tuple of 3 float
        Where it is, in mm.
    semi_axes_mm : tuple of 3 float, > 0
        Half axes of the ellipsoid along x, y and z.
    hu : float
        Density of its solid part.
    lobulation, spiculation : float, 0 to 1
        Height of lobes and spicules as a share of the radius.
    lobes, spicules : int, >= 0
        Their numbers.
    ground_glass_mm : float, >= 0
        Thickness of a ground-glass rim around the solid part; it belongs to the lesion.
    ground_glass_hu : float
        Density of that rim.
    touches_wall : bool
        Move it sideways until it reaches 2 mm into the chest wall.
    """

    centre_ras: tuple[float, float, float] = (72.0, 28.0, 48.0)
    semi_axes_mm: tuple[float, float, float] = (17.0, 15.0, 18.0)
    hu: float = 38.0
    lobulation: float = 0.16
    spiculation: float = 0.3
    lobes: int = 7
    spicules: int = 10
    ground_glass_mm: float = 0.0
    ground_glass_hu: float = -580.0
    touches_wall: bool = False

    def __post_init__(self) -> None:
        for edge in self.semi_axes_mm:
            check_positive(edge, "semi_axes_mm", "mm")
        check_range(self.lobulation, 0.0, 1.0, "lobulation")
        check_range(self.spiculation, 0.0, 1.0, "spiculation")
        check_range(self.lobes, 0, 100, "lobes")
        check_range(self.spicules, 0, 100, "spicules")
        check_range(self.ground_glass_mm, 0.0, 100.0, "ground_glass_mm")
        if self.touches_wall and self.ground_glass_mm > 0.0:
            raise InputError("touches_wall", expected="a lesion without ground glass, which is lung", got="one with it")


class Lesion:
    """A lesion in place: its surface, its volume and which points it holds."""

    def __init__(self, spec: LesionSpec, rng: np.random.Generator) -> None:
        self.spec = spec
        self.centre = np.array(spec.centre_ras, dtype=np.float64)
        self._axes = np.array(spec.semi_axes_mm, dtype=np.float64)
        self._lobes = _directions(spec.lobes, rng)
        self._spicules = _directions(spec.spicules, rng)

    @property
    def reach_mm(self) -> np.ndarray:
        """Half edges (x, y, z) of a box about the centre that holds the whole lesion, its rim included."""
        return self._axes * float(self._radius(_sphere(60)[0]).max()) + self.spec.ground_glass_mm

    @property
    def solid_ml(self) -> float:
        """Volume of the solid part, integrated over its formula (a b c / 3 times the integral of radius cubed)."""
        directions, weights = _sphere(200)
        return float(self._axes.prod() * (weights @ self._radius(directions) ** 3) / 3.0 / 1000.0)

    @property
    def volume_ml(self) -> float:
        """Volume of the whole lesion, its ground-glass rim included, integrated over its formula."""
        if self.spec.ground_glass_mm <= 0.0:
            return self.solid_ml
        directions, weights = _sphere(200)
        outer = self._radius(directions) + self._rim(directions)
        return float(self._axes.prod() * (weights @ outer**3) / 3.0 / 1000.0)

    def distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Give the distance along the ray from the centre to the solid surface in mm, negative inside."""
        return self._ray_distance(x, y, z, rim=False)

    def outer_distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Like ``distance``, to the outer surface of the ground-glass rim."""
        return self._ray_distance(x, y, z, rim=True)

    def voxels(self, canvas: Canvas) -> np.ndarray:
        """Tell which voxels (k, j, i) of a canvas have their centre in the lesion, its rim included."""
        box = canvas.box(self.centre - self.reach_mm, self.centre + self.reach_mm)
        inside = np.zeros(canvas.grid.shape, dtype=bool)
        inside[box] = self.outer_distance(*canvas.coordinates(box)) <= 0.0
        return inside

    def _ray_distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray, *, rim: bool) -> np.ndarray:
        offsets = np.stack(np.broadcast_arrays(*(axis - c for axis, c in zip((x, y, z), self.centre, strict=True))), -1)
        scaled = offsets / self._axes
        length = np.linalg.norm(scaled, axis=-1)
        directions = scaled / np.maximum(length, 1e-9)[..., None]
        surface = self._radius(directions) + (self._rim(directions) if rim else 0.0)
        mm = np.linalg.norm(offsets, axis=-1) / np.maximum(length, 1e-9)
        return ((length - surface) * np.where(length > 1e-9, mm, self._axes.min())).astype(np.float32)

    def _radius(self, directions: np.ndarray) -> np.ndarray:
        lobes = np.exp(_LOBE_SHARPNESS * (directions @ self._lobes.T - 1.0)).sum(axis=-1)
        spicules = np.exp(_SPICULE_SHARPNESS * (directions @ self._spicules.T - 1.0)).sum(axis=-1)
        return 1.0 + self.spec.lobulation * lobes + self.spec.spiculation * spicules

    def _rim(self, directions: np.ndarray) -> np.ndarray:
        """Thickness of the rim along each direction, in the scaled coordinates."""
        return self.spec.ground_glass_mm / np.maximum(np.linalg.norm(directions * self._axes, axis=-1), 1e-9)


def _directions(count: int, rng: np.random.Generator) -> np.ndarray:
    vectors = rng.standard_normal((count, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _sphere(order: int) -> tuple[np.ndarray, np.ndarray]:
    """Directions on the unit sphere with the weights of a Gauss-Legendre rule: they add up to 4 pi."""
    cosines, weights = np.polynomial.legendre.leggauss(order)
    turns = np.arange(2 * order) * (np.pi / order)
    sines = np.sqrt(1.0 - cosines**2)
    directions = np.stack(
        [
            (sines[:, None] * np.cos(turns)).ravel(),
            (sines[:, None] * np.sin(turns)).ravel(),
            np.repeat(cosines, turns.size),
        ],
        axis=-1,
    )
    return directions, np.repeat(weights * (np.pi / order), turns.size)
