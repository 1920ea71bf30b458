"""A grid on which analytic bodies are painted with soft edges, so that voxels at a border hold a mixture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Box", "Canvas", "Coordinates", "GridSpec", "Layer"]

# Open coordinate vectors of a box, in mm: x to the right (1, 1, i), y to the front (1, j, 1), z upwards (k, 1, 1).
Coordinates = tuple[np.ndarray, np.ndarray, np.ndarray]
Box = tuple[slice, slice, slice]


@dataclass(frozen=True)
class GridSpec:
    """The grid of a synthetic image: columns, rows and slices, and voxel edges in mm, centred on ``centre_ras``."""

    size: tuple[int, int, int] = (288, 288, 100)
    spacing_mm: tuple[float, float, float] = (1.3, 1.3, 3.0)
    centre_ras: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of voxels (k, j, i)."""
        i, j, k = self.size
        return k, j, i

    @property
    def ijk_to_ras(self) -> np.ndarray:
        """Voxel (i, j, k, 1) to RAS mm: i runs to the left, j to the back, k upwards."""
        matrix = np.diag([-self.spacing_mm[0], -self.spacing_mm[1], self.spacing_mm[2], 1.0])
        half = (np.array(self.size, dtype=np.float64) - 1.0) / 2.0
        matrix[:3, 3] = np.array(self.centre_ras) - matrix[:3, :3] @ half
        return matrix


@dataclass(frozen=True)
class Layer:
    """How much of each voxel of a box a body fills (0 to 1)."""

    box: Box
    share: np.ndarray


class Canvas:
    """A float32 image (k, j, i) to paint on.

    A body is a function of open coordinates that gives a signed distance in mm, negative inside; only the part of the
    grid inside the body's own box is computed.
    """

    def __init__(self, grid: GridSpec, background: float) -> None:
        self.grid = grid
        self.array = np.full(grid.shape, background, dtype=np.float32)
        matrix = grid.ijk_to_ras
        self._step, self._origin = matrix.diagonal()[:3].tolist(), matrix[:3, 3].tolist()
        self._axes = [
            (step * np.arange(size) + origin).astype(np.float32)
            for step, size, origin in zip(self._step, grid.size, self._origin, strict=True)
        ]
        self._edge_mm = np.float32(max(grid.spacing_mm[0], grid.spacing_mm[1]))

    def box(self, low: Sequence[float], high: Sequence[float]) -> Box:
        """Give the part of the grid between two RAS corners, a voxel larger on each side, perhaps empty."""
        parts = []
        for n in (2, 1, 0):
            one, other = ((float(corner[n]) - self._origin[n]) / self._step[n] for corner in (low, high))
            size = self.grid.size[n]
            first, last = math.floor(min(one, other)) - 1, math.ceil(max(one, other)) + 2
            parts.append(slice(min(max(first, 0), size), min(max(last, 0), size)))
        return parts[0], parts[1], parts[2]

    def coordinates(self, box: Box | None = None) -> Coordinates:
        """Give the open coordinate vectors of a box, or of the whole grid."""
        k, j, i = box or (slice(None),) * 3
        x, y, z = self._axes
        return x[i][None, None, :], y[j][None, :, None], z[k][:, None, None]

    def soft(self, distance_mm: np.ndarray) -> np.ndarray:
        """Turn signed distances (mm, negative inside) into the share of each voxel that lies inside."""
        return np.clip(np.float32(0.5) - distance_mm / self._edge_mm, 0.0, 1.0, dtype=np.float32)

    def layer(
        self,
        distance: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
        low: Sequence[float],
        high: Sequence[float],
    ) -> Layer:
        """Compute how much of each voxel between two corners a body fills."""
        box = self.box(low, high)
        return Layer(box, self.soft(distance(*self.coordinates(box))))

    def blend(self, layer: Layer, value: float | np.ndarray, within: np.ndarray | None = None) -> None:
        """Paint ``value`` where ``layer`` is, held back to ``within`` (share a voxel on the whole grid)."""
        share = layer.share if within is None else layer.share * within[layer.box]
        target = self.array[layer.box]
        target += share * (value - target)

    def ellipsoid(
        self,
        centre: Sequence[float],
        axes_mm: Sequence[float],
        value: float,
        within: np.ndarray | None = None,
        *,
        turn_deg: float = 0.0,
    ) -> Layer:
        """Paint an ellipsoid, its axes turned about z by ``turn_deg`` (x towards y); give what was painted."""
        c, a = np.asarray(centre, dtype=np.float32), np.asarray(axes_mm, dtype=np.float32)
        cos, sin = np.float32(np.cos(np.deg2rad(turn_deg))), np.float32(np.sin(np.deg2rad(turn_deg)))

        def distance(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
            dx, dy, dz = x - c[0], y - c[1], (z - c[2]) / a[2]
            dx, dy = (cos * dx + sin * dy) / a[0], (cos * dy - sin * dx) / a[1]
            scaled = dx**2 + dy**2 + dz**2
            slope = np.sqrt((dx / a[0]) ** 2 + (dy / a[1]) ** 2 + (dz / a[2]) ** 2)
            return (scaled - 1.0) / (2.0 * slope + np.float32(1e-6))

        across = max(a[0], a[1]) if turn_deg else a[:2]
        reach = np.array([*np.broadcast_to(across, 2), a[2]])
        layer = self.layer(distance, c - reach, c + reach)
        self.blend(layer, value, within)
        return layer

    def tube(
        self,
        points: np.ndarray,
        radii_mm: np.ndarray | float,
        value: float,
        within: np.ndarray | None = None,
        *,
        flatten: tuple[float, float, float] = (1.0, 1.0, 1.0),
    ) -> None:
        """Paint a tube through RAS points (n, 3), its radius changing evenly from point to point.

        ``flatten`` multiplies distances along x, y and z: 2 makes the tube half as thick that way. Thin tubes fill a
        share of the voxels they cross in proportion to their section.
        """
        radii = np.broadcast_to(np.asarray(radii_mm, dtype=np.float32), (len(points),))
        for start, end, r0, r1 in zip(points[:-1], points[1:], radii[:-1], radii[1:], strict=True):
            reach = max(float(r0), float(r1), float(self._edge_mm)) + float(self._edge_mm) / 2.0
            box = self.box(np.minimum(start, end) - reach, np.maximum(start, end) + reach)
            coordinates = self.coordinates(box)
            if all(axis.size for axis in coordinates):
                self.blend(self._capsule(box, start, end, float(r0), float(r1), flatten), value, within)

    def _capsule(
        self,
        box: Box,
        start: np.ndarray,
        end: np.ndarray,
        r0: float,
        r1: float,
        flatten: tuple[float, float, float],
    ) -> Layer:
        offsets = [
            (axis - np.float32(s)) * np.float32(f)
            for axis, s, f in zip(self.coordinates(box), start, flatten, strict=True)
        ]
        along = ((end - start) * np.asarray(flatten)).astype(np.float32)
        length2 = max(float(along @ along), 1e-6)
        t = (offsets[0] * along[0] + offsets[1] * along[1] + offsets[2] * along[2]) / np.float32(length2)
        t = np.clip(t, 0.0, 1.0)
        squared = sum(((o - t * a) ** 2 for o, a in zip(offsets, along, strict=True)), np.float32(0.0))
        # What is thinner than a voxel is spread over one and a half, as faint as keeps its section.
        least = 0.75 * float(self._edge_mm)
        wide = (max(r0, least), max(r1, least))
        radius = np.float32(wide[0]) + t * np.float32(wide[1] - wide[0])
        section = least**2 + float(self._edge_mm) ** 2 / 12.0
        faintness = np.float32(min(1.0, max(r0, r1) ** 2 / section))
        return Layer(box, self.soft(np.sqrt(squared) - radius) * faintness)
