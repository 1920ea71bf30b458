"""Masks to RT Structure Sets."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import ExplicitVRLittleEndian

from oncologyai import __version__
from oncologyai._atomic import atomic_file
from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.imaging.outlines import outline_mask
from oncologyai.types import Code, DicomSource, Mask, Volume

__all__ = ["require_dicom_source", "set_patient_and_study", "uid_from_content", "write_rtstruct"]

_RTSTRUCT_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
_STUDY_COMPONENT_CLASS = "1.2.840.10008.3.1.2.3.1"  # Detached Study Management, what RT writers put here
_LPS = np.array([-1.0, -1.0, 1.0])
_INTERPRETED = {"lesion": "GTV", "organ": "ORGAN", "region": "CONTROL"}
_PATIENT_AND_STUDY = (  # type 2 or 1: present, empty where unknown
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
)
_CARRIED_OVER = ("StudyDescription", "PatientAge", "PatientSize", "PatientWeight", "PatientIdentityRemoved")


def write_rtstruct(
    masks: Sequence[Mask],
    volume: Volume,
    path: str | os.PathLike[str],
    *,
    label: str = "OncologyAI",
    written_at: datetime | None = None,
) -> None:
    """Write masks as an RT Structure Set that refers to the DICOM series of ``volume``.

    Parameters
    ----------
    masks : sequence of Mask
        On the volume's grid. One of several may be empty: it becomes a region without contours.
    volume : Volume
        With ``volume.dicom`` filled: the series that is referred to, slice by slice.
    path : path-like
        The file to write.
    label : str
        Structure Set Label (3006,0002), at most 16 characters.
    written_at : datetime, optional
        Structure Set Date and Time; empty if None, so that the same masks give the same bytes.

    Notes
    -----
    Holes are contours inside contours, to be combined by the even-odd rule (XOR), see ``outline_mask``.

    Raises
    ------
    InputError
        If there is no mask or the volume does not come from DICOM.
    EmptyMaskError
        If every mask is empty.
    GeometryMismatchError
        If a mask is on another grid.
    OutputError
        If the file cannot be written.
    """
    source = require_dicom_source(volume)
    if not masks:
        raise InputError("masks", expected="at least one mask", got="none")
    for mask in masks:
        mask.require_same_grid(volume, mask.label)
    outlines = [outline_mask(mask) for mask in masks]
    if not any(outlines):
        raise EmptyMaskError("masks", expected="a voxel to draw a contour around", got="empty masks only")
    dataset = _structure_set(masks, outlines, source, label)
    dataset.StructureSetDate = written_at.strftime("%Y%m%d") if written_at else ""
    dataset.StructureSetTime = written_at.strftime("%H%M%S") if written_at else ""
    with atomic_file(path) as draft:
        pydicom.dcmwrite(draft, dataset, enforce_file_format=True)


def require_dicom_source(volume: Volume) -> DicomSource:
    """Give the DICOM source of a volume, a file a slice; raise InputError where there is none."""
    source = volume.dicom
    if source is None or len(source.sop_uids) != volume.shape[0]:
        got = "one without DICOM headers" if source is None else f"{len(source.sop_uids)} for {volume.shape[0]} slices"
        raise InputError(
            "volume",
            expected="an image read from DICOM, each slice with its instance",
            got=got,
            remedy="write .seg.nrrd instead, or read the image from its DICOM folder",
        )
    return source


def uid_from_content(*parts: str | bytes) -> str:
    """Give a UID (PS3.5, B.2: the 2.25 root) that is the same for the same parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return f"2.25.{int.from_bytes(digest.digest()[:16], 'big')}"


def set_patient_and_study(dataset: Dataset, source: DicomSource) -> None:
    """Copy patient and study attributes of a source into a derived object."""
    if any(not value.isascii() for value in source.attributes.values()):
        dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword in _PATIENT_AND_STUDY:
        setattr(dataset, keyword, source.attributes.get(keyword, ""))
    for keyword in _CARRIED_OVER:
        if source.attributes.get(keyword):
            setattr(dataset, keyword, source.attributes[keyword])
    if dataset.get("PatientIdentityRemoved") == "YES":  # then the method is type 1C, PS3.3 C.7.1.1
        dataset.DeidentificationMethod = (
            source.attributes.get("DeidentificationMethod") or "As in the images referred to"
        )
    dataset.StudyInstanceUID = source.study_uid


def _structure_set(
    masks: Sequence[Mask], outlines: Sequence[tuple[tuple[int, np.ndarray], ...]], source: DicomSource, label: str
) -> Dataset:
    content = [np.packbits(m.array).tobytes() + m.label.encode() for m in masks]
    dataset = Dataset()
    set_patient_and_study(dataset, source)
    if any(not mask.label.isascii() for mask in masks):
        dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = _RTSTRUCT_CLASS
    dataset.SOPInstanceUID = uid_from_content("rtstruct", source.series_uid, *content)
    dataset.SeriesInstanceUID = uid_from_content("rtstruct series", source.series_uid, *content)
    dataset.Modality = "RTSTRUCT"
    dataset.SeriesDescription = "OncologyAI structures"
    dataset.SeriesNumber = "1"
    dataset.InstanceNumber = "1"
    dataset.OperatorsName = ""
    dataset.Manufacturer = "OncologyAI"
    dataset.ManufacturerModelName = "OncologyAI"
    dataset.SoftwareVersions = __version__
    dataset.FrameOfReferenceUID = source.frame_of_reference_uid
    dataset.PositionReferenceIndicator = ""
    dataset.StructureSetLabel = label[:16]
    dataset.ReferencedFrameOfReferenceSequence = [_referenced_frame(source)]
    dataset.StructureSetROISequence = [_named(n, m, source) for n, m in enumerate(masks, 1)]
    dataset.ROIContourSequence = [
        _drawn(n, mask, drawn, source) for n, (mask, drawn) in enumerate(zip(masks, outlines, strict=True), 1)
    ]
    dataset.RTROIObservationsSequence = [_observed(n, m) for n, m in enumerate(masks, 1)]
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def _referenced_frame(source: DicomSource) -> Dataset:
    series = Dataset()
    series.SeriesInstanceUID = source.series_uid
    series.ContourImageSequence = DicomSequence(_image(source, k) for k in _one_a_file(source))
    study = Dataset()
    study.ReferencedSOPClassUID = _STUDY_COMPONENT_CLASS
    study.ReferencedSOPInstanceUID = source.study_uid
    study.RTReferencedSeriesSequence = [series]
    frame = Dataset()
    frame.FrameOfReferenceUID = source.frame_of_reference_uid
    frame.RTReferencedStudySequence = [study]
    return frame


def _one_a_file(source: DicomSource) -> Iterable[int]:
    """Give every slice of single-frame files, the first slice of each multi-frame file; none that has no file."""
    slices = [k for k, uid in enumerate(source.sop_uids) if uid]
    return {source.sop_uids[k]: k for k in reversed(slices)}.values() if any(source.frames) else slices


def _image(source: DicomSource, k: int, *, frame: bool = False) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = source.sop_class_uid
    item.ReferencedSOPInstanceUID = source.sop_uids[k]
    if frame and source.frames[k]:
        item.ReferencedFrameNumber = source.frames[k]
    return item


def _named(number: int, mask: Mask, source: DicomSource) -> Dataset:
    item = Dataset()
    item.ROINumber = number
    item.ReferencedFrameOfReferenceUID = source.frame_of_reference_uid
    item.ROIName = mask.label[:64]
    item.ROIGenerationAlgorithm = "AUTOMATIC"
    return item


def _drawn(number: int, mask: Mask, outlines: Sequence[tuple[int, np.ndarray]], source: DicomSource) -> Dataset:
    item = Dataset()
    item.ROIDisplayColor = list(mask.code.rgb if mask.code else (230, 70, 50))
    if outlines:
        item.ContourSequence = DicomSequence(_contour(k, points, source) for k, points in outlines)
    item.ReferencedROINumber = number
    return item


def _contour(k: int, points: np.ndarray, source: DicomSource) -> Dataset:
    item = Dataset()
    if source.sop_uids[k]:  # an interpolated slice has no image to refer to
        item.ContourImageSequence = [_image(source, k, frame=True)]
    item.ContourGeometricType = "CLOSED_PLANAR"
    item.NumberOfContourPoints = len(points)
    # a decimal string holds 16 characters; 0.1 micrometre is far below half a voxel
    text = "\\".join(f"{value:.4f}" for value in (points * _LPS).ravel())
    # given as it will be written: turning each number into an object takes longer than all the rest
    item.add(DataElement("ContourData", "DS", text, already_converted=True))
    return item


def _observed(number: int, mask: Mask) -> Dataset:
    item = Dataset()
    item.ObservationNumber = number
    item.ReferencedROINumber = number
    item.RTROIInterpretedType = _INTERPRETED[mask.kind]
    item.ROIInterpreter = ""
    if mask.code is not None:
        kind = _coded(mask.code.type)
        if mask.code.modifier is not None:
            kind.SegmentedPropertyTypeModifierCodeSequence = [_coded(mask.code.modifier)]
        item.SegmentedPropertyCategoryCodeSequence = [_coded(mask.code.category)]
        item.RTROIIdentificationCodeSequence = [kind]
    return item


def _coded(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme, code.meaning
    return item
