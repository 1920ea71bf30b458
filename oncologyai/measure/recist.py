"""Diameters by RECIST 1.1 and in three dimensions (Eisenhauer et al., Eur J Cancer 2009;45:228-247).

The boundary is that of ``outline``: half-way between lesion and background voxel centres.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oncologyai.errors import EmptyMaskError
from oncologyai.measure.outline import (
    Plane,
    axial_axis,
    boundary_points,
    contour_segments,
    crop_to_lesion,
    face_points,
    largest_part,
)
from oncologyai.metrics import farthest_pair
from oncologyai.types import Line, Mask

__all__ = ["RecistDiameters", "largest_diameter", "recist_diameters", "require_lesion"]

_SAME_MM = 1e-6
_BLOCK = 512


class RecistDiameters(NamedTuple):
    """The two lines, in one slice: the array axis that the slice lies across (0 for k) and its number."""

    long_axis: Line
    short_axis: Line
    axis: int
    slice_index: int


class _Candidate(NamedTuple):
    """A slice that may hold the longest diameter, which is at most the diagonal of its box."""

    bound_mm: float
    slice_index: int
    part: np.ndarray
    points: np.ndarray


def recist_diameters(mask: Mask) -> RecistDiameters:
    """Draw the longest axial diameter and the longest perpendicular to it in the same slice.

    In each axial slice (``axial_axis``) only the largest component counts, pixels joined by side or corner. The
    long axis joins the two boundary points that lie farthest apart and may cross background where the lesion is
    bent; the slice is that of the longest, the lowest index of equals. The short axis is the longest line at a
    right angle to it between the outermost boundary points on either side, holes and bays included. All ends
    lie on the boundary. A single voxel has its in-plane edge lengths.

    Raises
    ------
    EmptyMaskError
        If the mask has no voxel.
    """
    require_lesion(mask)
    axis = axial_axis(mask.ijk_to_ras)
    lesion, corner = crop_to_lesion(mask)
    index, part, ends = _longest_slice(lesion, axis)
    plane = Plane(lesion, axis, index)
    long_axis = _line(plane, f"{mask.label} long axis", ends)
    short_axis = _line(plane, f"{mask.label} short axis", _perpendicular(part, ends, plane.rows_to_mm))
    return RecistDiameters(long_axis, short_axis, axis, corner[axis] + index)


def largest_diameter(mask: Mask) -> Line:
    """Draw the longest line between two points of the surface in three dimensions (volumetric RECIST).

    The points are the mid-points of voxel faces; all components count together.

    Raises
    ------
    EmptyMaskError
        If the mask has no voxel.
    """
    require_lesion(mask)
    lesion, _ = crop_to_lesion(mask)
    points = lesion.ras_from_ijk(face_points(lesion.array)[:, ::-1])
    first, last = farthest_pair(points)
    return Line(f"{mask.label} largest diameter", _triple(points[first]), _triple(points[last]))


def require_lesion(mask: Mask) -> None:
    """Raise EmptyMaskError unless the mask has a voxel."""
    if mask.is_empty:
        raise EmptyMaskError(
            f"mask {mask.label}", expected="at least one voxel", got="none", remedy="segment the lesion first"
        )


def _longest_slice(mask: Mask, axis: int) -> tuple[int, np.ndarray, np.ndarray]:
    """Give the slice with the longest diameter: its index, its largest part and the two ends in pixel indices."""
    to_mm = Plane(mask, axis, 0).rows_to_mm
    candidates = []
    for index, inside in enumerate(np.moveaxis(mask.array, axis, 0)):
        if inside.any():
            part = largest_part(inside)
            points = boundary_points(part)
            bound = float(np.linalg.norm(np.ptp(points @ to_mm, axis=0)))
            candidates.append(_Candidate(bound, index, part, points))
    candidates.sort(key=lambda candidate: (-candidate.bound_mm, candidate.slice_index))
    best, best_mm, best_ends = candidates[0], -1.0, candidates[0].points[:2]
    for candidate in candidates:
        if candidate.bound_mm < best_mm - _SAME_MM:
            break
        ends = candidate.points[list(farthest_pair(candidate.points @ to_mm))]
        length = float(np.linalg.norm((ends[1] - ends[0]) @ to_mm))
        earlier = abs(length - best_mm) <= _SAME_MM and candidate.slice_index < best.slice_index
        if length > best_mm + _SAME_MM or earlier:
            best, best_mm, best_ends = candidate, length, ends
    return best.slice_index, best.part, best_ends


def _perpendicular(part: np.ndarray, ends: np.ndarray, to_mm: np.ndarray) -> np.ndarray:
    """Give the ends, in pixel indices, of the longest chord at a right angle to the line between ``ends``.

    The distance between the outermost boundary pieces is a convex function between two corners of the
    boundary, so that the longest chord passes through a corner. Of equal ones the nearest to the middle is drawn.
    """
    origin, tip = ends @ to_mm
    direction = (tip - origin) / np.linalg.norm(tip - origin)
    turn = np.stack([direction, np.array([-direction[1], direction[0]])], axis=1)
    pieces = (contour_segments(part) @ to_mm - origin) @ turn
    pieces = np.where((pieces[:, :1, :1] <= pieces[:, 1:, :1]), pieces, pieces[:, ::-1])
    places = np.unique(pieces[:, :, 0].round(9))
    low, high = _envelope(pieces, places)
    longest = np.flatnonzero(high - low >= (high - low).max() - _SAME_MM)
    middle = float(np.linalg.norm(tip - origin)) / 2.0
    at = int(longest[np.abs(places[longest] - middle).argmin()])
    chord = np.array([[places[at], low[at]], [places[at], high[at]]])
    return (chord @ turn.T + origin) @ np.linalg.inv(to_mm)


def _envelope(pieces: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the lowest and the highest crossing of the boundary pieces at each place along the long axis."""
    (t0, u0), (t1, u1) = pieces[:, 0].T, pieces[:, 1].T
    steep = t1 - t0 < 1e-9
    width = np.where(steep, 1.0, t1 - t0)
    low, high = np.empty(len(places)), np.empty(len(places))
    for start in range(0, len(places), _BLOCK):
        t = places[start : start + _BLOCK, None]
        share = np.clip((t - t0) / width, 0.0, 1.0)
        lower = np.where(steep, np.minimum(u0, u1), u0 + share * (u1 - u0))
        upper = np.where(steep, np.maximum(u0, u1), u0 + share * (u1 - u0))
        crossed = (t >= t0 - 1e-8) & (t <= t1 + 1e-8)
        low[start : start + _BLOCK] = np.where(crossed, lower, np.inf).min(axis=1)
        high[start : start + _BLOCK] = np.where(crossed, upper, -np.inf).max(axis=1)
    return low, high


def _line(plane: Plane, name: str, ends: np.ndarray) -> Line:
    start, end = plane.ras(ends)
    return Line(name, _triple(start), _triple(end))


def _triple(point: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in point)
    return x, y, z
