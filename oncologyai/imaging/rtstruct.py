"""RT Structure Sets to masks."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError, MissingFileError, UnreadableFileError
from oncologyai.imaging.contours import rasterise_contours
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.resources import terminology, terminology_names
from oncologyai.types import Code, Mask, MaskKind, Terminology, Volume

__all__ = ["Roi", "StructureSet", "masks_from_structures", "read_rtstruct"]

_LOG = logging.getLogger(__name__)
_RTSTRUCT_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
_CLOSED = {"CLOSED_PLANAR", "CLOSEDPLANAR_XOR"}
_LPS_TO_RAS = np.array([-1.0, -1.0, 1.0])
_TARGET = re.compile(r"^(gtv|ctv|itv|ptv|tumou?r|lesion|neoplasm)", re.IGNORECASE)
_LESION_TYPES = {"GTV", "CTV", "PTV", "TREATED_VOLUME"}
_NAMED = (
    (re.compile(r"^(left|lt|l)\W*lung|^lung\W*(left|lt|l)$", re.IGNORECASE), "lung_left"),
    (re.compile(r"^(right|rt|r)\W*lung|^lung\W*(right|rt|r)$", re.IGNORECASE), "lung_right"),
    (re.compile(r"^lungs?$", re.IGNORECASE), "lung"),
    (re.compile(r"^spinal\W*cord", re.IGNORECASE), "spinal_cord"),
)


@dataclass(frozen=True, eq=False)
class Roi:
    """One region of a structure set: closed ``contours`` as points (n, 3) in RAS mm.

    ``interpreted_type`` is RT ROI Interpreted Type (3006,00A4), such as GTV or ORGAN; ``notes`` say what was
    left out (points, open contours).
    """

    number: int
    name: str
    rgb: tuple[int, int, int] | None
    interpreted_type: str
    contours: tuple[np.ndarray, ...]
    code: Terminology | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class StructureSet:
    """An RT Structure Set: what it refers to and its regions, in the order of the file."""

    label: str
    study_uid: str
    frame_of_reference_uid: str
    series_uids: tuple[str, ...]
    rois: tuple[Roi, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the regions that have a closed contour."""
        return tuple(roi.name for roi in self.rois if roi.contours)


def read_rtstruct(path: str | os.PathLike[str]) -> StructureSet:
    """Read an RT Structure Set file.

    Parameters
    ----------
    path : path-like
        A DICOM file of SOP class RT Structure Set Storage.

    Returns
    -------
    StructureSet
        Every ROI of Structure Set ROI Sequence (3006,0020), also those without a closed contour.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is not a DICOM RT Structure Set.
    """
    dataset = _read(Path(path))
    drawn = {int(item.ReferencedROINumber): item for item in dataset.get("ROIContourSequence") or []}
    seen = {int(item.ReferencedROINumber): item for item in dataset.get("RTROIObservationsSequence") or []}
    rois = []
    for item in dataset.get("StructureSetROISequence") or []:
        number = int(item.ROINumber)
        rois.append(_roi(number, item, drawn.get(number, Dataset()), seen.get(number, Dataset())))
    frames = [str(f.get("FrameOfReferenceUID", "")) for f in dataset.get("ReferencedFrameOfReferenceSequence") or []]
    frames += [str(i.get("ReferencedFrameOfReferenceUID", "")) for i in dataset.get("StructureSetROISequence") or []]
    return StructureSet(
        label=str(dataset.get("StructureSetLabel", "")),
        study_uid=str(dataset.get("StudyInstanceUID", "")),
        frame_of_reference_uid=next((f for f in frames if f), ""),
        series_uids=_referenced_series(dataset),
        rois=tuple(rois),
    )


def masks_from_structures(
    structures: StructureSet,
    grid: Volume | Mask,
    names: Collection[str] | None = None,
    *,
    progress: Progress | None = None,
) -> tuple[tuple[Mask, ...], tuple[str, ...]]:
    """Draw the regions of a structure set on a grid.

    Parameters
    ----------
    structures : StructureSet
        What to draw.
    grid : Volume or Mask
        Where to draw it.
    names : collection of str, optional
        Which regions, in this order; all that have a closed contour if None.
    progress : Progress, optional
        Told of each region.

    Returns
    -------
    masks : tuple of Mask
        Named as in the file; two regions of one name get ``name (2)``. Targets (GTV, CTV, PTV by type or by
        name) are lesions, the external contour a region, all else organs.
    notes : tuple of str
        What was left out or interpolated, each with the region's name.

    Raises
    ------
    GeometryMismatchError
        If the structure set refers to another series in another frame of reference.
    InputError
        If a name is not there.
    EmptyMaskError
        If a named region, or every region, has no closed contour.
    """
    progress = progress or Silent()
    _require_same_frame(structures, grid)
    chosen = _chosen(_uniquely_named(structures.rois), names)
    masks: list[Mask] = []
    notes: list[str] = []
    for n, (name, roi) in enumerate(chosen):
        check_cancelled(progress)
        progress.stage(f"contours of {name}", n / len(chosen))
        drawn = rasterise_contours(roi.contours, grid)
        kind, code = _meaning(roi)
        masks.append(Mask.on(grid, drawn.array, name, code=code, kind=kind))
        notes.extend(f"{name}: {note}" for note in (*roi.notes, *drawn.notes))
    for note in notes:
        _LOG.info("%s", note)
    return tuple(masks), tuple(notes)


def _read(path: Path) -> Dataset:
    if not path.is_file():
        raise MissingFileError(str(path), expected="an RT Structure Set file", got="nothing there")
    try:
        dataset = pydicom.dcmread(path)
    except (InvalidDicomError, EOFError, OSError) as error:
        raise UnreadableFileError(str(path), expected="a DICOM RT Structure Set", got=str(error)) from error
    if str(dataset.get("SOPClassUID", "")) != _RTSTRUCT_CLASS:
        got = f"a DICOM file of modality {dataset.get('Modality', 'unknown')}"
        raise UnreadableFileError(str(path), expected="a DICOM RT Structure Set", got=got)
    return dataset


def _referenced_series(dataset: Dataset) -> tuple[str, ...]:
    return tuple(
        str(series.SeriesInstanceUID)
        for frame in dataset.get("ReferencedFrameOfReferenceSequence") or []
        for study in frame.get("RTReferencedStudySequence") or []
        for series in study.get("RTReferencedSeriesSequence") or []
        if "SeriesInstanceUID" in series
    )


def _roi(number: int, item: Dataset, drawn: Dataset, seen: Dataset) -> Roi:
    contours: list[np.ndarray] = []
    left_out: dict[str, int] = {}
    for contour in drawn.get("ContourSequence") or []:
        kind = str(contour.get("ContourGeometricType", ""))
        if kind in _CLOSED:
            contours.append(_points(contour))
        else:
            left_out[kind or "unnamed"] = left_out.get(kind or "unnamed", 0) + 1
    colour = drawn.get("ROIDisplayColor")
    return Roi(
        number=number,
        name=str(item.get("ROIName", "") or f"ROI {number}"),
        rgb=(int(colour[0]), int(colour[1]), int(colour[2])) if colour and len(colour) == 3 else None,
        interpreted_type=str(seen.get("RTROIInterpretedType", "") or ""),
        contours=tuple(contours),
        code=_code_of(seen),
        notes=tuple(f"{count} contours of type {kind} left out" for kind, count in left_out.items()),
    )


def _points(contour: Dataset) -> np.ndarray:
    """Give Contour Data (3006,0050) as RAS points; from its bytes where they are still unread, which is fast."""
    raw = contour.get_item("ContourData")
    value = getattr(raw, "value", None)
    text = value.split(b"\\") if isinstance(value, bytes) else [str(v) for v in value or []]
    numbers = np.array([float(v) for v in text if v.strip()], dtype=np.float64)
    return numbers[: len(numbers) // 3 * 3].reshape(-1, 3) * _LPS_TO_RAS


def _code_of(seen: Dataset) -> Terminology | None:
    """Give RT ROI Identification Code (3006,0086) with its category, where the library or the file names it."""
    coded = seen.get("RTROIIdentificationCodeSequence")
    if not coded:
        return None
    kind = _code(coded[0])
    modifiers = coded[0].get("SegmentedPropertyTypeModifierCodeSequence")
    modifier = _code(modifiers[0]) if modifiers else None
    for name in terminology_names():
        known = terminology(name)
        if (known.type.value, known.type.scheme) == (kind.value, kind.scheme) and known.modifier == modifier:
            return known
    categories = seen.get("SegmentedPropertyCategoryCodeSequence")
    return Terminology(_code(categories[0]) if categories else terminology("tissue").category, kind, modifier)


def _code(item: Dataset) -> Code:
    return Code(str(item.CodeValue), str(item.CodingSchemeDesignator), str(item.get("CodeMeaning", "")))


def _meaning(roi: Roi) -> tuple[MaskKind, Terminology | None]:
    """Give a region's kind and code from its type, its code and, where these say little, its name."""
    if roi.interpreted_type in _LESION_TYPES or _TARGET.match(roi.name):
        gross = roi.interpreted_type == "GTV" or not re.match(r"^[cip]tv", roi.name, re.IGNORECASE)
        kind, code = "lesion", terminology("tumour" if gross else "tissue")
    elif roi.interpreted_type == "EXTERNAL":
        kind, code = "region", terminology("body")
    else:
        short = next((short for pattern, short in _NAMED if pattern.match(roi.name)), "tissue")
        kind, code = "region" if roi.interpreted_type == "CONTROL" else "organ", terminology(short)
    code = roi.code or code
    if roi.rgb is not None:
        code = Terminology(code.category, code.type, code.modifier, roi.rgb)
    return kind, code  # type: ignore[return-value]


def _uniquely_named(rois: Sequence[Roi]) -> list[tuple[str, Roi]]:
    count: dict[str, int] = {}
    named = []
    for roi in rois:
        count[roi.name] = count.get(roi.name, 0) + 1
        named.append((roi.name if count[roi.name] == 1 else f"{roi.name} ({count[roi.name]})", roi))
    return named


def _chosen(named: Sequence[tuple[str, Roi]], names: Collection[str] | None) -> list[tuple[str, Roi]]:
    there = dict(named)
    closed = [(name, roi) for name, roi in named if roi.contours]
    if names is None:
        if not closed:
            raise EmptyMaskError("structure set", expected="a closed contour", got=f"none in {len(named)} regions")
        return closed
    for name in names:
        if name not in there:
            raise InputError("names", expected="one of " + ", ".join(n for n, _ in closed), got=repr(name))
        if not there[name].contours:
            raise EmptyMaskError(name, expected="a closed contour", got="; ".join(there[name].notes) or "no contour")
    return [(name, there[name]) for name in names]


def _require_same_frame(structures: StructureSet, grid: Volume | Mask) -> None:
    source = grid.dicom if isinstance(grid, Volume) else None
    if source is None or source.series_uid in structures.series_uids:
        return
    frame, own = structures.frame_of_reference_uid, source.frame_of_reference_uid
    if frame and own and frame != own:
        raise GeometryMismatchError(
            "structure set",
            expected=f"the image's frame of reference {own}",
            got=frame,
            remedy="give the series that the structures were drawn on",
        )
