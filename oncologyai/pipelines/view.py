"""Where a model looks: the whole image, or the part of it in a box or around seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from oncologyai.errors import GeometryMismatchError, InputError, OutsideImageError
from oncologyai.pipelines.channels import ModelInputs, bounds_in
from oncologyai.types import Mask, Point, Volume

__all__ = ["Box", "View", "box_around", "check_points", "cut_view"]

Box = tuple[float, float, float, float, float, float]
"""Two opposite corners (R, A, S, R, A, S) in RAS mm."""

_MARGIN = 4  # voxels that further channels keep beyond the box, so that blurring before resampling sees their own


@dataclass(frozen=True, eq=False)
class View:
    """What a model is shown, and where it lies in the first image.

    Attributes
    ----------
    volumes : mapping of str to Volume
        The first image first, each cut to the box.
    slices : tuple of slice
        Of the first image, (k, j, i).
    notes : tuple of str
        Channels that do not reach the box.
    """

    volumes: Mapping[str, Volume]
    slices: tuple[slice, slice, slice]
    notes: tuple[str, ...] = ()

    def back(self, first: Volume, array: np.ndarray) -> np.ndarray:
        """Put an array of the view into an empty one of the first image's shape."""
        if array.shape == first.shape:
            return array
        whole = np.zeros(first.shape, dtype=array.dtype)
        whole[self.slices] = array
        return whole

    def is_reached(self, part: np.ndarray, first: Volume) -> bool:
        """Tell whether a part (k, j, i) of the view lies at a side of the box that is no side of the image."""
        for axis, (piece, size) in enumerate(zip(self.slices, first.shape, strict=True)):
            for side, inner in ((0, piece.start > 0), (-1, piece.stop < size)):
                if inner and np.take(part, side, axis=axis).any():
                    return True
        return False

    def mask(self, first: Volume) -> Mask:
        """Give the box as a mask of the first image."""
        array = np.zeros(first.shape, dtype=bool)
        array[self.slices] = True
        return Mask.on(first, array, "box")


def box_around(points: Sequence[Point], distance_mm: float) -> Box:
    """Give the box that reaches ``distance_mm`` beyond all points (at least one) along R, A and S."""
    ras = np.array([p.ras for p in points], dtype=np.float64)
    low, high = ras.min(axis=0) - distance_mm, ras.max(axis=0) + distance_mm
    right, anterior, superior, *rest = (float(v) for v in (*low, *high))
    return right, anterior, superior, rest[0], rest[1], rest[2]


def check_points(volume: Volume, points: Sequence[Point], argument: str) -> None:
    """Raise InputError unless every point is three finite numbers, OutsideImageError unless it is in the image."""
    for point in points:
        if len(point.ras) != 3 or not np.isfinite(point.ras).all():
            raise InputError(argument, expected="three finite numbers R, A, S in mm", got=str(point.ras))
        if not volume.contains_ras(point.ras):
            place = ", ".join(f"{v:.1f}" for v in point.ras)
            raise OutsideImageError(argument, expected=f"a point within {_bounds(volume)}", got=f"({place})")


def cut_view(inputs: ModelInputs, box: Box | None, *, required: Sequence[str] = ()) -> View:
    """Cut the images to a box.

    Parameters
    ----------
    inputs : ModelInputs
        The images.
    box : Box, optional
        RAS mm; what of it lies beyond the image is left away. None: everything.
    required : sequence of str
        Channels that must reach the box.

    Returns
    -------
    View
        The first image cut to whole voxels, at least one along each axis; further channels a little wider. Cut images
        refer to no DICOM files.

    Raises
    ------
    OutsideImageError
        If no part of the box lies in the image.
    GeometryMismatchError
        If a required channel does not reach the box.
    """
    first = inputs.volume
    if box is None:
        return View(inputs.volumes, (slice(0, first.shape[0]), slice(0, first.shape[1]), slice(0, first.shape[2])))
    corners = np.array([[box[a], box[b], box[c]] for a in (0, 3) for b in (1, 4) for c in (2, 5)])
    at = first.ijk_from_ras(corners)
    slices = _slices(first, at.min(axis=0), at.max(axis=0), 0)
    if slices is None:
        text = ",".join(f"{v:g}" for v in box)
        raise OutsideImageError("box", expected=f"a box that meets the image, {_bounds(first)}", got=text)
    volumes = {inputs.first: _cut(first, slices)}
    notes = []
    for name, volume in inputs.channels.items():
        wider = _slices(volume, *bounds_in(volume, volumes[inputs.first]), _MARGIN)
        if wider is not None:
            volumes[name] = _cut(volume, wider)
        elif name in required:
            raise GeometryMismatchError(
                f"channel {name}", expected="an image that reaches the box", got="one beside it"
            )
        else:
            notes.append(f"channel {name} does not reach the box")
    return View(volumes, slices, tuple(notes))


def _slices(volume: Volume, low: np.ndarray, high: np.ndarray, margin: int) -> tuple[slice, slice, slice] | None:
    """Give the voxels (k, j, i) from ``low`` to ``high`` (i, j, k), None where there are none."""
    size = np.array(volume.shape[::-1])
    start = np.floor(low + 0.5).astype(int)
    stop = np.floor(high + 0.5).astype(int) + 1
    if (stop <= 0).any() or (start >= size).any():
        return None
    start, stop = np.maximum(start - margin, 0), np.minimum(stop + margin, size)
    i, j, k = (slice(int(a), int(b)) for a, b in zip(start, stop, strict=True))
    return k, j, i


def _cut(volume: Volume, slices: tuple[slice, slice, slice]) -> Volume:
    matrix = volume.ijk_to_ras.copy()
    matrix[:3, 3] = volume.ras_from_ijk([s.start for s in slices[::-1]])
    return replace(volume, array=np.ascontiguousarray(volume.array[slices]), ijk_to_ras=matrix, dicom=None)


def _bounds(volume: Volume) -> str:
    low, high = _corners(volume)
    sides = zip("RAS", low, high, strict=True)
    return ", ".join(f"{name} {a:.1f} to {b:.1f}" for name, a, b in sides) + " mm"


def _corners(volume: Volume) -> tuple[np.ndarray, np.ndarray]:
    k, j, i = volume.shape
    ends = np.array([[a, b, c] for a in (-0.5, i - 0.5) for b in (-0.5, j - 0.5) for c in (-0.5, k - 0.5)])
    ras = volume.ras_from_ijk(ends)
    return ras.min(axis=0), ras.max(axis=0)
