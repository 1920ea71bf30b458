"""What all headers of a series say together, without refusing a series for what is wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydicom import Dataset
from pydicom.datadict import tag_for_keyword

from oncologyai.errors import EmptyStudyError, InputError
from oncologyai.imaging.frames import Frame, frames_of
from oncologyai.imaging.headers import number_of, read_header, text_of
from oncologyai.imaging.pixels import same_pixels
from oncologyai.imaging.slices import Stack, arrange
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Series

__all__ = ["SeriesSurvey", "dicom_tag", "survey_series"]

_PLANES = ("sagittal", "coronal", "axial")  # by the axis nearest to the normal: R, A, S
_OWNERS = ("PatientID", "StudyInstanceUID", "FrameOfReferenceUID")
_HEX = re.compile(r"^\(?([0-9a-f]{4}),? ?([0-9a-f]{4})\)?$", re.IGNORECASE)
_NAMED_AT_MOST = 3
Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class SeriesSurvey:
    """What the headers of a series say.

    Attributes
    ----------
    planes : int
        Image planes; a multi-frame file holds several.
    sizes : tuple of (int, int)
        Rows and columns that occur, the most frequent first, as in every tuple below.
    pixel_mm : tuple of (float, float)
        Distances of rows and of columns (Pixel Spacing, 0028,0030), where given.
    orientations : tuple of str
        axial, coronal or sagittal, whichever the plane is nearest to; unknown where the file does not say.
    tilt_deg : float or None
        Largest angle of a plane to that orientation.
    thicknesses_mm, stated_steps_mm : tuple of float
        Slice Thickness (0018,0050) and Spacing Between Slices (0018,0088), where given.
    kernels : tuple of str
        Convolution Kernel (0018,1210); empty where a plane has none.
    step_mm : float or None
        Distance of the planes from their positions; None where they have none, or there is one plane only.
    without_slope, without_intercept : tuple of str
        Files without Rescale Slope (0028,1053) or Rescale Intercept (0028,1052).
    faults : tuple of str
        Why the planes are not one even stack of one acquisition.
    texts : mapping of str to tuple of str
        The values of the tags that were asked for.
    numbers : mapping of str to tuple of float
        The same of every file where they are numbers.
    """

    planes: int
    sizes: tuple[tuple[int, int], ...]
    pixel_mm: tuple[tuple[float, float], ...]
    orientations: tuple[str, ...]
    tilt_deg: float | None
    thicknesses_mm: tuple[float, ...]
    stated_steps_mm: tuple[float, ...]
    kernels: tuple[str, ...]
    step_mm: float | None
    without_slope: tuple[str, ...] = ()
    without_intercept: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def is_placed(self) -> bool:
        """Whether any plane says where it lies."""
        return any(orientation != "unknown" for orientation in self.orientations)


def dicom_tag(text: str) -> str:
    """Give a tag as the library reads it: a keyword as it is, ``(0018,1210)`` or ``00181210`` as ``0x00181210``.

    Raises
    ------
    InputError
        If it is neither.
    """
    number = _HEX.match(text.strip())
    if number:
        return f"0x{number[1]}{number[2]}".lower()
    if tag_for_keyword(text.strip()) is None:
        raise InputError("--tag", expected="a DICOM keyword such as KVP, or (0018,0060)", got=repr(text))
    return text.strip()


def survey_series(series: Series, *, tags: Sequence[str] = (), progress: Progress | None = None) -> SeriesSurvey:
    """Read every header of a series, and no pixels.

    Parameters
    ----------
    series : Series
        From ``find_studies``; one without pixels, such as a structure set, has no planes.
    tags : sequence of str
        Further attributes, as ``dicom_tag`` gives them.
    progress : Progress, optional
        Told the share of files read.

    Raises
    ------
    EmptyStudyError
        If the series has no files.
    UnreadableFileError, MissingFileError
        If a file cannot be read.
    """
    if not series.files:
        raise EmptyStudyError(series.description or series.uid, expected="files", got="none")
    watch = progress or Silent()
    headers: dict[str, Dataset] = {}
    for done, path in enumerate(series.files):
        check_cancelled(watch)
        watch.stage("headers", done / len(series.files))
        headers[path] = read_header(path)
    frames = [f for path, header in headers.items() for f in frames_of(header, path) if min(f.size) > 0]
    usual, faults = _of_one_kind(frames)
    stack, uneven = _stacked(usual)
    several = stack is not None and len(stack.frames) > 1
    return SeriesSurvey(
        planes=len(frames),
        sizes=_by_count(f.size for f in frames),
        pixel_mm=_by_count(_rounded_pair(f.spacing_mm) for f in frames if f.has_spacing),
        orientations=_by_count(_orientation(f)[0] for f in frames),
        tilt_deg=max((_orientation(f)[1] for f in frames if f.is_placed), default=None),
        thicknesses_mm=_by_count(round(f.thickness_mm, 4) for f in frames if f.thickness_mm is not None),
        stated_steps_mm=_by_count(
            round(v, 4) for h in headers.values() if (v := number_of(h, "SpacingBetweenSlices")) is not None
        ),
        kernels=_by_count(f.dimensions.get("ConvolutionKernel", "") for f in frames),
        step_mm=float(np.linalg.norm(stack.ijk_to_ras[:3, 2])) if stack is not None and several else None,
        without_slope=_lacking("RescaleSlope", headers, frames),
        without_intercept=_lacking("RescaleIntercept", headers, frames),
        faults=(*_of_several_owners(headers), *faults, *uneven),
        texts={tag: _by_count(text for h in headers.values() if (text := text_of(h, tag))) for tag in tags},
        numbers={tag: tuple(v for h in headers.values() if (v := number_of(h, tag)) is not None) for tag in tags},
    )


def _by_count(values: Iterable[Value]) -> tuple[Value, ...]:
    """Give the different values, the most frequent first."""
    return tuple(value for value, _ in Counter(values).most_common())


def _rounded_pair(pair: tuple[float, float]) -> tuple[float, float]:
    return round(pair[0], 4), round(pair[1], 4)


def _orientation(frame: Frame) -> tuple[str, float]:
    """Give the plane's name and its tilt in degrees."""
    if not frame.is_placed:
        return "unknown", 0.0
    normal = np.abs(np.cross(*frame.orientation))
    axis = int(np.argmax(normal))
    return _PLANES[axis], round(float(np.degrees(np.arccos(min(1.0, normal[axis])))), 2)


def _of_one_kind(frames: Sequence[Frame]) -> tuple[list[Frame], list[str]]:
    """Give the frames of the most frequent size, pixel and orientation, and what the others are."""
    kinds: tuple[tuple[str, Callable[[Frame], Hashable], Callable[[Frame], str]], ...] = (
        ("size", lambda f: f.size, lambda f: f"{f.size[1]}x{f.size[0]} pixels"),
        ("pixel spacing", lambda f: str(_rounded_pair(f.spacing_mm)), lambda f: f"{f.spacing_mm} mm"),
        ("orientation", lambda f: str(np.round(f.orientation, 3) + 0.0), lambda f: _orientation(f)[0]),
    )
    kept, faults = list(frames), []
    for what, kind, shown in kinds:
        if not kept:
            break
        usual = Counter(kind(f) for f in kept).most_common(1)[0][0]
        others = [f for f in kept if kind(f) != usual]
        if others:
            first = next(f for f in kept if kind(f) == usual)
            faults.append(
                f"{len(others)} of {len(kept)} slices of another {what}, {shown(others[0])} instead of "
                f"{shown(first)}: {_named([f.path for f in others])}"
            )
        kept = [f for f in kept if kind(f) == usual]
    return kept, faults


def _stacked(frames: Sequence[Frame]) -> tuple[Stack | None, list[str]]:
    """Arrange the frames and tell what is uneven; a stack also where whole slices are missing."""
    if not frames or not all(f.is_placed and f.has_spacing for f in frames):
        return None, []
    found: list[str] = []
    for allow_missing_slices in (False, True):
        try:
            stack = arrange(frames, name="slices", same_pixels=same_pixels, allow_missing_slices=allow_missing_slices)
        except InputError as error:
            found.append(f"expected {error.expected}, got {error.got}")
        else:
            doubled = [w for w in stack.warnings if "duplicate" in w or "may be missing" in w]
            return stack, list(dict.fromkeys((*found, *doubled)))
    return None, list(dict.fromkeys(found))


def _of_several_owners(headers: Mapping[str, Dataset]) -> list[str]:
    """Tell of slices of another patient, study or frame of reference under one series UID."""
    faults = []
    for keyword in _OWNERS:
        owners = {path: text_of(header, keyword) for path, header in headers.items()}
        counted = Counter(owners.values()).most_common()
        if len(counted) > 1:
            others = [path for path, owner in owners.items() if owner != counted[0][0]]
            faults.append(f"{len(others)} of {len(owners)} files of another {keyword}: {_named(others)}")
    return faults


def _lacking(keyword: str, headers: Mapping[str, Dataset], frames: Sequence[Frame]) -> tuple[str, ...]:
    """Give the image files without an attribute; one whose frames are rescaled by functional groups has it."""
    grouped = {f.path for f in frames if f.rescaled and "SharedFunctionalGroupsSequence" in headers[f.path]}
    images = dict.fromkeys(f.path for f in frames)
    return tuple(p for p in images if p not in grouped and number_of(headers[p], keyword) is None)


def _named(paths: Sequence[str]) -> str:
    names = list(dict.fromkeys(Path(path).name for path in paths))
    more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    return ", ".join(names[:_NAMED_AT_MOST]) + more
