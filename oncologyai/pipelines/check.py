"""Whether a series is what a study needs: each check passed or failed, with the reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.imaging import SeriesSurvey, survey_series
from oncologyai.progress import Progress
from oncologyai.types import Series

__all__ = ["CHECKS", "CheckLimits", "CheckResult", "Neighbour", "check_series", "limits_from_mapping"]

CHECKS: dict[str, str] = {
    "modality": "is one of those wanted",
    "orientation": "all planes lie in one of those wanted",
    "foreign": "no slices of another patient, or of another series of its modality, lie in its folder",
    "consistency": "the slices are one even stack of one size, pixel, orientation, patient, study and frame of "
    "reference, none missing, double or overlapping",
    "slices": "their number is within the limits",
    "thickness": "one slice thickness, within the limits",
    "spacing": "one pixel spacing and one distance of slices, as stated, within the limits",
    "kernel": "one reconstruction kernel, one of those wanted",
    "resolution": "rows and columns are those wanted",
    "rescale": "every slice has slope and intercept, where the modality needs them",
}
"""What is checked, in the order of the columns."""

_ORIENTATIONS = ("axial", "coronal", "sagittal")
_PLANAR = "NM"  # the modality whose planes may have no place in space
_RESCALED = ("CT", "PT")  # the modalities whose values mean nothing without
_STATED_SLACK_MM = 0.01
_NAMED_AT_MOST = 3


@dataclass(frozen=True)
class CheckLimits:
    """What is wanted; what is None or empty is not limited.

    Attributes
    ----------
    modalities, orientations, kernels : tuple of str
        Those wanted; a kernel may be a pattern such as ``B*``. A series without a kernel fails where one is wanted.
    tilt_deg : float or None
        Largest angle of the planes to their orientation.
    slices : (int or None, int or None)
        Least and most slices.
    thickness_mm, pixel_mm, step_mm : (float or None, float or None)
        Least and largest slice thickness, pixel edge, distance of slices, both limits included.
    resolution : (int, int) or None
        Rows and columns.
    one_series_a_folder : bool
        Whether another series of the same modality in the folder is a fault. Slices of another patient always are.
    rescale : bool
        Whether slope and intercept are needed in CT and PET.

    Raises
    ------
    InputError
        If limits descend, or an orientation is none.
    """

    modalities: tuple[str, ...] = ()
    orientations: tuple[str, ...] = ("axial",)
    tilt_deg: float | None = None
    slices: tuple[int | None, int | None] = (None, None)
    thickness_mm: tuple[float | None, float | None] = (None, None)
    pixel_mm: tuple[float | None, float | None] = (None, None)
    step_mm: tuple[float | None, float | None] = (None, None)
    kernels: tuple[str, ...] = ()
    resolution: tuple[int, int] | None = None
    one_series_a_folder: bool = True
    rescale: bool = True

    def __post_init__(self) -> None:
        for orientation in self.orientations:
            check_choice(orientation, _ORIENTATIONS, "orientations")
        for name in _RANGES:
            low, high = getattr(self, name)
            ends = [v for v in (low, high) if v is not None]
            if not all(math.isfinite(v) and v >= 0 for v in ends) or ends != sorted(ends):
                raise InputError(name, expected="two ascending limits such as 1 and 3", got=f"{low} and {high}")


_RANGES = ("slices", "thickness_mm", "pixel_mm", "step_mm")


@dataclass(frozen=True)
class Neighbour:
    """Another series of images with files in the same folder: its patient, modality, UID and files there."""

    patient: str
    modality: str
    uid: str
    files: int


@dataclass(frozen=True)
class CheckResult:
    """Outcome by check: True passed, False failed, None not asked or not told; ``reasons`` say why by check."""

    outcomes: Mapping[str, bool | None]
    reasons: Mapping[str, str]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return False not in self.outcomes.values()


def limits_from_mapping(values: Mapping[str, Any]) -> CheckLimits:
    """Read limits from plain data, as a YAML file gives them: a text stands for a list of one, a range is a list
    of two of which either may be null.

    Raises
    ------
    InputError
        If a name is unknown or a value is not of its kind.
    """
    known = {f.name: f for f in fields(CheckLimits)}
    found: dict[str, Any] = {}
    for name, value in values.items():
        check_choice(str(name), known, "limits")
        found[name] = _read(name, value)
    return CheckLimits(**found)


def check_series(
    series: Series,
    limits: CheckLimits | None = None,
    *,
    neighbours: Sequence[Neighbour] = (),
    progress: Progress | None = None,
) -> CheckResult:
    """Check one series by its headers.

    Parameters
    ----------
    series : Series
        Of images.
    limits : CheckLimits, optional
        What is wanted.
    neighbours : sequence of Neighbour
        Other series in its folder.
    progress : Progress, optional

    Returns
    -------
    CheckResult
        An outcome for every name in ``CHECKS``.

    Raises
    ------
    EmptyStudyError, UnreadableFileError, MissingFileError
        As ``survey_series``.

    References
    ----------
    .. [1] Ch. 8, 3.1.2: the quality checks of the precision-medicine-toolbox.
    """
    limits = limits or CheckLimits()
    found = survey_series(series, progress=progress)
    reasons = {
        "modality": _not_among(series.modality, limits.modalities),
        "orientation": _orientation(found, limits),
        "foreign": _foreign(series, limits, neighbours),
        "consistency": "; ".join(found.faults),
        "slices": _outside(found.planes, limits.slices, "slices"),
        "thickness": _one_within(found.thicknesses_mm, limits.thickness_mm, "slice thickness"),
        "spacing": _spacing(found, limits),
        "kernel": _kernel(found, limits),
        "resolution": _resolution(found, limits),
        "rescale": _rescale(series, found, limits),
    }
    asked = {
        "modality": bool(limits.modalities),
        "orientation": bool(limits.orientations) and (found.is_placed or series.modality != _PLANAR),
        "slices": limits.slices != (None, None),
        "thickness": bool(found.thicknesses_mm) or limits.thickness_mm != (None, None),
        "kernel": any(found.kernels) or bool(limits.kernels),
        "resolution": limits.resolution is not None,
        "rescale": limits.rescale and series.modality in _RESCALED,
    }
    outcomes = {name: not reasons[name] if asked.get(name, True) else None for name in CHECKS}
    return CheckResult(outcomes, {name: reason for name, reason in reasons.items() if outcomes[name] is False})


def _not_among(value: str, wanted: Sequence[str]) -> str:
    return "" if not wanted or value in wanted else f"{value or 'none'}, not {' or '.join(wanted)}"


def _orientation(found: SeriesSurvey, limits: CheckLimits) -> str:
    others = [o for o in found.orientations if o not in limits.orientations]
    if others:
        return f"{', '.join(others)}, not {' or '.join(limits.orientations)}"
    if limits.tilt_deg is not None and (found.tilt_deg or 0.0) > limits.tilt_deg:
        return f"tilted by {found.tilt_deg} degrees, more than {limits.tilt_deg:g}"
    return ""


def _foreign(series: Series, limits: CheckLimits, neighbours: Sequence[Neighbour]) -> str:
    foreign = [n for n in neighbours if n.patient != series.patient_id]
    further = [n for n in neighbours if n not in foreign and n.modality == series.modality]
    faults = []
    if foreign:
        faults.append(f"{sum(n.files for n in foreign)} image files of another patient in the folder")
    if further and limits.one_series_a_folder:
        listed = ", ".join(f"{n.uid} ({n.files} files)" for n in further[:_NAMED_AT_MOST])
        faults.append(f"another {series.modality} series in the folder: {listed}")
    return "; ".join(faults)


def _outside(value: float, limits: tuple[float | None, float | None], what: str) -> str:
    low, high = limits
    if low is not None and value < low:
        return f"{value:g} {what}, fewer than {low:g}" if what == "slices" else f"{what} {value:g}, below {low:g}"
    if high is not None and value > high:
        return f"{value:g} {what}, more than {high:g}" if what == "slices" else f"{what} {value:g}, above {high:g}"
    return ""


def _one_within(values: Sequence[float], limits: tuple[float | None, float | None], what: str) -> str:
    """Tell of several values, of one outside the limits, and of none where there are limits."""
    if not values:
        return "" if limits == (None, None) else f"no {what} given"
    faults = [f"several, {what} {', '.join(f'{v:g}' for v in values)} mm"] if len(values) > 1 else []
    outside = (_outside(value, limits, what) for value in values)
    return "; ".join([*faults, *(f"{fault} mm" for fault in outside if fault)])


def _spacing(found: SeriesSurvey, limits: CheckLimits) -> str:
    pixels = tuple(dict.fromkeys(v for pair in found.pixel_mm for v in pair))
    faults = []
    if len(found.pixel_mm) > 1:
        faults.append("several pixel spacings, " + ", ".join(f"{a:g}x{b:g}" for a, b in found.pixel_mm) + " mm")
    if not pixels:
        faults.append("no pixel spacing given")
    faults += [f"{fault} mm" for v in pixels if (fault := _outside(v, limits.pixel_mm, "pixel"))]
    if found.step_mm is not None:
        step = round(found.step_mm, 3)
        faults += [f"{fault} mm" for fault in [_outside(step, limits.step_mm, "slice distance")] if fault]
        stated = [v for v in found.stated_steps_mm if v and abs(abs(v) - step) > _STATED_SLACK_MM]
        faults += [f"slices lie {step:g} mm apart, stated as {v:g} mm" for v in stated[:1]]
    return "; ".join(faults)


def _kernel(found: SeriesSurvey, limits: CheckLimits) -> str:
    if len(found.kernels) > 1:
        return "several, " + ", ".join(kernel or "none" for kernel in found.kernels)
    kernel = found.kernels[0] if found.kernels else ""
    if limits.kernels and not any(fnmatch(kernel.casefold(), wanted.casefold()) for wanted in limits.kernels):
        return f"{kernel or 'none'}, not {' or '.join(limits.kernels)}"
    return ""


def _resolution(found: SeriesSurvey, limits: CheckLimits) -> str:
    if limits.resolution is None:
        return ""
    others = [f"{columns}x{rows}" for rows, columns in found.sizes if (rows, columns) != limits.resolution]
    rows, columns = limits.resolution
    return f"{', '.join(others)} pixels, not {columns}x{rows}" if others else ""


def _rescale(series: Series, found: SeriesSurvey, limits: CheckLimits) -> str:
    if not limits.rescale or series.modality not in _RESCALED:
        return ""
    faults = []
    for what, files in (("slope", found.without_slope), ("intercept", found.without_intercept)):
        if files:
            named = ", ".join(Path(f).name for f in files[:_NAMED_AT_MOST])
            more = f" and {len(files) - _NAMED_AT_MOST} more" if len(files) > _NAMED_AT_MOST else ""
            faults.append(f"no {what} in {len(files)} files: {named}{more}")
    return "; ".join(faults)


def _read(name: str, value: Any) -> Any:
    """Read one limit of its kind."""
    if name in ("modalities", "orientations", "kernels"):
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, Sequence) or not all(isinstance(v, str) for v in values):
            raise InputError(name, expected="a text or a list of texts", got=repr(value))
        return tuple(values)
    if name in ("one_series_a_folder", "rescale"):
        if not isinstance(value, bool):
            raise InputError(name, expected="true or false", got=repr(value))
        return value
    if name == "tilt_deg":
        return None if value is None else _number(name, value)
    if value is None:
        return None if name == "resolution" else (None, None)
    pair = value if isinstance(value, Sequence) and not isinstance(value, str) else (value, value)
    if len(pair) != 2:
        raise InputError(name, expected="two numbers, of which a limit may be null", got=repr(value))
    if name == "resolution":
        return int(_number(name, pair[0])), int(_number(name, pair[1]))
    return tuple(None if v is None else _number(name, v) for v in pair)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(name, expected="a number", got=repr(value))
    return value
