"""DICOM Segmentation objects to masks."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from oncologyai._optional import import_optional
from oncologyai.errors import GeometryMismatchError, InputError, MissingFileError, UnreadableFileError
from oncologyai.types import Code, Mask, MaskKind, Terminology, Volume

__all__ = ["load_highdicom", "read_dicom_seg"]

_SEG_CLASSES = {"1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"}  # Segmentation, Label Map
_PLACE_TOLERANCE = 0.01  # of a voxel: how far a frame may lie from the image's slice
_KIND_OF_CATEGORY: dict[str, MaskKind] = {  # any other category is an organ's; PS3.16 CID 7150
    "49755003": "lesion",
    "M-01000": "lesion",
    "309825002": "region",
    "R-42018": "region",
}
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class _Frame:
    """Segment number (0 in a label map), first pixel in LPS mm, and the columns (right, down, unit normal) in mm."""

    owner: int
    place: np.ndarray
    axes: np.ndarray


def read_dicom_seg(
    path: str | os.PathLike[str], *, grid: Volume | Mask | None = None, names: Collection[str] | None = None
) -> tuple[Mask, ...]:
    """Read the segments of a DICOM Segmentation.

    Parameters
    ----------
    path : path-like
        A file of SOP class Segmentation Storage: BINARY, FRACTIONAL (a voxel is in from half the maximum on) or
        LABELMAP.
    grid : Volume or Mask, optional
        The image it belongs to. Without it the masks lie on the smallest grid that holds every frame.
    names : collection of str, optional
        Segment Labels (0062,0005) wanted, in this order; all if None.

    Returns
    -------
    tuple of Mask
        With the code of Segmented Property Category and Type, and the recommended colour as sRGB.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is no DICOM Segmentation or has no place in space.
    GeometryMismatchError
        If its frames are not slices of ``grid``.
    InputError
        If a name is not there.
    MissingDependencyError
        If highdicom is not installed.
    """
    seg = _read(Path(path))
    described = _described(seg)
    if names is not None:
        for name in names:
            if name not in described:
                raise InputError("names", expected="one of " + ", ".join(described), got=repr(name))
        described = {name: described[name] for name in names}
    frames = _frame_table(seg, path)
    ijk_to_ras, shape = _own_grid(seg, frames) if grid is None else (grid.ijk_to_ras, grid.shape)
    slices = _slices(frames, seg, ijk_to_ras, shape)
    return tuple(
        Mask(array, ijk_to_ras, name, code=code, kind=_KIND_OF_CATEGORY.get(code.category.value, "organ"))
        for name, array, code in _segments(seg, described, frames, slices, shape)
    )


def _segments(
    seg: Dataset,
    described: Mapping[str, Dataset],
    frames: Sequence[_Frame],
    slices: Sequence[int],
    shape: tuple[int, int, int],
) -> Iterator[tuple[str, np.ndarray, Terminology]]:
    pixels = seg.pixel_array.reshape(-1, int(seg.Rows), int(seg.Columns))
    labelmap = str(seg.get("SegmentationType", "")) == "LABELMAP"
    threshold = int(seg.get("MaximumFractionalValue", 1) or 1) / 2
    for name, item in described.items():
        array = np.zeros(shape, dtype=np.bool_)
        number = int(item.SegmentNumber)
        for n, k in enumerate(slices):
            if labelmap:
                array[k] |= pixels[n] == number
            elif frames[n].owner == number:
                array[k] |= pixels[n] >= threshold
        yield name, array, _terminology(item)


def load_highdicom(feature: str) -> Any:
    """Give the module highdicom, or raise MissingDependencyError naming the feature."""
    import_optional("highdicom.seg", feature=feature, install="pip install highdicom")
    return import_optional("highdicom", feature=feature, install="pip install highdicom")


def _read(path: Path) -> Dataset:
    if not path.is_file():
        raise MissingFileError(str(path), expected="a DICOM Segmentation", got="nothing there")
    try:
        dataset = pydicom.dcmread(path)
    except (InvalidDicomError, EOFError, OSError) as error:
        raise UnreadableFileError(str(path), expected="a DICOM Segmentation", got=str(error)) from error
    if str(dataset.get("SOPClassUID", "")) not in _SEG_CLASSES:
        got = f"a DICOM file of modality {dataset.get('Modality', 'unknown')}"
        raise UnreadableFileError(str(path), expected="a DICOM Segmentation", got=got)
    hd = load_highdicom("reading DICOM Segmentations")
    try:
        return hd.seg.Segmentation.from_dataset(dataset, copy=False)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(str(path), expected="a complete DICOM Segmentation", got=str(error)) from error


def _described(seg: Dataset) -> dict[str, Dataset]:
    """Give segments by label; two of one label get `` (2)``."""
    count: dict[str, int] = {}
    described = {}
    for item in seg.SegmentSequence:
        label = str(item.get("SegmentLabel", "") or f"segment {item.SegmentNumber}")
        count[label] = count.get(label, 0) + 1
        described[label if count[label] == 1 else f"{label} ({count[label]})"] = item
    return described


def _frame_table(seg: Dataset, path: str | os.PathLike[str]) -> list[_Frame]:
    """Give segment, place and size of every frame; PS3.3, C.7.6.16.2."""
    shared = (seg.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
    frames = []
    groups = seg.PerFrameFunctionalGroupsSequence
    count = int(seg.get("NumberOfFrames", 1) or 1)
    if len(groups) < count:
        raise UnreadableFileError(
            str(path), expected=f"a place for each of {count} frames", got=f"{len(groups)} places"
        )
    for own in groups[:count]:
        try:
            place = _group(own, shared, "PlanePositionSequence").ImagePositionPatient
            turn = _group(own, shared, "PlaneOrientationSequence").ImageOrientationPatient
            spacing = _group(own, shared, "PixelMeasuresSequence").PixelSpacing
        except (AttributeError, KeyError, IndexError) as error:
            raise UnreadableFileError(str(path), expected="frames with a place in space", got=str(error)) from error
        owner = own.get("SegmentIdentificationSequence") or shared.get("SegmentIdentificationSequence")
        across, down = np.array(turn[:3], dtype=np.float64), np.array(turn[3:], dtype=np.float64)
        axes = np.column_stack([across * float(spacing[1]), down * float(spacing[0]), np.cross(across, down)])
        number = int(owner[0].ReferencedSegmentNumber) if owner else 0
        frames.append(_Frame(number, np.array(place, dtype=np.float64), axes))
    return frames


def _group(own: Dataset, shared: Dataset, keyword: str) -> Dataset:
    return (own if keyword in own else shared)[keyword][0]


def _own_grid(seg: Dataset, frames: Sequence[_Frame]) -> tuple[np.ndarray, tuple[int, int, int]]:
    """Give the grid that the frames span, slices from the lowest to the highest along their normal."""
    normal = frames[0].axes[:, 2]
    heights = np.array([f.place @ normal for f in frames])
    levels = np.unique(np.round(heights, 3))
    shared = (seg.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
    measures = _group(seg.PerFrameFunctionalGroupsSequence[0], shared, "PixelMeasuresSequence")
    stated = float(measures.get("SpacingBetweenSlices", 0) or measures.get("SliceThickness", 0) or 1.0)
    step = float(np.diff(levels).min()) if len(levels) > 1 else stated
    axes = frames[0].axes.copy()
    axes[:, 2] *= step
    lps = np.eye(4)
    lps[:3, :3] = axes
    lps[:3, 3] = frames[int(heights.argmin())].place
    return _LPS_TO_RAS @ lps, (round(float(np.ptp(levels)) / step) + 1, int(seg.Rows), int(seg.Columns))


def _slices(frames: Sequence[_Frame], seg: Dataset, ijk_to_ras: np.ndarray, shape: tuple[int, int, int]) -> list[int]:
    """Give the slice index of every frame on a grid; every frame must be one of its slices."""
    to_ijk = np.linalg.inv(_LPS_TO_RAS @ ijk_to_ras)
    if (int(seg.Rows), int(seg.Columns)) != shape[1:]:
        got = f"{int(seg.Columns)}x{int(seg.Rows)}"
        raise GeometryMismatchError("segmentation", expected=f"frames of {shape[2]}x{shape[1]} pixels", got=got)
    slices = []
    for frame in frames:
        origin = to_ijk[:3, :3] @ frame.place + to_ijk[:3, 3]
        axes = to_ijk[:3, :3] @ frame.axes[:, :2]
        k = round(float(origin[2]))
        # an axis may be off by as much as moves the far corner by the tolerance
        turned = np.abs((axes - np.eye(3)[:, :2]) * (shape[2], shape[1])).max()
        off = np.abs(origin - (0, 0, k)).max()
        if not 0 <= k < shape[0] or max(off, turned) > _PLACE_TOLERANCE:
            at = ", ".join(f"{v:.2f}" for v in frame.place)
            raise GeometryMismatchError(
                "segmentation",
                expected="frames that are slices of the image",
                got=f"one at LPS ({at}) that is not",
                remedy="give the series that was segmented",
            )
        slices.append(k)
    return slices


def _terminology(item: Dataset) -> Terminology:
    kind = item.SegmentedPropertyTypeCodeSequence[0]
    modifiers = kind.get("SegmentedPropertyTypeModifierCodeSequence")
    lab = item.get("RecommendedDisplayCIELabValue")
    rgb = Terminology.rgb
    if lab is not None:
        red, green, blue = load_highdicom("reading colours").color.CIELabColor.from_dicom_value(lab).to_rgb()
        rgb = (int(red), int(green), int(blue))
    return Terminology(
        category=_code(item.SegmentedPropertyCategoryCodeSequence[0]),
        type=_code(kind),
        modifier=_code(modifiers[0]) if modifiers else None,
        rgb=rgb,
    )


def _code(item: Dataset) -> Code:
    return Code(str(item.CodeValue), str(item.CodingSchemeDesignator), str(item.get("CodeMeaning", "")))
