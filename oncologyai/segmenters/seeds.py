"""RAS points that a user gave, as voxels of the image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oncologyai.errors import InputError, OutsideImageError
from oncologyai.types import Mask, Volume

__all__ = ["seed_voxels"]


def seed_voxels(grid: Volume | Mask, points_ras: Sequence[Sequence[float]] | np.ndarray, argument: str) -> np.ndarray:
    """Give the voxel (n, 3), order (k, j, i), that holds each RAS point; (0, 3) for no point.

    Raises
    ------
    InputError
        If a point is not three finite numbers; the message names ``argument``.
    OutsideImageError
        If a point lies outside the image; the message names it and the image's bounds.
    """
    ras = np.asarray(points_ras, dtype=np.float64)
    if ras.size == 0:
        return np.empty((0, 3), dtype=np.int64)
    ras = np.atleast_2d(ras)
    if ras.ndim != 2 or ras.shape[1] != 3 or not np.isfinite(ras).all():
        raise InputError(argument, expected="points of three finite numbers R, A, S in mm", got=str(points_ras))
    for point in ras[~grid.contains_ras(ras)]:
        raise OutsideImageError(argument, expected=f"a point within {_bounds(grid)}", got=_text(point))
    return np.floor(grid.ijk_from_ras(ras) + 0.5).astype(np.int64)[:, ::-1]


def _text(point: np.ndarray) -> str:
    return "(" + ", ".join(f"{v:.1f}" for v in point) + ")"


def _bounds(grid: Volume | Mask) -> str:
    k, j, i = grid.shape
    corners = np.array([[a, b, c] for a in (-0.5, i - 0.5) for b in (-0.5, j - 0.5) for c in (-0.5, k - 0.5)])
    ras = grid.ras_from_ijk(corners)
    sides = zip("RAS", ras.min(axis=0), ras.max(axis=0), strict=True)
    return ", ".join(f"{name} {low:.1f} to {high:.1f}" for name, low, high in sides) + " mm"
