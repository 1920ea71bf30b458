"""Planar contours to voxels: exact, by the even-odd rule, inside each contour's own box."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.types import Mask, Volume

__all__ = ["Rasterised", "rasterise_contours"]

_SAME_PLANE_MM = 0.2  # contours closer than this along the stack are drawn on one plane
_REGULAR_GAP = 1.5  # two planes further apart than this many usual gaps are two parts, not one with a gap
_WIDEST_GAP_MM = 15.0  # planes further apart are two parts, whatever the usual gap
_FINEST = 1024  # pixels across contours that are drawn on planes of their own
_PLANAR_SLICES = 0.5  # a contour that spans more than this share of a slice does not lie in it
_SMALLEST_REPEAT = 20.0  # smaller contours, in voxels, are not compared with one another
_ROUND_DIGITS = 6  # voxel coordinates are rounded so that points on voxel centres fall on one side always

_Box = tuple[slice, slice]


@dataclass(frozen=True, eq=False)
class Rasterised:
    """Voxels inside a set of contours: bool ``array`` (k, j, i) and what was odd, each a plain sentence."""

    array: np.ndarray
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Plane:
    """The filled contours of one plane: ``inside`` is the part of the plane at ``box``."""

    position: float
    box: _Box
    inside: np.ndarray


def rasterise_contours(contours: Sequence[np.ndarray], grid: Volume | Mask) -> Rasterised:
    """Give the voxels of a grid whose centres lie inside closed planar contours.

    Parameters
    ----------
    contours : sequence of ndarray, shape (n, 3)
        Closed contours (the last point joins the first) in RAS mm, in any order. Contours of one plane are
        combined by the even-odd rule, so that a contour inside a contour, or a keyhole, is a hole. A contour
        given twice counts once.
    grid : Volume or Mask
        Where to draw. Slices may lie in any direction; contours need not be parallel to them.

    Returns
    -------
    Rasterised
        No contour, or none with three points, gives an empty array.

    Notes
    -----
    A contour goes onto the nearest slice. Where several planes fall on one slice the nearest is used. Slices
    between contours that are further apart than the slices are filled by shape-based interpolation, the
    average of the two signed distances weighted by nearness [1]_, unless the gap is above 1.5 times the
    structure's usual gap or 15 mm. Nothing is added beyond the first and the last contour. Contours that are parallel
    to no axis of the grid are drawn on a grid of their own at a quarter of its spacing and looked up from there.

    References
    ----------
    .. [1] Raya SP, Udupa JK. Shape-based interpolation of multidimensional objects. IEEE TMI 1990;9:32-42.
    """
    usable, notes = _usable(contours)
    if not usable:
        return Rasterised(np.zeros(grid.shape, dtype=np.bool_), tuple(notes))
    polygons = [np.round(grid.ijk_from_ras(c), _ROUND_DIGITS) for c in usable]
    axis = _stack_axis(polygons)
    drawn = _rasterise_oblique(usable, grid) if axis is None else _rasterise_stack(polygons, axis, grid)
    return Rasterised(drawn.array, (*notes, *drawn.notes))


def _usable(contours: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[str]]:
    unique: dict[bytes, np.ndarray] = {}
    repeated = short = 0
    for contour in contours:
        points = np.ascontiguousarray(contour, dtype=np.float64)
        if len(points) < 3:
            short += 1
            continue
        repeated += points.tobytes() in unique
        unique.setdefault(points.tobytes(), points)
    notes = [f"{repeated} contours given twice counted once"] if repeated else []
    if short:
        notes.append(f"{short} contours of fewer than 3 points left out")
    return list(unique.values()), notes


def _stack_axis(polygons: Sequence[np.ndarray]) -> int | None:
    """Give the voxel axis along which the contours are stacked; slices (2) where several would do."""
    spread = np.max([np.ptp(p, axis=0) for p in polygons], axis=0)
    return next((axis for axis in (2, 1, 0) if spread[axis] <= _PLANAR_SLICES), None)


def _rasterise_stack(polygons: Sequence[np.ndarray], axis: int, grid: Volume | Mask) -> Rasterised:
    array = np.zeros(grid.shape, dtype=np.bool_)
    # array axes (stack, row, column) as a view; a point's (x, y) is then (column, row)
    stack = array.transpose({2: (0, 1, 2), 1: (1, 0, 2), 0: (2, 0, 1)}[axis])
    x, y = {2: (0, 1), 1: (0, 2), 0: (1, 2)}[axis]
    planes, cut, doubled = [], 0, 0
    for position, members in _grouped(polygons, axis, _SAME_PLANE_MM / grid.spacing_mm[axis]):
        flat = [p[:, [x, y]] for p in members]
        cut += sum(_reaches_out(p, stack.shape[1:]) for p in flat)
        doubled += _has_near_repeat(flat)
        planes.append(_Plane(position, *_fill(flat, stack.shape[1:])))
    notes = [f"{cut} contours reach beyond the image and were cut at its border"] if cut else []
    if doubled:
        notes.append(f"on {doubled} slices contours repeat one another almost, and cancel by the even-odd rule")
    owner, more = _nearest_planes(planes, len(stack), grid.spacing_mm[axis])
    for k, plane in owner.items():
        stack[k][plane.box] = plane.inside
    filled = _fill_between(
        planes, owner, stack, (grid.spacing_mm[y], grid.spacing_mm[x]), _WIDEST_GAP_MM / grid.spacing_mm[axis]
    )
    if filled:
        more.append(f"{filled} slices between contours filled by shape-based interpolation")
    return Rasterised(array, (*notes, *more))


def _reaches_out(polygon: np.ndarray, shape: tuple[int, ...]) -> bool:
    size = np.array(shape[::-1])
    return bool((polygon < -0.5).any() or (polygon > size - 0.5).any())


def _has_near_repeat(polygons: Sequence[np.ndarray]) -> bool:
    """Tell whether two polygons of a plane have the same box to half a voxel and the same area to 1 %."""
    measured = sorted(
        (abs(_area(p)), *p.min(axis=0), *p.max(axis=0)) for p in polygons if abs(_area(p)) >= _SMALLEST_REPEAT
    )
    return any(
        b[0] <= 1.01 * a[0] and np.allclose(a[1:], b[1:], rtol=0, atol=0.5) for a, b in itertools.pairwise(measured)
    )


def _area(polygon: np.ndarray) -> float:
    x, y = polygon[:, 0], polygon[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def _grouped(polygons: Sequence[np.ndarray], axis: int, tolerance: float) -> list[tuple[float, list[np.ndarray]]]:
    """Group contours by plane: (position along the axis in voxels, contours), by position."""
    positions = np.array([np.median(p[:, axis]) for p in polygons])
    order = np.argsort(positions, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(positions[order]) > tolerance) + 1)
    return [(round(float(positions[g].mean()), 3), [polygons[n] for n in g]) for g in groups]


def _fill(polygons: Sequence[np.ndarray], shape: tuple[int, ...]) -> tuple[_Box, np.ndarray]:
    """Fill polygons (n, 2) of (column, row) by the even-odd rule; give the box they touch and its inside.

    Every edge toggles its row from the first voxel centre at or right of it on. A centre on a left or upper
    border is inside, on a right or lower one outside, so that polygons side by side share no voxel.
    """
    start = np.concatenate(polygons)
    end = np.concatenate([np.roll(p, -1, axis=0) for p in polygons])
    upward = (start[:, 1] <= end[:, 1])[:, None]
    low, high = np.where(upward, start, end), np.where(upward, end, start)
    first, stop = (np.clip(np.ceil(e[:, 1]), 0, shape[0]).astype(np.int64) for e in (low, high))
    count = stop - first
    edge = np.repeat(np.arange(len(low)), count)
    if not len(edge):
        return (slice(0, 0), slice(0, 0)), np.zeros((0, 0), dtype=np.bool_)
    row = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    rise = np.where(count > 0, high[:, 1] - low[:, 1], 1.0)
    slope = (high[:, 0] - low[:, 0]) / rise
    crossing = np.round(low[edge, 0] + (row - low[edge, 1]) * slope[edge], _ROUND_DIGITS)
    column = np.clip(np.ceil(crossing), 0, shape[1]).astype(np.int64)
    top, left = int(row.min()), int(column.min())
    height, width = int(row.max()) - top + 1, int(column.max()) - left
    toggles = np.bincount((row - top) * (width + 1) + column - left, minlength=height * (width + 1))
    odd = (toggles & 1).astype(np.bool_).reshape(height, width + 1)
    inside = np.logical_xor.accumulate(odd, axis=1)[:, :width]
    return (slice(top, top + height), slice(left, left + width)), inside


def _nearest_planes(planes: Sequence[_Plane], slices: int, spacing_mm: float) -> tuple[dict[int, _Plane], list[str]]:
    """Give each slice the plane nearest to it, and notes on planes that lie elsewhere."""
    owner: dict[int, _Plane] = {}
    outside = crowded = 0
    for plane in planes:
        k = math.floor(plane.position + 0.5)
        if not 0 <= k < slices:
            outside += 1
            continue
        crowded += k in owner
        if k not in owner or abs(plane.position - k) < abs(owner[k].position - k):
            owner[k] = plane
    notes = [f"{outside} contour planes outside the image left out"] if outside else []
    if crowded:
        notes.append(f"{crowded} contour planes closer together than the slices left out; the nearest were used")
    off = max((abs(p.position - k) for k, p in owner.items()), default=0.0) * spacing_mm
    if off > _SAME_PLANE_MM:
        notes.append(f"contours lie between slices, up to {off:.2f} mm away; each was put on the nearest")
    return owner, notes


def _fill_between(
    planes: Sequence[_Plane],
    owner: dict[int, _Plane],
    stack: np.ndarray,
    spacing_mm: tuple[float, float],
    widest: float,
) -> int:
    gaps = np.diff([p.position for p in planes])
    limit = min(_REGULAR_GAP * float(np.median(gaps)), widest) if len(gaps) else 0.0
    filled = 0
    for below, above in itertools.pairwise(planes):
        gap = above.position - below.position
        between = range(max(0, math.ceil(below.position)), min(len(stack), math.ceil(above.position)))
        missing = [k for k in between if k not in owner]
        if gap > limit or not missing:
            continue
        box, low, high = _signed_distances(below, above, spacing_mm)
        for k in missing:
            share = (k - below.position) / gap
            stack[k][box] = (1 - share) * low + share * high > 0
        filled += len(missing)
    return filled


def _signed_distances(
    below: _Plane, above: _Plane, spacing_mm: tuple[float, float]
) -> tuple[_Box, np.ndarray, np.ndarray]:
    """Give a box around two planes and the distance of its voxels to each border, above 0 inside."""
    held = [p.box for p in (below, above) if p.inside.size] or [below.box]
    box = (
        slice(min(b[0].start for b in held), max(b[0].stop for b in held)),
        slice(min(b[1].start for b in held), max(b[1].stop for b in held)),
    )
    distances, half = [], sum(spacing_mm) / 4
    for plane in (below, above):
        # one voxel of margin, so that a shape that fills the box has an outside
        whole = np.zeros((box[0].stop - box[0].start + 2, box[1].stop - box[1].start + 2), dtype=np.bool_)
        if plane.inside.size:
            top, left = plane.box[0].start - box[0].start + 1, plane.box[1].start - box[1].start + 1
            whole[top : top + plane.inside.shape[0], left : left + plane.inside.shape[1]] = plane.inside
        inner = ndimage.distance_transform_edt(whole, sampling=spacing_mm)
        outer = ndimage.distance_transform_edt(~whole, sampling=spacing_mm)
        # the border runs half-way between the centres of inner and outer voxels
        signed = np.where(whole, inner - half, half - outer)
        distances.append(signed[1:-1, 1:-1])
    return box, distances[0], distances[1]


def _rasterise_oblique(contours: Sequence[np.ndarray], grid: Volume | Mask) -> Rasterised:
    """Draw contours on a grid along their own planes, then look the voxels of ``grid`` up in it."""
    centred = np.concatenate([c - c.mean(axis=0) for c in contours])
    frame = np.linalg.svd(centred, full_matrices=False)[2]
    flat = [c for c in contours if np.ptp(c @ frame[2]) <= _PLANAR_SLICES * min(grid.spacing_mm)]
    notes = [f"{len(contours) - len(flat)} contours that lie in no plane left out"] if len(flat) < len(contours) else []
    array = np.zeros(grid.shape, dtype=np.bool_)
    if not flat:
        return Rasterised(array, tuple(notes))
    step = max(min(grid.spacing_mm) / 4, float(np.ptp(np.concatenate(flat) @ frame.T, axis=0)[:2].max()) / _FINEST)
    own = _own_grid(flat, frame, step)
    drawn = _rasterise_stack([np.round(own.ijk_from_ras(c), _ROUND_DIGITS) for c in flat], 2, own)
    to_own = np.linalg.inv(own.ijk_to_ras) @ grid.ijk_to_ras
    ends = np.array(list(itertools.product(*((-1, n) for n in own.shape[::-1]))))
    corners = grid.ijk_from_ras(own.ras_from_ijk(ends))
    low = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0)) + 1, grid.shape[::-1]).astype(int)
    if (high <= low).any():
        return Rasterised(array, (*notes, f"{len(flat)} contours outside the image left out"))
    region = tuple(slice(a, b) for a, b in zip(low[::-1], high[::-1], strict=True))
    matrix = to_own[:3, :3][::-1, ::-1]
    offset = (to_own[:3, :3] @ low + to_own[:3, 3])[::-1]
    array[region] = ndimage.affine_transform(
        drawn.array.astype(np.uint8), matrix, offset=offset, output_shape=array[region].shape, order=0
    ).astype(np.bool_)
    note = "contours parallel to no axis of the image were drawn on their own planes and looked up from there"
    return Rasterised(array, (*notes, *drawn.notes, note))


def _own_grid(contours: Sequence[np.ndarray], frame: np.ndarray, step: float) -> Mask:
    heights = np.unique(np.round([float(np.median(c @ frame[2])) for c in contours], 1))
    gap = float(np.median(np.diff(heights))) if len(heights) > 1 else 2 * step
    points = np.concatenate(contours) @ frame.T
    spacing = np.array([step, step, gap])
    low = points.min(axis=0) - np.array([step, step, 0])
    low[2] = heights[0]
    size = np.ceil((points.max(axis=0) - low) / spacing).astype(int) + 2
    ijk_to_ras = np.eye(4)
    ijk_to_ras[:3, :3] = frame.T * spacing
    ijk_to_ras[:3, 3] = frame.T @ low
    return Mask(np.zeros(tuple(size[::-1]), dtype=np.bool_), ijk_to_ras, "contours")
