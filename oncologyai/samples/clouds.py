"""Bodies as clouds of points that hold activity: what a gamma camera's picture is summed from.

Points are RAS mm; ``mass`` is activity, concentration times the mm3 that a point stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Cloud", "Point3", "ball", "mirrored", "plate", "shell", "tube"]

Point3 = tuple[float, float, float]

_GOLDEN = np.pi * (3.0 - np.sqrt(5.0))
_SPREAD = (0.7548776662466927, 0.5698402909980532)  # powers of the plastic number's inverse: even in two dimensions


@dataclass(frozen=True, eq=False)
class Cloud:
    """A part of the body: ``points`` (n, 3), ``mass`` (n,), and what it is called."""

    name: str
    points: np.ndarray
    mass: np.ndarray

    def scaled(self, factor: float) -> Cloud:
        """Give the same part with another uptake."""
        return Cloud(self.name, self.points, self.mass * factor)


def mirrored(cloud: Cloud) -> Cloud:
    """Give the other side's part: x turned over, a name that ends in R becomes one in L."""
    name = f"{cloud.name.removesuffix(' R')} L" if cloud.name.endswith(" R") else cloud.name
    return Cloud(name, cloud.points * (-1.0, 1.0, 1.0), cloud.mass)


def tube(
    name: str,
    course: Sequence[Point3] | np.ndarray,
    radii_mm: Sequence[float] | np.ndarray | float,
    uptake: float,
    *,
    flat: float = 1.0,
    step_mm: float = 2.5,
) -> Cloud:
    """Fill a tube along a course of points; its radius changes evenly from point to point.

    ``flat`` multiplies its thickness from front to back; the mass with it.
    """
    corners = np.asarray(course, dtype=np.float64)
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    whole = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, int(np.ceil(whole[-1] / step_mm)))
    at = (np.arange(count) + 0.5) * whole[-1] / count
    centres = np.stack([np.interp(at, whole, corners[:, axis]) for axis in range(3)], axis=1)
    radius = np.interp(at, whole, np.broadcast_to(np.asarray(radii_mm, dtype=np.float64), (len(corners),)))
    tangent = np.gradient(centres, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    across = np.cross(tangent, (0.0, 1.0, 0.0))
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    deep = np.cross(across, tangent)
    many = max(5, round(float(np.max(radius)) ** 2 / 9.0))
    turn = np.arange(many) * _GOLDEN
    share = np.sqrt((np.arange(many) + 0.5) / many)
    u, v = share * np.cos(turn), share * np.sin(turn) * flat
    spread = across[:, None] * u[None, :, None] + deep[:, None] * v[None, :, None]
    points = centres[:, None] + radius[:, None, None] * spread
    mass = uptake * flat * np.pi * radius**2 * (whole[-1] / count) / many
    return Cloud(name, points.reshape(-1, 3), np.repeat(mass, many))


def ball(name: str, centre: Point3, half_mm: Point3, uptake: float, *, spacing_mm: float = 3.5) -> Cloud:
    """Fill an ellipsoid."""
    volume = 4.0 / 3.0 * np.pi * float(np.prod(half_mm))
    count = max(40, round(volume / spacing_mm**3))
    radius = ((np.arange(count) + 0.5) / count) ** (1.0 / 3.0)
    steps = np.arange(count)
    directions = _sphere((steps * _SPREAD[0]) % 1.0, 2.0 * np.pi * ((steps * _SPREAD[1]) % 1.0))
    points = np.asarray(centre) + directions * radius[:, None] * np.asarray(half_mm)
    return Cloud(name, points, np.full(count, uptake * volume / count))


def shell(name: str, centre: Point3, half_mm: Point3, thickness_mm: float, uptake: float, count: int = 6000) -> Cloud:
    """Cover an ellipsoid."""
    half = np.asarray(half_mm, dtype=np.float64)
    directions = _sphere((np.arange(count) + 0.5) / count, np.arange(count) * _GOLDEN)
    area = np.prod(half) * np.linalg.norm(directions / half, axis=1) * 4.0 * np.pi / count
    return Cloud(name, np.asarray(centre) + directions * half, uptake * thickness_mm * area)


def plate(
    name: str,
    one: Sequence[Point3],
    other: Sequence[Point3],
    thickness_mm: float,
    uptake: float,
    *,
    rims: tuple[float, float] = (1.0, 1.0),
) -> Cloud:
    """Span a plate between two courses; ``rims`` multiplies the uptake at the first and at the second edge."""
    edges = [_resampled(np.asarray(edge, dtype=np.float64), 48) for edge in (one, other)]
    width = float(np.mean(np.linalg.norm(edges[0] - edges[1], axis=1)))
    s = (np.arange(max(8, round(width / 2.5))) + 0.5) / max(8, round(width / 2.5))
    grid = edges[0][:, None] * (1.0 - s)[None, :, None] + edges[1][:, None] * s[None, :, None]
    along, down = np.gradient(grid, axis=0), np.gradient(grid, axis=1)
    area = np.linalg.norm(np.cross(along, down), axis=-1)
    rim = 1.0 + (rims[0] - 1.0) * np.exp(-s / 0.12) + (rims[1] - 1.0) * np.exp(-(1.0 - s) / 0.12)
    return Cloud(name, grid.reshape(-1, 3), (uptake * thickness_mm * area * rim).ravel())


def _resampled(course: np.ndarray, count: int) -> np.ndarray:
    """Give ``count`` points evenly along a smooth curve through a course's points."""
    from scipy.interpolate import PchipInterpolator

    whole = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(course, axis=0), axis=1))])
    smooth = PchipInterpolator(whole, course)(np.linspace(0.0, whole[-1], count))
    return np.asarray(smooth)


def _sphere(share: np.ndarray, turn: np.ndarray) -> np.ndarray:
    z = 1.0 - 2.0 * share
    ring = np.sqrt(np.maximum(0.0, 1.0 - z**2))
    return np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=-1)
