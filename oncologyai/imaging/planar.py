"""Planar scintigraphy from files: the pictures that one file holds and what it says of each of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from pydicom import Dataset
from pydicom.pixels.utils import pixel_array

from oncologyai.errors import MissingFileError, ModalityError, UnreadableFileError
from oncologyai.imaging.frames import Frame, frames_of
from oncologyai.imaging.headers import BROKEN_FILE_ERRORS, is_dicom_file, number_of, quiet_pydicom, read_header, text_of
from oncologyai.imaging.pixels import decode_frames
from oncologyai.imaging.planar_tags import PlanarKind, TaggedView, energy_of, kind_of, view_in_text, view_of
from oncologyai.types import DicomSource, Unit

__all__ = ["PICTURE_SUFFIXES", "PlanarPicture", "planar_kind", "read_planar"]

PICTURE_SUFFIXES = (".png", ".tif", ".tiff", ".jpg", ".jpeg")

_LUMINANCE = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
_REFUSED = {
    "dynamic": "a dynamic series, several times of one view",
    "gated": "a gated series",
    "SPECT": "a SPECT acquisition or its slices",
}
_IDENTITY = (
    "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "PatientAge", "StudyInstanceUID", "StudyDate",
    "StudyTime", "StudyID", "StudyDescription", "AccessionNumber", "ReferringPhysicianName", "SeriesInstanceUID",
    "SeriesDescription", "SeriesNumber", "Modality", "Manufacturer", "ManufacturerModelName", "BodyPartExamined",
    "PatientPosition", "PatientIdentityRemoved", "SpecificCharacterSet",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class PlanarPicture:
    """One picture of a file.

    Parameters
    ----------
    array : ndarray, shape (j, i), float32
        As stored; of colours their brightness.
    path : str
        The file.
    kind : str
        'whole body', 'static' or 'capture' (a secondary capture, or a PNG, TIFF or JPEG file).
    unit : str
        'counts' where the values are the camera's, else 'arbitrary'.
    spacing_mm : (float, float) or None
        Distance of rows and of columns, where the file says.
    tagged : TaggedView
        What it says of the view.
    energy : (int, str, bool)
        Number and name of its energy window, and whether that holds the peak of Tc-99m.
    original : bool
        Whether the file calls itself the camera's own and not derived from others.
    dicom : DicomSource, optional
    notes : tuple of str
        What was odd.
    """

    array: np.ndarray
    path: str
    kind: PlanarKind
    unit: Unit = "arbitrary"
    spacing_mm: tuple[float, float] | None = None
    tagged: TaggedView = field(default_factory=TaggedView)
    energy: tuple[int, str, bool] = (1, "", False)
    original: bool = True
    dicom: DicomSource | None = None
    notes: tuple[str, ...] = ()


def planar_kind(path: str | os.PathLike[str]) -> PlanarKind:
    """Give what kind of image a DICOM file holds, from its header; 'other' for what is no planar scintigraphy.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If it is no DICOM file.
    """
    return kind_of(read_header(path))


def read_planar(path: str | os.PathLike[str]) -> tuple[PlanarPicture, ...]:
    """Read the planar pictures of one file.

    Parameters
    ----------
    path : path
        DICOM NM, a DICOM secondary capture of it, or a PNG, TIFF or JPEG picture.

    Returns
    -------
    tuple of PlanarPicture, at least one
        In the file's order.

    Raises
    ------
    MissingFileError
        If there is no such file.
    ModalityError
        If it is DICOM of another modality, or a dynamic, gated or SPECT acquisition.
    UnreadableFileError
        If it is none of these, or damaged.
    """
    place = Path(path)
    if not place.is_file():
        raise MissingFileError(str(path), expected="a file", got="nothing there", remedy="check the path")
    if is_dicom_file(place):
        return _from_dicom(str(path))
    if place.suffix.lower() in PICTURE_SUFFIXES:
        return (_from_picture(str(path)),)
    raise UnreadableFileError(
        str(path), expected="DICOM, PNG, TIFF or JPEG", got=place.suffix or "another file", remedy="give the bone scan"
    )


def _from_dicom(path: str) -> tuple[PlanarPicture, ...]:
    header = read_header(path)
    kind = kind_of(header)
    _check_kind(path, header, kind)
    frames = frames_of(header, path)
    planes = _planes(path, header, frames)
    counted = kind != "capture" and (number_of(header, "BitsAllocated") or 0) > 8
    source = _source(header, path)
    notes: tuple[str, ...] = ()
    if (number_of(header, "SamplesPerPixel") or 1) > 1:
        notes = ("a picture in colours: taken as its brightness",)
    elif kind != "capture" and not counted:
        notes = ("8 bits a pixel: scaled by whoever wrote it, no counts",)
    return tuple(
        PlanarPicture(
            plane,
            path,
            kind,
            "counts" if counted else "arbitrary",
            frame.spacing_mm if frame.has_spacing else None,
            view_of(header, index),
            energy_of(header, index),
            not text_of(header, "ImageType").upper().startswith("DERIVED"),
            _of_frame(source, index if len(frames) > 1 else -1),
            notes,
        )
        for index, (frame, plane) in enumerate(zip(frames, planes, strict=True))
    )


def _check_kind(path: str, header: Dataset, kind: PlanarKind) -> None:
    if kind in _REFUSED:
        got, remedy = _REFUSED[kind], "choose the whole-body series"
    elif kind == "other":
        got, remedy = f"modality {text_of(header, 'Modality') or 'unknown'}", "choose the bone scan"
    elif not number_of(header, "Rows"):
        got, remedy = f"{kind} without pixels", "choose the bone scan"
    else:
        return
    raise ModalityError(path, expected="a planar whole-body bone scan (NM)", got=got, remedy=remedy)


def _planes(path: str, header: Dataset, frames: Sequence[Frame]) -> list[np.ndarray]:
    if (number_of(header, "SamplesPerPixel") or 1) == 1:
        return [plane.astype(np.float32) for plane in decode_frames(frames, floating=False)]
    planes = []
    dataset = read_header(path, pixels=True)
    for index in range(len(frames)):
        try:
            with quiet_pydicom():
                planes.append(_brightness(pixel_array(dataset, index=index)))
        except BROKEN_FILE_ERRORS as error:
            raise UnreadableFileError(
                path, expected="a picture", got=f"one that cannot be decoded ({error})", remedy="replace the file"
            ) from error
    return planes


def _from_picture(path: str) -> PlanarPicture:
    try:
        image = sitk.ReadImage(path)
    except RuntimeError as error:
        raise UnreadableFileError(
            path, expected="a picture", got="one that cannot be read", remedy="replace the file"
        ) from error
    if image.GetDimension() == 3 and image.GetSize()[2] == 1:
        image = image[:, :, 0]
    if image.GetDimension() != 2:
        raise UnreadableFileError(
            path, expected="one picture", got=f"{image.GetSize()[2]} pages", remedy="give each view its own file"
        )
    array = sitk.GetArrayFromImage(image)
    notes: tuple[str, ...] = ("a picture, not a camera's file: its values are no counts",)
    if array.ndim == 3:
        notes += ("a picture in colours: taken as its brightness",)
    view = view_in_text(Path(path).stem)
    tagged = TaggedView(view, "the file's name" if view else "")
    return PlanarPicture(_brightness(array), path, "capture", tagged=tagged, notes=notes)


def _brightness(array: np.ndarray) -> np.ndarray:
    """Give grey of (j, i), or of (j, i, 3 or 4) colours; transparency is left out."""
    if array.ndim == 2:
        return array.astype(np.float32)
    if array.shape[-1] < 3:  # grey and transparency
        return array[..., 0].astype(np.float32)
    return (array[..., :3] @ _LUMINANCE).astype(np.float32)


def _source(header: Dataset, path: str) -> DicomSource:
    return DicomSource(
        study_uid=text_of(header, "StudyInstanceUID"),
        series_uid=text_of(header, "SeriesInstanceUID"),
        frame_of_reference_uid=text_of(header, "FrameOfReferenceUID"),
        sop_class_uid=text_of(header, "SOPClassUID"),
        sop_uids=(text_of(header, "SOPInstanceUID"),),
        files=(path,),
        frames=(0,),
        attributes={keyword: text for keyword in _IDENTITY if (text := text_of(header, keyword))},
    )


def _of_frame(source: DicomSource, index: int) -> DicomSource:
    return DicomSource(**{**vars(source), "frames": (index + 1,)})
