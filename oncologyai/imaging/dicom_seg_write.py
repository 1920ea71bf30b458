"""Masks to DICOM Segmentation objects, through highdicom."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.valuerep import format_number_as_ds

from oncologyai import __version__
from oncologyai._atomic import atomic_file
from oncologyai.errors import (
    EmptyMaskError,
    GeometryMismatchError,
    InputError,
    MissingFileError,
    UnreadableFileError,
)
from oncologyai.imaging.dicom_seg import load_highdicom
from oncologyai.imaging.rtstruct_write import require_dicom_source, uid_from_content
from oncologyai.resources import terminology
from oncologyai.types import Code, DicomSource, Mask, Volume

__all__ = ["write_dicom_seg"]

_TYPE_2 = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
)


_MOVED_MM = 0.01


def write_dicom_seg(
    masks: Sequence[Mask],
    volume: Volume,
    path: str | os.PathLike[str],
    *,
    series_description: str = "OncologyAI segmentation",
    written_at: datetime | None = None,
) -> None:
    """Write masks as one BINARY DICOM Segmentation with a segment a mask.

    Parameters
    ----------
    masks : sequence of Mask
        On the volume's grid; none may be empty. A mask without a code is written as ``tumour``.
    volume : Volume
        With ``volume.dicom`` filled, its files still in place: patient, study and geometry come from there.
    path : path-like
        The file to write. It holds frames only for slices with a voxel of the segment.
    series_description : str
        Series Description (0008,103E).
    written_at : datetime, optional
        Content Date and Time; those of the study if None, so that the same masks give the same bytes.

    Raises
    ------
    InputError
        If there is no mask or the volume does not come from DICOM.
    EmptyMaskError
        If a mask is empty.
    GeometryMismatchError
        If a mask is on another grid, or the volume's grid is not that of its files: a tilted series is resampled, a
        missing slice interpolated, and a Segmentation can refer to neither.
    MissingFileError
        If a source file is gone.
    UnreadableFileError
        If a source file lacks what a Segmentation must repeat.
    MissingDependencyError
        If highdicom is not installed.
    OutputError
        If the file cannot be written.
    """
    source = require_dicom_source(volume)
    if not masks:
        raise InputError("masks", expected="at least one mask", got="none")
    for mask in masks:
        mask.require_same_grid(volume, mask.label)
        if mask.is_empty:
            raise EmptyMaskError(mask.label, expected="a mask with voxels", got="an empty one", remedy="leave it out")
    hd = load_highdicom("writing DICOM Segmentations")
    headers = _headers(volume, source, _held(masks))
    try:
        seg = _segmentation(hd, masks, headers, source, series_description)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise UnreadableFileError(
            source.files[0], expected="headers that a DICOM Segmentation can refer to", got=str(error)
        ) from error
    _settle(seg, written_at)
    with atomic_file(path) as draft:
        pydicom.dcmwrite(draft, seg, enforce_file_format=True)


def _held(masks: Sequence[Mask]) -> np.ndarray:
    """Give the slices that hold a voxel of any mask."""
    return np.flatnonzero(np.any([m.array.any(axis=(1, 2)) for m in masks], axis=0))


def _segmentation(
    hd: Any, masks: Sequence[Mask], headers: Sequence[Dataset], source: DicomSource, series_description: str
) -> Dataset:
    content = [hashlib.sha256(np.packbits(m.array).tobytes()).digest() + m.label.encode() for m in masks]
    with warnings.catch_warnings():
        # a pseudonym has one component, which highdicom takes for a mistake
        warnings.filterwarnings("ignore", message="The string .* is unlikely to represent", category=UserWarning)
        return hd.seg.Segmentation(
            source_images=headers,
            pixel_array=_frames(masks, _held(masks), source.frames, headers),
            segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
            segment_descriptions=[_description(hd, n, m) for n, m in enumerate(masks, 1)],
            series_instance_uid=uid_from_content("seg series", source.series_uid, *content),
            series_number=1,
            sop_instance_uid=uid_from_content("seg", source.series_uid, *content),
            instance_number=1,
            manufacturer="OncologyAI",
            manufacturer_model_name="OncologyAI",
            software_versions=__version__,
            device_serial_number="0",
            content_label="ONCOLOGYAI",
            series_description=series_description[:64],
            omit_empty_frames=True,
        )


def _headers(volume: Volume, source: DicomSource, held: np.ndarray) -> list[Dataset]:
    """Read the headers of the slices that are held, or of the one multi-frame file, and mend what is absent."""
    multi_frame = any(source.frames)
    headers: list[Dataset] = []
    for k in [0] if multi_frame else held:
        file = source.files[k]
        if not file:
            raise GeometryMismatchError("volume", expected="a file for each slice", got=f"slice {k} interpolated")
        if not Path(file).is_file():
            raise MissingFileError(file, expected="the DICOM file that the image was read from", got="nothing there")
        header = pydicom.dcmread(file, stop_before_pixels=True)
        if not multi_frame:
            _require_its_grid(header, volume, k)
        for keyword in _TYPE_2:
            if keyword not in header:
                setattr(header, keyword, "")
        if "FrameOfReferenceUID" not in header:
            header.FrameOfReferenceUID = source.frame_of_reference_uid or uid_from_content("frame", source.series_uid)
        headers.append(header)
    if multi_frame and "PerFrameFunctionalGroupsSequence" not in headers[0]:
        _add_places(headers[0], volume, source)
    return headers


def _require_its_grid(header: Dataset, volume: Volume, k: int) -> None:
    """Refuse a slice that is not where its file says: it was resampled while reading."""
    place = np.diag([-1.0, -1.0, 1.0]) @ volume.ras_from_ijk((0, 0, k))
    said = np.asarray(header.get("ImagePositionPatient", place), dtype=float)
    size = (header.get("Rows"), header.get("Columns"))
    if size != volume.shape[1:] or np.abs(place - said).max() > _MOVED_MM:
        raise GeometryMismatchError(
            "volume", expected="slices where their files say", got="slices resampled while reading",
            remedy="write .seg.nrrd or an RT Structure Set",
        )  # fmt: skip


def _add_places(header: Dataset, volume: Volume, source: DicomSource) -> None:
    """Say where the frames of a multi-frame file of the old kind (dose, nuclear medicine) lie."""
    lps = np.diag([-1.0, -1.0, 1.0]) @ volume.ijk_to_ras[:3]
    i_mm, j_mm, k_mm = volume.spacing_mm
    measures, turn, shared = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [_ds(j_mm), _ds(i_mm)], _ds(k_mm)
    turn.ImageOrientationPatient = [_ds(v) for v in (*lps[:, 0] / i_mm, *lps[:, 1] / j_mm)]
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [turn]
    groups = [Dataset() for _ in range(int(header.NumberOfFrames))]
    for k, frame in enumerate(source.frames):
        place = Dataset()
        place.ImagePositionPatient = [_ds(v) for v in lps[:, 3] + k * lps[:, 2]]
        groups[frame - 1].PlanePositionSequence = [place]
    header.SharedFunctionalGroupsSequence, header.PerFrameFunctionalGroupsSequence = [shared], groups


def _ds(value: float) -> str:
    return format_number_as_ds(float(value))


def _frames(masks: Sequence[Mask], held: np.ndarray, frames: Sequence[int], headers: Sequence[Dataset]) -> np.ndarray:
    """Give the pixels (frame, row, column, segment) in the order of the source's frames."""
    if not any(frames):
        # segments lie one after the other in memory: twice as fast to check as side by side
        return np.moveaxis(np.stack([m.array[held].view(np.uint8) for m in masks]), 0, -1)
    pixels = np.zeros((int(headers[0].NumberOfFrames), *masks[0].shape[1:], len(masks)), dtype=np.uint8)
    for k in held:
        pixels[frames[k] - 1] = np.stack([m.array[k] for m in masks], axis=-1)
    return pixels


def _description(hd: Any, number: int, mask: Mask) -> Any:
    code = mask.code or terminology("tumour")
    description = hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=mask.label[:64],
        segmented_property_category=_coded(hd, code.category),
        segmented_property_type=_coded(hd, code.type),
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.SEMIAUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name="OncologyAI",
            family=hd.sr.CodedConcept("123101", "DCM", "Neighborhood Analysis"),  # PS3.16 CID 7162
            version=__version__,
        ),
        tracking_uid=uid_from_content("tracking", mask.label, np.packbits(mask.array).tobytes()),
        tracking_id=mask.label[:64],
        display_color=hd.color.CIELabColor.from_rgb(*code.rgb),
    )
    if code.modifier is not None:
        modifier = _coded(hd, code.modifier)
        description.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = [modifier]
    return description


def _coded(hd: Any, code: Code) -> Any:
    return hd.sr.CodedConcept(code.value, code.scheme, code.meaning)


def _settle(seg: Dataset, written_at: datetime | None) -> None:
    """Replace what highdicom takes from the clock and from chance."""
    date = written_at.strftime("%Y%m%d") if written_at else str(seg.get("StudyDate", "") or "19000101")
    time = written_at.strftime("%H%M%S") if written_at else str(seg.get("StudyTime", "") or "000000")
    seg.ContentDate, seg.ContentTime = date, time
    for keyword in ("InstanceCreationDate", "SeriesDate", "InstanceCreationTime", "SeriesTime"):
        if keyword in seg:
            setattr(seg, keyword, date if keyword.endswith("Date") else time)
    for item in seg.get("ContributingEquipmentSequence") or []:
        item.ContributionDateTime = date + time
    organization = uid_from_content("dimension organization", str(seg.SOPInstanceUID))
    for item in (*seg.DimensionOrganizationSequence, *seg.DimensionIndexSequence):
        item.DimensionOrganizationUID = organization
