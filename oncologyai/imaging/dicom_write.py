"""Writing an image as a classic DICOM series: CT in HU, PET in Bq/ml, one file a slice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, PositronEmissionTomographyImageStorage
from pydicom.valuerep import format_number_as_ds

from oncologyai._atomic import atomic_folder
from oncologyai.errors import InputError, ModalityError, SliceGeometryError, UnitsError
from oncologyai.imaging.rtstruct_write import uid_from_content
from oncologyai.types import DicomSource, Volume

__all__ = ["check_keywords", "decimal_text", "write_dicom_series"]

_CT_INTERCEPT_HU = -1024.0
_INT16 = np.iinfo(np.int16)
_LPS_FROM_RAS = np.diag([-1.0, -1.0, 1.0])

_DERIVED_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID")

# Keywords that stand inside Radiopharmaceutical Information Sequence (0054,0016), PS3.3 C.8.9.2.
_ISOTOPE_KEYWORDS = (
    "Radiopharmaceutical",
    "RadiopharmaceuticalRoute",
    "RadiopharmaceuticalStartTime",
    "RadiopharmaceuticalStartDateTime",
    "RadiopharmaceuticalStopTime",
    "RadiopharmaceuticalStopDateTime",
    "RadionuclideTotalDose",
    "RadionuclideHalfLife",
    "RadionuclidePositronFraction",
    "RadionuclideCodeSequence",
    "RadiopharmaceuticalCodeSequence",
)

_COMMON: Mapping[str, Any] = {
    "PatientName": "",
    "PatientID": "",
    "PatientBirthDate": "",
    "PatientSex": "",
    "StudyDate": "",
    "StudyTime": "",
    "StudyID": "",
    "AccessionNumber": "",
    "ReferringPhysicianName": "",
    "SeriesNumber": 1,
    "PatientPosition": "HFS",
    "Manufacturer": "",
    "PositionReferenceIndicator": "",
    "AcquisitionNumber": 1,
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "BitsAllocated": 16,
    "BitsStored": 16,
    "HighBit": 15,
    "PixelRepresentation": 1,
}

_CT: Mapping[str, Any] = {
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "KVP": "",
    "RescaleType": "HU",
    "RescaleSlope": "1",
    "RescaleIntercept": "-1024",
}

_PT: Mapping[str, Any] = {
    "ImageType": ["ORIGINAL", "PRIMARY"],
    "Units": "BQML",
    "CountsSource": "EMISSION",
    "SeriesType": ["WHOLE BODY", "IMAGE"],
    "CorrectedImage": ["DECY", "ATTN", "SCAT"],
    "DecayCorrection": "START",
    "CollimatorType": "NONE",
    "RescaleIntercept": "0",
    "FrameReferenceTime": "0",
    "ActualFrameDuration": "0",
    "DecayFactor": "1",
    "LossyImageCompression": "00",
}

# Patient orientation, its modifier and the relation to the gantry, of a patient who lies supine, head first
# (PS3.16, CID 19, 20 and 21).
_SUPINE_HEAD_FIRST = (("102538003", "recumbent"), ("40199007", "supine"), ("102540008", "headfirst"))

# What derived objects (structure sets, segmentations, reports) repeat of the patient and the study.
_KEPT = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "StudyDescription",
    "AccessionNumber",
    "ReferringPhysicianName",
)


def write_dicom_series(volume: Volume, folder: str | os.PathLike[str], *, attributes: Mapping[str, Any]) -> Volume:
    """Write an image as one DICOM series, a file a slice, explicit VR little endian.

    The same input gives the same bytes: UIDs that ``attributes`` does not give are made from the attributes, the
    geometry and the voxels.

    Parameters
    ----------
    volume : Volume
        A CT in HU (stored as whole HU with intercept -1024) or a PET in Bq/ml (stored as 16 bits with a rescale
        slope a slice, so that a voxel is off by at most 1/65534 of the largest of its slice). Any orientation;
        the slice axis must be perpendicular to the slices.
    folder : path
        Gets ``IM0001.dcm`` and so on, in the order of the array's k axis.
    attributes : mapping
        Attributes by DICOM keyword; they replace the defaults. Those of the radiopharmaceutical
        (``RadionuclideTotalDose`` in Bq, ``RadionuclideHalfLife`` in s, ``RadiopharmaceuticalStartDateTime``, ...)
        go into its sequence. None is invented: a PET without ``PatientWeight`` is written without it.

    Returns
    -------
    Volume
        The same image with ``dicom`` naming what was written.

    Raises
    ------
    ModalityError
        If the modality is neither CT nor PT.
    UnitsError
        If a CT is not in HU or a PT not in BQML.
    SliceGeometryError
        If the slice axis is not perpendicular to the slices.
    InputError
        If a voxel is not finite or does not fit 16 bits, or a keyword is not DICOM's.
    OutputError
        If the folder cannot be written.

    References
    ----------
    .. [1] DICOM PS3.3, A.3 CT Image IOD and A.21 Positron Emission Tomography Image IOD.
    """
    _check_volume(volume)
    check_keywords(attributes)
    header = _series_header(volume, attributes)
    names = [f"IM{k + 1:04d}.dcm" for k in range(volume.shape[0])]
    sop_uids = [uid_from_content(header.SeriesInstanceUID, name) for name in names]
    with atomic_folder(folder) as draft:
        for k, name in enumerate(names):
            _fill_slice(header, volume, k, sop_uids[k])
            header.save_as(draft / name, enforce_file_format=True)
    source = DicomSource(
        study_uid=str(header.StudyInstanceUID),
        series_uid=str(header.SeriesInstanceUID),
        frame_of_reference_uid=str(header.FrameOfReferenceUID),
        sop_class_uid=str(header.SOPClassUID),
        sop_uids=tuple(sop_uids),
        files=tuple(str(Path(folder) / name) for name in names),
        frames=(0,) * len(names),
        attributes={keyword: str(header.get(keyword, "")) for keyword in _KEPT},
    )
    return replace(volume, dicom=source)


def _check_volume(volume: Volume) -> None:
    if volume.modality not in ("CT", "PT"):
        raise ModalityError("modality", expected="CT or PT", got=volume.modality)
    unit = "HU" if volume.modality == "CT" else "BQML"
    if volume.unit != unit:
        raise UnitsError("unit", expected=f"{unit} for {volume.modality}", got=volume.unit)
    axes = volume.ijk_to_ras[:3, :3] / np.linalg.norm(volume.ijk_to_ras[:3, :3], axis=0)
    if np.abs(axes.T @ axes - np.eye(3)).max() > 1e-6:
        raise SliceGeometryError(
            "ijk_to_ras", expected="perpendicular axes", got="sheared ones", remedy="resample the image first"
        )
    if not np.isfinite(volume.array).all():
        raise InputError("array", expected="finite values", got="NaN or infinity")
    low, high = float(volume.array.min()), float(volume.array.max())
    if volume.modality == "CT" and not (low - _CT_INTERCEPT_HU >= _INT16.min and high - _CT_INTERCEPT_HU <= _INT16.max):
        raise InputError("array", expected="HU from -33792 to 31743", got=f"{low:g} to {high:g}")


def check_keywords(attributes: Mapping[str, Any]) -> None:
    """Raise InputError unless every key is a DICOM keyword."""
    for keyword in attributes:
        if tag_for_keyword(keyword) is None:
            raise InputError("attributes", expected="DICOM keywords", got=repr(keyword))


def _charset(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Give UTF-8 as Specific Character Set (0008,0005) where a text needs more than DICOM's default, ASCII."""
    return {} if all(str(value).isascii() for value in attributes.values()) else {"SpecificCharacterSet": "ISO_IR 192"}


def _series_header(volume: Volume, attributes: Mapping[str, Any]) -> Dataset:
    """Give everything that the slices of the series share."""
    header = Dataset()
    pet = volume.modality == "PT"
    merged = {**_charset(attributes), **_COMMON, **(_PT if pet else _CT), **_fallback_uids(volume, attributes)}
    merged |= attributes
    for keyword, value in merged.items():
        if not (pet and keyword in _ISOTOPE_KEYWORDS):
            setattr(header, keyword, value)
    if "BodyPartExamined" not in header and "Laterality" not in header:
        header.Laterality = ""
    if pet:
        _add_pet_series(header, volume, attributes)
    header.SOPClassUID = PositronEmissionTomographyImageStorage if pet else CTImageStorage
    header.Modality = volume.modality
    header.Rows, header.Columns = volume.shape[1:]
    across_i, across_j, across_k = volume.spacing_mm
    header.PixelSpacing = [decimal_text(across_j), decimal_text(across_i)]
    header.SliceThickness = decimal_text(across_k)
    axes = _LPS_FROM_RAS @ (volume.ijk_to_ras[:3, :2] / np.linalg.norm(volume.ijk_to_ras[:3, :2], axis=0))
    header.ImageOrientationPatient = [decimal_text(v) for v in axes.T.ravel()]
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return header


def _fallback_uids(volume: Volume, attributes: Mapping[str, Any]) -> dict[str, str]:
    told = "\n".join(f"{keyword}={attributes[keyword]}" for keyword in sorted(attributes))
    voxels = hashlib.sha256(volume.array.tobytes()).digest()
    geometry = volume.ijk_to_ras.round(6).tobytes()
    return {keyword: uid_from_content(keyword, told, voxels, geometry) for keyword in _DERIVED_UIDS}


def _add_pet_series(header: Dataset, volume: Volume, attributes: Mapping[str, Any]) -> None:
    isotope = Dataset()
    isotope.RadionuclideCodeSequence = Sequence()
    for keyword in _ISOTOPE_KEYWORDS:
        if keyword in attributes:
            setattr(isotope, keyword, attributes[keyword])
    header.RadiopharmaceuticalInformationSequence = Sequence([isotope])
    header.NumberOfSlices = volume.shape[0]
    _add_pet_orientation(header)
    for when in ("Series", "Acquisition"):
        for part in ("Date", "Time"):
            if f"{when}{part}" not in header:
                setattr(header, f"{when}{part}", header.get(f"Study{part}", ""))


def _add_pet_orientation(header: Dataset) -> None:
    """Say how the patient lies in codes, which in PET stand instead of Patient Position (PS3.3, C.8.4.6)."""
    codes = [_code_item(*pair) for pair in _SUPINE_HEAD_FIRST] if header.PatientPosition == "HFS" else []
    del header.PatientPosition
    header.PatientOrientationCodeSequence = Sequence(codes[:1])
    if codes:
        codes[0].PatientOrientationModifierCodeSequence = Sequence(codes[1:2])
    header.PatientGantryRelationshipCodeSequence = Sequence(codes[2:])


def _code_item(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item


def _fill_slice(header: Dataset, volume: Volume, k: int, sop_uid: str) -> None:
    """Set what differs from slice to slice."""
    position = _LPS_FROM_RAS @ volume.ras_from_ijk((0.0, 0.0, float(k)))
    header.SOPInstanceUID = UID(sop_uid)
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = UID(sop_uid)
    header.InstanceNumber = k + 1
    header.ImagePositionPatient = [decimal_text(v) for v in position]
    if volume.modality == "CT":
        stored = np.rint(volume.array[k].astype(np.float64) - _CT_INTERCEPT_HU)
    else:
        header.ImageIndex = k + 1
        largest = float(np.abs(volume.array[k]).max())
        header.RescaleSlope = decimal_text(largest / _INT16.max if largest > 0.0 else 1.0)
        # The slope as its rounded text says, so that what is read back is nearest to what was meant.
        stored = np.rint(volume.array[k].astype(np.float64) / float(header.RescaleSlope))
    header.PixelData = stored.clip(_INT16.min, _INT16.max).astype("<i2").tobytes()


def decimal_text(value: float) -> str:
    """Give a number as a decimal string of at most 16 characters."""
    return format_number_as_ds(float(value) + 0.0)
