"""Which patients, studies and series a folder holds, from the headers alone."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydicom import Dataset, FileDataset

from oncologyai.errors import EmptyStudyError, MissingFileError, UnreadableFileError
from oncologyai.imaging.headers import is_dicom_file, number_of, read_header, text_of
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Series, Study

__all__ = ["find_studies", "index_files", "is_image", "is_localizer", "slice_count"]

# Acquisition parameters kept for each series (PS3.6 keywords).
_PARAMETERS = (
    "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "StationName", "InstitutionName", "ImageType",
    "SeriesNumber", "StudyDate", "StudyTime", "SeriesDate", "SeriesTime", "AcquisitionDate", "AcquisitionTime",
    "BodyPartExamined", "ProtocolName", "PatientPosition", "PatientSex", "PatientAge", "PatientWeight", "PatientSize",
    "KVP", "Exposure", "ExposureTime", "XRayTubeCurrent", "ConvolutionKernel", "FilterType", "SliceThickness",
    "SpacingBetweenSlices", "SpiralPitchFactor", "ReconstructionDiameter", "GantryDetectorTilt", "PixelSpacing",
    "Rows", "Columns", "NumberOfFrames", "ContrastBolusAgent", "CTDIvol", "ScanOptions",
    "MagneticFieldStrength", "RepetitionTime", "EchoTime", "InversionTime", "FlipAngle", "ScanningSequence",
    "SequenceName", "SequenceVariant", "DiffusionBValue", "Units", "DecayCorrection", "ReconstructionMethod",
    "CorrectedImage", "ActualFrameDuration", "SOPClassUID",
)  # fmt: skip
_CLOCK = ("StudyDate", "SeriesDate", "AcquisitionDate", "StudyTime", "SeriesTime", "AcquisitionTime")
_IDENTITY = (
    "SpecificCharacterSet", "SOPInstanceUID", "PatientID", "PatientName", "StudyInstanceUID", "StudyDescription",
    "SeriesInstanceUID", "SeriesDescription", "Modality",
)  # fmt: skip
_DICOM_SUFFIXES = (".dcm", ".dicom", ".ima")
_DIRECTORY_CLASS = "1.2.840.10008.1.3.10"  # Media Storage Directory Storage (PS3.6): a list of files, not a document
_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class _Key:
    patient: str
    study: str
    series: str
    modality: str
    localizer: bool


@dataclass(frozen=True)
class _Found:
    path: str
    header: Dataset


def find_studies(folder: str | os.PathLike[str], *, progress: Progress | None = None) -> tuple[Study, ...]:
    """List the DICOM studies under a folder, however its files are named and nested.

    Parameters
    ----------
    folder : path
        Searched with all its subfolders. Files that are plainly other things are passed over; a broken DICOM file,
        or another file named like one (.dcm), gives a warning in the studies.
    progress : Progress, optional
        Told the share of files seen.

    Returns
    -------
    tuple of Study, at least one
        By patient and study date. Each series lists its files and the acquisition parameters of its first file by
        DICOM keyword; a numeric parameter that varies reads ``'80 to 400'``. Localizers (scouts) of a series stand
        apart as a series of their own with the same UID. Structure sets, plans and the like are series too.

    Raises
    ------
    MissingFileError
        If the folder does not exist.
    UnreadableFileError
        If there is no DICOM but files that are named so.
    EmptyStudyError
        If there is no DICOM at all.
    """
    if not Path(folder).is_dir():
        raise MissingFileError(str(folder), expected="a folder", got="no folder there", remedy="check the path")
    return index_files(_files_under(folder), str(folder), progress=progress)


def index_files(
    paths: Iterable[str], name: str, *, progress: Progress | None = None
) -> tuple[Study, ...]:  # fmt: skip
    """List the studies of given files as ``find_studies`` does; ``name`` is what messages call them."""
    watcher = progress or Silent()
    groups: dict[_Key, list[_Found]] = defaultdict(list)
    broken: list[str] = []
    listed = list(paths)
    for done, path in enumerate(listed):
        check_cancelled(watcher)
        watcher.stage("index", done / len(listed))
        header = _read(path, broken)
        if header is not None:
            groups[_key(header)].append(_Found(path, header))
    if not groups:
        _refuse_empty(name, broken, len(listed))
    return _studies(groups, _warnings(broken))


def is_image(series: Series) -> bool:
    """Tell whether a series holds pixels."""
    return bool(series.parameters.get("Rows"))


def is_localizer(series: Series) -> bool:
    """Tell whether a series holds scout views (Image Type (0008,0008) value 3)."""
    return "LOCALIZER" in series.parameters.get("ImageType", "").upper()


def slice_count(series: Series) -> int:
    """Number of image planes: files, or frames of multi-frame files."""
    frames = series.parameters.get("NumberOfFrames", "")
    return int(frames) if frames.isdigit() else len(series.files)


def _files_under(folder: str | os.PathLike[str]) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders.sort()
        yield from (os.path.join(place, name) for name in sorted(files))  # noqa: PTH118  (Path is slow over many files)


def _read(path: str, broken: list[str]) -> FileDataset | None:
    named_so = path.lower().endswith(_DICOM_SUFFIXES)
    try:
        if not Path(path).is_file() or (not named_so and not is_dicom_file(path)):
            return None
        header = read_header(path, tags=(*_IDENTITY, *_PARAMETERS))
    except (UnreadableFileError, OSError):
        broken.append(path)
        return None
    if text_of(header.file_meta, "MediaStorageSOPClassUID") == _DIRECTORY_CLASS:
        return None
    if not text_of(header, "SeriesInstanceUID") or not text_of(header, "SOPInstanceUID"):
        broken.append(path)
        return None
    return header


def _key(header: Dataset) -> _Key:
    return _Key(
        patient=text_of(header, "PatientID") or text_of(header, "PatientName"),
        study=text_of(header, "StudyInstanceUID"),
        series=text_of(header, "SeriesInstanceUID"),
        modality=text_of(header, "Modality"),
        localizer="LOCALIZER" in text_of(header, "ImageType").upper(),
    )


def _refuse_empty(name: str, broken: Sequence[str], seen: int) -> None:
    if broken:
        raise UnreadableFileError(
            broken[0], expected="a DICOM file", got="one that is not DICOM or is damaged",
            remedy="remove it or give the folder of the images",
        )  # fmt: skip
    raise EmptyStudyError(
        name, expected="a folder with DICOM files", got="an empty one" if not seen else f"{seen} files, none DICOM",
        remedy="give the folder that holds the study",
    )  # fmt: skip


def _warnings(broken: Sequence[str]) -> tuple[str, ...]:
    if not broken:
        return ()
    more = f" and {len(broken) - _NAMED_AT_MOST} more" if len(broken) > _NAMED_AT_MOST else ""
    return (f"not readable as DICOM and left out: {', '.join(broken[:_NAMED_AT_MOST])}{more}",)


def _studies(groups: dict[_Key, list[_Found]], warnings: tuple[str, ...]) -> tuple[Study, ...]:
    by_study: dict[tuple[str, str], list[tuple[Series, Dataset]]] = defaultdict(list)
    for key, found in groups.items():
        by_study[key.patient, key.study].append((_series(key, found), found[0].header))
    studies = []
    for (patient, uid), content in by_study.items():
        header = content[0][1]
        series = sorted((s for s, _ in content), key=_series_order)
        studies.append(
            Study(
                patient_id=patient,
                uid=uid,
                description=text_of(header, "StudyDescription"),
                date=text_of(header, "StudyDate"),
                series=tuple(replace(s, warnings=warnings) for s in series),
                warnings=warnings,
            )
        )
    return tuple(sorted(studies, key=lambda s: (s.patient_id, s.date, s.uid)))


def _series_order(series: Series) -> tuple[int, str, str]:
    number = series.parameters.get("SeriesNumber", "")
    return (int(number) if number.lstrip("-").isdigit() else 0, series.modality, series.uid)


def _series(key: _Key, found: Sequence[_Found]) -> Series:
    first = found[0].header
    parameters = {k: text for k in _PARAMETERS if (text := _parameter(k, [f.header for f in found]))}
    return Series(
        uid=key.series,
        modality=key.modality,
        description=text_of(first, "SeriesDescription"),
        files=tuple(f.path for f in found),
        patient_id=key.patient,
        study_uid=key.study,
        parameters=parameters,
    )


def _parameter(keyword: str, headers: Sequence[Dataset]) -> str:
    if keyword == "NumberOfFrames":
        frames = [number_of(h, keyword) for h in headers]
        return str(sum(int(n or 1) for n in frames)) if any(frames) else ""
    texts = list(dict.fromkeys(text_of(h, keyword) for h in headers))
    numbers = {n for h in headers if (n := number_of(h, keyword)) is not None} if len(texts) > 1 else set()
    if len(numbers) > 1 and keyword not in _CLOCK and "\\" not in texts[0]:
        return f"{min(numbers):g} to {max(numbers):g}"
    return texts[0]
