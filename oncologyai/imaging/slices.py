"""The geometry of a series: planes sorted along their normal, repeats, gaps, overlaps and shear found and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from oncologyai.errors import AmbiguousStudyError, MissingSliceError, SliceGeometryError
from oncologyai.imaging.frames import Frame

__all__ = ["Stack", "arrange", "planar_stack"]

_SAME_PLACE_MM = 0.01
# Positions are often written to 0.1 mm; a step this far from the usual one, in mm and as a share, is still equal.
_STEP_SLACK_MM = 0.02
_STEP_SLACK = 0.05
_ALIKE = 0.15
_DIRECTION_SLACK = 1e-3
_PIXEL_SLACK_MM = 1e-3
_SHEAR_SLACK_MM = 0.1
# Planes this many thicknesses apart look like a series of which every second slice is lost.
_SPARSE = 1.9
_NAMED_AT_MOST = 12
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Stack:
    """Planes in order along their normal.

    ``frames[k]`` is None where slice k is missing. ``ijk_to_ras`` (4, 4) is right-handed; ``shear_mm`` (k, 2) says
    how far each plane lies from its place in that orthogonal grid along (i, j): all 0 but for a tilted gantry.
    """

    frames: tuple[Frame | None, ...]
    ijk_to_ras: np.ndarray
    shear_mm: np.ndarray
    warnings: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[tuple[int, Frame], ...]:
        """The slices that exist, each with its k."""
        return tuple((k, f) for k, f in enumerate(self.frames) if f is not None)

    @property
    def is_sheared(self) -> bool:
        """Whether the planes must be shifted to fit the grid."""
        return bool(np.abs(self.shear_mm).max() > _SHEAR_SLACK_MM)


@dataclass
class _Planes:
    """Work in hand: planes and their positions along the normal."""

    name: str
    frames: list[Frame]
    positions: np.ndarray
    normal: np.ndarray
    warnings: list[str] = field(default_factory=list)

    def where(self, positions: Sequence[float] | np.ndarray) -> str:
        """Name positions in RAS mm along the axis nearest to the normal."""
        axis = int(np.argmax(np.abs(self.normal)))
        sign = np.sign(self.normal[axis]) * (-1.0 if axis < 2 else 1.0)
        shown = [f"{sign * p:.2f}".rstrip("0").rstrip(".") for p in positions[:_NAMED_AT_MOST]]
        more = f" and {len(positions) - _NAMED_AT_MOST} more" if len(positions) > _NAMED_AT_MOST else ""
        return f"{'RAS'[axis]} = {', '.join(shown)}{more} mm"


def arrange(
    frames: Sequence[Frame],
    *,
    name: str,
    same_pixels: Callable[[Frame, Frame], bool],
    allow_missing_slices: bool = False,
) -> Stack:
    """Put image planes in order and work out their grid.

    Parameters
    ----------
    frames : sequence of Frame, at least one, each with position, orientation and spacing
        In any order.
    name : str
        What to call the series in messages.
    same_pixels : callable
        Tells whether two frames at one place hold the same image.
    allow_missing_slices : bool
        Leave None for missing slices and warn, instead of raising.

    Returns
    -------
    Stack
        The spacing along k comes from the positions; Slice Thickness (0018,0050) serves a single plane only.

    Raises
    ------
    AmbiguousStudyError
        If planes at one place differ in time, b-value, echo or another dimension: several images in one series.
    MissingSliceError
        If there is a gap of whole slices.
    SliceGeometryError
        If planes differ in size, pixel spacing or orientation, repeat with other content, overlap, are unequally
        spaced, or do not lie over each other.
    """
    _check_alike(frames, name)
    normal = np.cross(*frames[0].orientation)
    ordered = sorted(frames, key=lambda f: (float(f.position @ normal), f.path, f.number))
    planes = _Planes(name, ordered, np.array([f.position @ normal for f in ordered]), normal)
    _drop_repeats(planes, same_pixels)
    slots, step = _slots(planes, allow_missing_slices)
    return _stack(planes, slots, step)


def planar_stack(frames: Sequence[Frame], *, name: str) -> Stack:
    """Stack planes that have no place in space, such as planar bone scans, in the order of their files.

    Parameters
    ----------
    frames : sequence of Frame, at least one
        Of one size; the pixel spacing of the first, or 1 mm with a warning.

    Returns
    -------
    Stack
        Rows run to the patient's left, columns to the feet, as in an anterior view; 1 mm from plane to plane.

    Raises
    ------
    SliceGeometryError
        If sizes differ.
    """
    spacing = frames[0].spacing_mm if frames[0].has_spacing else (1.0, 1.0)
    coronal = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    alike = [replace(f, orientation=coronal, spacing_mm=spacing) for f in frames]
    _check_alike(alike, name)
    lps = np.eye(4)
    lps[:3, :3] = np.stack([coronal[0] * spacing[1], coronal[1] * spacing[0], np.cross(*coronal)], axis=1)
    warnings: tuple[str, ...] = ("planar images without a place in space: stacked as coronal views 1 mm apart",)
    if not frames[0].has_spacing:
        warnings += ("no pixel spacing: pixels taken as 1 mm",)
    return Stack(tuple(frames), _LPS_TO_RAS @ lps, np.zeros((len(frames), 2)), warnings)


def _check_alike(frames: Sequence[Frame], name: str) -> None:
    first = frames[0]
    for frame in frames:
        if frame.size != first.size:
            what, a, b = "size", f"{first.size[1]}x{first.size[0]}", f"{frame.size[1]}x{frame.size[0]} pixels"
        elif not np.allclose(frame.spacing_mm, first.spacing_mm, rtol=0, atol=_PIXEL_SLACK_MM):
            what, a, b = "pixel spacing", f"{first.spacing_mm} mm", f"{frame.spacing_mm} mm"
        elif not np.allclose(frame.orientation, first.orientation, rtol=0, atol=_DIRECTION_SLACK):
            what, a, b = "orientation", _cosines(first), _cosines(frame)
        else:
            continue
        raise SliceGeometryError(
            name, expected=f"slices of one {what}, {a} as in {first.path}", got=f"{b} in {frame.path}",
            remedy="move the slices that do not belong to it to another folder",
        )  # fmt: skip


def _cosines(frame: Frame) -> str:
    return "[" + ", ".join(f"{c:.3f}" for c in frame.orientation.ravel()) + "]"


def _drop_repeats(planes: _Planes, same_pixels: Callable[[Frame, Frame], bool]) -> None:
    """Keep one of several equal images at a place; refuse several different ones."""
    keep = [0]
    dropped: list[float] = []
    for index in range(1, len(planes.frames)):
        first, other = planes.frames[keep[-1]], planes.frames[index]
        if planes.positions[index] - planes.positions[keep[-1]] > _SAME_PLACE_MM:
            keep.append(index)
            continue
        same_image = (first.sop_uid, first.number) == (other.sop_uid, other.number)
        if not same_image:
            _check_same_dimensions(planes, first, other, index)
        if not (same_image or same_pixels(first, other)):
            raise SliceGeometryError(
                planes.name, expected="one image at each position",
                got=f"different ones at {planes.where(planes.positions[[index]])} ({first.path}, {other.path})",
                remedy="keep the one that belongs to the series",
            )  # fmt: skip
        dropped.append(float(planes.positions[index]))
    if dropped:
        planes.warnings.append(f"{len(dropped)} duplicate slices left out at {planes.where(np.unique(dropped))}")
    planes.frames = [planes.frames[k] for k in keep]
    planes.positions = planes.positions[keep]


def _check_same_dimensions(planes: _Planes, first: Frame, other: Frame, index: int) -> None:
    keys = sorted({*first.dimensions, *other.dimensions})
    differing = [k for k in keys if first.dimensions.get(k, "") != other.dimensions.get(k, "")]
    if not differing:
        return
    key = differing[0]
    values = sorted({f.dimensions.get(key, "none") for f in planes.frames}, key=lambda v: (len(v), v))
    shown = ", ".join(values[:_NAMED_AT_MOST]) + (", ..." if len(values) > _NAMED_AT_MOST else "")
    raise AmbiguousStudyError(
        planes.name, expected="one image at each position",
        got=f"several at {planes.where(planes.positions[[index]])} that differ in {', '.join(differing)} "
        f"({key}: {shown})",
        remedy=f"put the files of one {key} into a folder of their own",
    )  # fmt: skip


def _slots(planes: _Planes, allow_missing: bool) -> tuple[np.ndarray, float]:
    """Give each plane its k and the step in mm."""
    count = len(planes.positions)
    if count == 1:
        return np.zeros(1, dtype=int), _single_step(planes)
    steps = np.diff(planes.positions)
    # The lower median is a step that occurs, and the usual one even where slices are missing.
    median = float(np.quantile(steps, 0.5, method="lower"))
    usual = float(steps[np.abs(steps - median) <= _ALIKE * median].mean())
    whole = np.rint(steps / usual).astype(int)
    slack = _STEP_SLACK_MM + _STEP_SLACK * usual
    uneven = (np.abs(steps - whole * usual) > slack * np.maximum(whole, 1)) | (whole < 1)
    if uneven.any():
        _refuse_uneven(planes, steps, usual, uneven)
    slots = np.concatenate([[0], np.cumsum(whole)])
    step = float(planes.positions[-1] - planes.positions[0]) / int(slots[-1])
    drift = planes.positions - planes.positions[0] - step * slots
    if np.abs(drift).max() > 0.5 * slack + 0.1 * step:
        _refuse_uneven(planes, steps, usual, np.abs(np.diff(drift)) > _STEP_SLACK_MM)
    missing = np.setdiff1d(np.arange(slots[-1]), slots)
    if missing.size:
        _report_missing(planes, planes.positions[0] + step * missing, step, allow_missing)
    return slots, step


def _single_step(planes: _Planes) -> float:
    thickness = planes.frames[0].thickness_mm
    if thickness and thickness > 0:
        return thickness
    planes.warnings.append("a single slice without thickness: taken as 1 mm thick")
    return 1.0


def _refuse_uneven(planes: _Planes, steps: np.ndarray, usual: float, uneven: np.ndarray) -> None:
    overlap = steps < usual
    kind = "overlapping slices" if (uneven & overlap).any() else "unequal spacing"
    at = np.flatnonzero(uneven)
    sizes = sorted({f"{steps[k]:.2f}" for k in at})
    raise SliceGeometryError(
        planes.name, expected=f"slices {usual:.2f} mm apart",
        got=f"{kind} ({', '.join(sizes[:_NAMED_AT_MOST])} mm) after {planes.where(planes.positions[at])}",
        remedy="keep the slices of one reconstruction in a folder of their own",
    )  # fmt: skip


def _report_missing(planes: _Planes, positions: np.ndarray, step: float, allowed: bool) -> None:
    named = planes.where(positions)
    if allowed:
        planes.warnings.append(f"{len(positions)} missing slices interpolated at {named}")
        return
    raise MissingSliceError(
        planes.name, expected=f"a slice every {step:.2f} mm", got=f"{len(positions)} missing at {named}",
        remedy="find the missing files, or allow missing slices to have them interpolated",
    )  # fmt: skip


def _stack(planes: _Planes, slots: np.ndarray, step: float) -> Stack:
    first = planes.frames[0]
    row, column = first.orientation
    row_mm, column_mm = first.spacing_mm
    lps = np.eye(4)
    lps[:3, :3] = np.stack([row * column_mm, column * row_mm, planes.normal * step], axis=1)
    lps[:3, 3] = first.position
    places = np.stack([f.position for f in planes.frames]) - first.position
    shear = _fill_shear(planes, slots, np.stack([places @ row, places @ column], axis=1))
    frames: list[Frame | None] = [None] * (int(slots[-1]) + 1)
    for slot, frame in zip(slots, planes.frames, strict=True):
        frames[slot] = frame
    thickness = first.thickness_mm or 0.0
    if 0 < thickness < step / _SPARSE:
        planes.warnings.append(f"slices {thickness:.2f} mm thick lie {step:.2f} mm apart: slices may be missing")
    stack = Stack(tuple(frames), _LPS_TO_RAS @ lps, shear, tuple(planes.warnings))
    if not stack.is_sheared:
        return stack
    tilt = np.degrees(np.arctan2(np.linalg.norm(shear[-1]), step * slots[-1]))
    note = f"gantry tilt of {tilt:.1f} degrees: slices shifted onto an orthogonal grid"
    return replace(stack, warnings=(*stack.warnings, note))


def _fill_shear(planes: _Planes, slots: np.ndarray, shear: np.ndarray) -> np.ndarray:
    """Give every slot its in-plane offset; refuse one that does not grow evenly, as a tilt's does."""
    last = max(int(slots[-1]), 1)
    even = np.arange(int(slots[-1]) + 1)[:, None] * shear[-1] / last
    off = np.abs(shear - even[slots]).max(axis=1)
    if off.max() > max(0.5 * max(planes.frames[0].spacing_mm), _SHEAR_SLACK_MM):
        raise SliceGeometryError(
            planes.name, expected="slices that lie over each other",
            got=f"one shifted sideways by {off.max():.1f} mm at {planes.where(planes.positions[[int(off.argmax())]])}",
            remedy="keep the slices of one acquisition in a folder of their own",
        )  # fmt: skip
    return even
