"""Writing the views of a whole-body bone scan as DICOM NM, in one multi-frame file or one a view."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import UID, ExplicitVRLittleEndian, NuclearMedicineImageStorage

from oncologyai._atomic import atomic_file
from oncologyai._checks import check_choice
from oncologyai.errors import GeometryMismatchError, InputError, ModalityError
from oncologyai.imaging.dicom_write import check_keywords, decimal_text
from oncologyai.imaging.planar_geometry import VIEWS, planar_ijk_to_ras
from oncologyai.imaging.rtstruct_write import uid_from_content
from oncologyai.types import Volume

__all__ = ["write_nm_whole_body"]

# PS3.16 CID 26, and its codes of before SNOMED CT.
_VIEW_CODES = {
    "anterior": ("399321004", "Anterior projection"),
    "posterior": ("399001007", "Posterior projection"),
}
# LPS cosines of a detector's rows and columns, and its angle from the patient's back (PS3.3 C.8.4.11, Start Angle).
_ORIENTATIONS = {"anterior": ((1.0, 0.0, 0.0, 0.0, 0.0, -1.0), 180.0), "posterior": ((-1.0, 0, 0, 0, 0, -1.0), 0.0)}
_TC99M_WINDOW_KEV = (126.5, 154.5)  # 20 % around the photopeak of 140.5 keV

_DEFAULTS: Mapping[str, Any] = {
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
    "InstanceNumber": 1,
    "Manufacturer": "",
    "BodyPartExamined": "WHOLEBODY",
    "ImageType": ["ORIGINAL", "PRIMARY", "WHOLE BODY", "EMISSION"],
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "BitsAllocated": 16,
    "BitsStored": 16,
    "HighBit": 15,
    "PixelRepresentation": 0,
    "WholeBodyTechnique": "1PS",
    "AcquisitionTerminationCondition": "MANU",
    "ScanVelocity": "",
    "CorrectedImage": ["UNIF", "NRGY"],
    "LossyImageCompression": "00",
    "PositionReferenceIndicator": "",
}
# Keywords that stand inside a sequence (PS3.3 C.8.4.10 NM Isotope, C.8.4.11 NM Detector).
_ISOTOPE = ("Radiopharmaceutical", "RadiopharmaceuticalStartTime", "RadionuclideTotalDose", "RadiopharmaceuticalRoute")
_DETECTOR = ("CollimatorGridName", "CollimatorType", "FieldOfViewShape", "FieldOfViewDimensions", "RadialPosition")
_SIXTEEN_BITS = 65535


def write_nm_whole_body(
    views: Sequence[Volume], path: str | os.PathLike[str], *, attributes: Mapping[str, Any] | None = None
) -> None:
    """Write one or two views of a whole body as one DICOM NM file, explicit VR little endian.

    Frames stand in the order given, each with a detector of its own: view code, orientation, start angle. The same
    input gives the same bytes.

    Parameters
    ----------
    views : sequence of Volume, one or two
        Counts of one slice each, whole numbers from 0 to 65535, of one size and pixel spacing;
        ``meta['view']`` is 'anterior' or 'posterior', and geometry that of ``planar_ijk_to_ras``.
    path : path
        The file; made whole or not at all.
    attributes : mapping, optional
        Attributes by DICOM keyword; they replace the defaults. Those of the radiopharmaceutical and of the
        collimator go into their sequences. ``ActualFrameDuration`` in ms, which the standard asks for, is not invented.

    Raises
    ------
    InputError
        If there are not one or two different views, counts are not what they should be, or a keyword is not DICOM's.
    ModalityError
        If a view is not of modality NM.
    GeometryMismatchError
        If two views differ in size or spacing, or one does not lie as its camera sees it.
    OutputError
        If the place cannot be written.

    References
    ----------
    .. [1] DICOM PS3.3, A.5 Nuclear Medicine Image IOD; C.8.4.7 to C.8.4.11.
    """
    _check_views(views)
    given = dict(attributes or {})
    check_keywords(given)
    counts = [np.asarray(view.array[0]).astype("<u2") for view in views]
    header = _header(views, counts, given)
    header.PixelData = b"".join(plane.tobytes() for plane in counts)
    with atomic_file(path) as draft:
        header.save_as(draft, enforce_file_format=True)


def _check_views(views: Sequence[Volume]) -> None:
    names = [str(view.meta.get("view", "")) for view in views]
    if len(views) not in (1, 2) or len(set(names)) != len(views):
        raise InputError("views", expected="one view, or an anterior and a posterior one", got=", ".join(names) or "0")
    for view, name in zip(views, names, strict=True):
        check_choice(name, VIEWS, "views: meta['view']")
        if view.modality != "NM":
            raise ModalityError("views", expected="modality NM", got=view.modality)
        low, high = float(view.array.min()), float(view.array.max())
        whole = np.isfinite(view.array).all() and np.array_equal(view.array, np.rint(view.array))
        if view.shape[0] != 1 or not whole or low < 0 or high > _SIXTEEN_BITS:
            got = f"{view.shape[0]} slices of {low:g} to {high:g}"
            raise InputError("views", expected="one slice of whole numbers from 0 to 65535", got=got)
        across_i, across_j, _ = view.spacing_mm
        seen = planar_ijk_to_ras(name, view.shape[1:], (across_j, across_i))  # type: ignore[arg-type]
        if not np.allclose(view.ijk_to_ras[:3, :2], seen[:3, :2], atol=1e-6):
            raise GeometryMismatchError(name, expected="rows and columns as the camera sees them", got="others")
    if len(views) == 2 and (views[0].shape, views[0].spacing_mm) != (views[1].shape, views[1].spacing_mm):
        got = f"{views[0].shape[1:]} and {views[1].shape[1:]}"
        raise GeometryMismatchError("views", expected="one size and pixel spacing", got=got, remedy="write two files")


def _header(views: Sequence[Volume], counts: Sequence[np.ndarray], given: Mapping[str, Any]) -> Dataset:
    header = Dataset()
    nested = (*_ISOTOPE, *_DETECTOR)
    for keyword, value in {**_DEFAULTS, **given}.items():
        if keyword not in nested:
            setattr(header, keyword, value)
    told = "\n".join(f"{keyword}={given[keyword]}" for keyword in sorted(given))
    content = b"".join(plane.tobytes() for plane in counts)
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "SOPInstanceUID"):
        if keyword not in given:
            setattr(header, keyword, uid_from_content(keyword, told, content))
    header.SOPClassUID = NuclearMedicineImageStorage
    header.Modality = "NM"
    across_i, across_j, _ = views[0].spacing_mm
    header.PixelSpacing = [decimal_text(across_j), decimal_text(across_i)]
    header.NumberOfFrames, header.Rows, header.Columns = len(views), *views[0].shape[1:]
    header.CountsAccumulated = int(sum(int(plane.sum(dtype=np.int64)) for plane in counts))
    header.ScanLength = round(across_j * views[0].shape[1])
    _add_nm_sequences(header, views, given)
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = UID(header.SOPInstanceUID)
    return header


def _add_nm_sequences(header: Dataset, views: Sequence[Volume], given: Mapping[str, Any]) -> None:
    header.FrameIncrementPointer = [0x00540010, 0x00540020]  # energy window and detector vector
    header.EnergyWindowVector = [1] * len(views)
    header.NumberOfEnergyWindows = 1
    header.DetectorVector = list(range(1, len(views) + 1))
    header.NumberOfDetectors = len(views)
    energies = Dataset()
    energies.EnergyWindowLowerLimit, energies.EnergyWindowUpperLimit = map(decimal_text, _TC99M_WINDOW_KEV)
    window = Dataset()
    window.EnergyWindowName, window.EnergyWindowRangeSequence = "Tc-99m", DicomSequence([energies])
    header.EnergyWindowInformationSequence = DicomSequence([window])
    isotope = Dataset()
    isotope.RadionuclideCodeSequence = DicomSequence([_code("72454005", "^99m^Technetium")])
    for keyword in _ISOTOPE:
        if keyword in given:
            setattr(isotope, keyword, given[keyword])
    header.RadiopharmaceuticalInformationSequence = DicomSequence([isotope])
    header.DetectorInformationSequence = DicomSequence([_detector(view, given) for view in views])
    supine = _code("102538003", "recumbent")
    supine.PatientOrientationModifierCodeSequence = DicomSequence([_code("40199007", "supine")])
    header.PatientOrientationCodeSequence = DicomSequence([supine])
    header.PatientGantryRelationshipCodeSequence = DicomSequence([_code("102540008", "headfirst")])


def _detector(view: Volume, given: Mapping[str, Any]) -> Dataset:
    name = str(view.meta["view"])
    cosines, angle = _ORIENTATIONS[name]
    detector = Dataset()
    detector.CollimatorType = "PARA"
    for keyword in _DETECTOR:
        if keyword in given:
            setattr(detector, keyword, given[keyword])
    detector.StartAngle = decimal_text(angle)
    detector.ImageOrientationPatient = [decimal_text(v) for v in cosines]
    detector.ImagePositionPatient = [decimal_text(v) for v in (-1.0, -1.0, 1.0) * view.ras_from_ijk((0.0, 0.0, 0.0))]
    code = _code(*_VIEW_CODES[name])
    code.ViewModifierCodeSequence = DicomSequence()
    detector.ViewCodeSequence = DicomSequence([code])
    return detector


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item
