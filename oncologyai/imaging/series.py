"""A DICOM series as a volume: HU for CT, SUV for PET, counts for NM, Gy for dose, arbitrary units otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydicom import Dataset

from oncologyai.errors import EmptyStudyError, MissingAttributeError, ModalityError, SliceGeometryError, UnitsError
from oncologyai.imaging.frames import Frame, frames_of
from oncologyai.imaging.headers import read_header, text_of
from oncologyai.imaging.pet import SuvKind, check_suv_kind, pet_scale
from oncologyai.imaging.pixels import AIR_HU, decode_frames, fill_missing, same_pixels, straighten
from oncologyai.imaging.slices import Stack, arrange, planar_stack
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import DicomSource, Series, Unit, Volume

__all__ = ["read_series"]

# What objects derived from an image must repeat from it (PS3.3 Patient, General Study, Frame of Reference modules).
_ATTRIBUTES = (
    "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "PatientAge", "PatientSize", "PatientWeight",
    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "StudyDescription", "AccessionNumber",
    "ReferringPhysicianName", "SeriesInstanceUID", "SeriesDescription", "SeriesNumber", "SeriesDate", "SeriesTime",
    "Modality", "Manufacturer", "ManufacturerModelName", "BodyPartExamined", "PatientPosition",
    "FrameOfReferenceUID", "PositionReferenceIndicator", "SpecificCharacterSet", "PatientIdentityRemoved",
)  # fmt: skip
_SLICED = ("CT", "PT", "MR", "RTDOSE")
_UNITS: dict[str, Unit] = {"CT": "HU", "NM": "counts", "RTDOSE": "Gy"}
# Rescale Type (0028,1054): HU where absent in CT (PS3.3 C.8.2.1); US (unspecified) is common on true HU.
_HU_TYPES = ("", "HU", "HU_MOD", "US")


def read_series(
    series: Series, *, suv: SuvKind = "bw", allow_missing_slices: bool = False, progress: Progress | None = None
) -> Volume:
    """Read one DICOM series as a volume.

    Parameters
    ----------
    series : Series
        From ``find_studies``.
    suv : {'bw', 'lbm', 'lbm-janma', 'bsa', 'none'}
        What PET becomes: SUV by body weight, lean body mass (James, or Janmahasatian), body surface area, or the
        activity as stored.
    allow_missing_slices : bool
        Interpolate missing slices linearly, with a warning that names their positions, instead of refusing.
    progress : Progress, optional
        Told the share done.

    Returns
    -------
    Volume
        Array (k, j, i) with k along the normal of the planes (row x column direction, so that ``ijk_to_ras`` is
        right-handed), spaced by the planes' positions. CT: int16 HU where slope and intercept are whole numbers,
        else float32, pixel padding set to -1024. PET: float32. Others: int16 or float32 by their rescaling;
        MONOCHROME1 keeps its values, with a warning. Planes without a place (planar NM, secondary capture) are
        stacked 1 mm apart as coronal views. ``meta`` holds ``description``, ``series_number``, ``warnings``,
        ``acquisition`` (parameters by keyword), ``interpolated_slices`` (each k), and for PET ``suv`` (the audit
        trail). ``dicom`` is filled; interpolated slices have empty file and UID.

    Raises
    ------
    EmptyStudyError
        If the series has no files.
    ModalityError
        If it holds no images.
    MissingAttributeError
        If position, pixel spacing, rescaling of CT, or what SUV needs is missing.
    AmbiguousStudyError, MissingSliceError, SliceGeometryError
        If its planes are not one evenly spaced stack (see ``slices.arrange``).
    UnitsError
        If PET cannot be converted, or values are given by a lookup table.
    UnreadableFileError
        If a file is damaged.
    """
    check_suv_kind(suv)
    watcher = progress or Silent()
    headers = _headers(series, watcher)
    first = next(iter(headers.values()))
    name = _name(series)
    stack = _arranged(series, headers, name, allow_missing_slices)
    unit, warnings = _unit(series, first, stack)
    scale = pet_scale(headers, kind=suv) if series.modality == "PT" else None
    array = decode_frames(
        stack.frames, floating=series.modality in ("PT", "RTDOSE"),
        padding=AIR_HU if unit == "HU" else None, progress=watcher,
    )  # fmt: skip
    missing = [k for k, frame in enumerate(stack.frames) if frame is None]
    fill_missing(array, missing)
    meta: dict[str, Any] = {"interpolated_slices": tuple(missing)}
    if scale is not None:
        array *= np.float32(scale.factor)
        unit, meta["suv"] = scale.unit, scale.audit
        warnings += scale.warnings
    array, ijk_to_ras = _upright(array, stack, AIR_HU if unit == "HU" else 0)
    meta |= _meta(series, first, (*series.warnings, *stack.warnings, *warnings))
    return Volume(array, ijk_to_ras, series.modality or "OT", unit, meta, _source(series, first, stack))


def _headers(series: Series, progress: Progress) -> dict[str, Dataset]:
    if not series.files:
        raise EmptyStudyError(_name(series), expected="files", got="none", remedy="read the folder again")
    headers: dict[str, Dataset] = {}
    for path in series.files:
        check_cancelled(progress)
        headers[path] = read_header(path)
    return headers


def _name(series: Series) -> str:
    number = series.parameters.get("SeriesNumber", "")
    label = " ".join(part for part in (series.modality, "series", number, series.description) if part)
    return label.strip()


def _arranged(series: Series, headers: dict[str, Dataset], name: str, allow_missing: bool) -> Stack:
    frames = [f for path, header in headers.items() for f in frames_of(header, path)]
    if min(min(f.size) for f in frames) == 0:
        raise ModalityError(name, expected="a series of images", got=f"modality {series.modality} without pixels")
    _check_one_frame_of_reference(headers, name)
    if all(f.is_placed and f.has_spacing for f in frames):
        return arrange(frames, name=name, same_pixels=same_pixels, allow_missing_slices=allow_missing)
    if series.modality in _SLICED or any(f.is_placed for f in frames):
        _refuse_unplaced(frames)
    return planar_stack(frames, name=name)


def _check_one_frame_of_reference(headers: dict[str, Dataset], name: str) -> None:
    uids = sorted({text_of(h, "FrameOfReferenceUID") for h in headers.values()})
    if len(uids) > 1:
        raise SliceGeometryError(
            name, expected="slices of one frame of reference", got=f"{len(uids)} ({', '.join(uids)})",
            remedy="keep the slices of one acquisition in a folder of their own",
        )  # fmt: skip


def _refuse_unplaced(frames: Sequence[Frame]) -> None:
    frame = next(f for f in frames if not (f.is_placed and f.has_spacing))
    keyword = "PixelSpacing" if frame.is_placed else "ImagePositionPatient and ImageOrientationPatient"
    raise MissingAttributeError(
        keyword, expected="valid values in every slice", got=f"none in {frame.path}", remedy="export the series again"
    )


def _unit(series: Series, first: Dataset, stack: Stack) -> tuple[Unit, tuple[str, ...]]:
    frames = [f for _, f in stack.present]
    if not all(f.rescaled for f in frames) and "ModalityLUTSequence" in first:
        raise UnitsError(
            "ModalityLUTSequence", expected="Rescale Slope and Intercept", got="a lookup table",
            remedy="export the series again",
        )  # fmt: skip
    warnings: list[str] = []
    if text_of(first, "PhotometricInterpretation") == "MONOCHROME1":
        warnings.append("MONOCHROME1: larger values are shown darker; the values are kept")
    unit = _UNITS.get(series.modality, "arbitrary")
    if unit == "Gy" and text_of(first, "DoseUnits") != "GY":
        unit = "arbitrary"
        warnings.append(f"dose in {text_of(first, 'DoseUnits') or 'no stated unit'}, not in Gy")
    if unit != "HU":
        return unit, tuple(warnings)
    bare = next((f for f in frames if not f.rescaled), None)
    if bare is not None:
        raise MissingAttributeError(
            "RescaleSlope and RescaleIntercept", expected="values, to give HU", got=f"none in {bare.path}",
            remedy="export the CT again",
        )  # fmt: skip
    kind = frames[0].rescale_type
    if kind not in _HU_TYPES:
        return "arbitrary", (*warnings, f"CT with Rescale Type {kind}: not in HU")
    return unit, tuple(warnings)


def _upright(array: np.ndarray, stack: Stack, outside: float) -> tuple[np.ndarray, np.ndarray]:
    if not stack.is_sheared:
        return array, stack.ijk_to_ras
    row_mm, column_mm = stack.present[0][1].spacing_mm
    array, start = straighten(array, stack.shear_mm, (column_mm, row_mm), outside=outside)
    moved = stack.ijk_to_ras.copy()
    moved[:3, 3] = (stack.ijk_to_ras @ np.array([*start, 0.0, 1.0]))[:3]
    return array, moved


def _meta(series: Series, first: Dataset, warnings: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": series.description or text_of(first, "SeriesDescription"),
        "series_number": text_of(first, "SeriesNumber"),
        "acquisition": dict(series.parameters),
        "warnings": warnings,
    }


def _source(series: Series, first: Dataset, stack: Stack) -> DicomSource:
    frame_uid = text_of(first, "FrameOfReferenceUID")
    return DicomSource(
        study_uid=series.study_uid or text_of(first, "StudyInstanceUID"),
        series_uid=series.uid,
        frame_of_reference_uid=frame_uid,
        sop_class_uid=text_of(first, "SOPClassUID"),
        sop_uids=tuple("" if f is None else f.sop_uid for f in stack.frames),
        files=tuple("" if f is None else f.path for f in stack.frames),
        frames=tuple(0 if f is None else f.number for f in stack.frames),
        attributes={k: text for k in _ATTRIBUTES if (text := text_of(first, k))},
    )
