"""De-identify a folder of DICOM files."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from oncologyai._atomic import atomic_file, atomic_folder
from oncologyai.errors import EmptyStudyError, InputError, MissingFileError, OutputError, UnreadableFileError
from oncologyai.imaging.confidentiality import (
    DeidentifyConfig,
    Identifiers,
    deidentify_dataset,
    identifiers_of,
    pseudonym_of,
)
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["DeidentifyReport", "deidentify_folder", "secret_key"]

# SOP classes (PS3.6, annex A) that hold a patient's data where no attribute action reaches it
_REFUSED_CLASSES = {
    "1.2.840.10008.1.3.10": "a DICOMDIR names every patient and is not needed",
    "1.2.840.10008.5.1.4.1.1.66": "raw data of a maker's own form",
}
_REFUSED_GROUPS = {
    "1.2.840.10008.5.1.4.1.1.88.": "a structured report is free text",
    "1.2.840.10008.5.1.4.1.1.104.": "an encapsulated document",
    "1.2.840.10008.5.1.4.1.1.11.": "a presentation state may hold free text",
    "1.2.840.10008.5.1.4.1.1.9.": "a waveform may hold free text",
}
_OFTEN_BURNED_IN = (
    "1.2.840.10008.5.1.4.1.1.7",  # secondary capture
    "1.2.840.10008.5.1.4.1.1.3.1",  # ultrasound multi-frame
    "1.2.840.10008.5.1.4.1.1.6.1",  # ultrasound
    "1.2.840.10008.5.1.4.1.1.77.1.",  # visible light
)
_KEY_BYTES = 32


@dataclass(frozen=True)
class DeidentifyReport:
    """What became of a folder: it names patients, so keep it apart from the result.

    ``skipped`` maps each file left out, relative to the source, to the reason; ``pseudonyms`` maps patient to
    pseudonym; ``warnings`` say what to look at by eye.
    """

    written: int
    series: int
    skipped: Mapping[str, str] = field(default_factory=dict)
    pseudonyms: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _File:
    path: Path
    place: str
    uid: str
    patient: str
    series: str
    warning: str


def secret_key(path: str | os.PathLike[str]) -> bytes:
    """Give the secret key kept in a file, making the file (readable by its owner only) where there is none.

    Raises
    ------
    UnreadableFileError
        If the file does not hold a key.
    OutputError
        If it cannot be written.
    """
    path = Path(path)
    if not path.exists():
        with atomic_file(path) as draft:
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(_KEY_BYTES) + "\n", encoding="ascii")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise UnreadableFileError(str(path), expected="a key in hexadecimal digits", got=str(error)) from error
    if len(key) < _KEY_BYTES // 2:
        raise UnreadableFileError(str(path), expected=f"a key of {_KEY_BYTES} bytes", got=f"{len(key)} bytes")
    return key


def deidentify_folder(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    config: DeidentifyConfig,
    *,
    map_file: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> DeidentifyReport:
    """De-identify every DICOM file of a folder by the Basic Profile of PS3.15.

    Parameters
    ----------
    source : path-like
        A folder, searched with its subfolders. It is not changed.
    target : path-like
        A new or empty folder, which appears whole: ``<pseudonym>/<study>/<modality>-<series>/<instance>.dcm``,
        each by a short hash of the new UIDs.
    config : DeidentifyConfig
        Key and options.
    map_file : path-like, optional
        Where to write patient and pseudonym as JSON, readable by its owner only; not inside ``target``.
    progress : Progress, optional
        Told of each file.

    Returns
    -------
    DeidentifyReport
        Files that are not DICOM, structured reports, documents, presentation states, raw data, and images that may
        show a name in their pixels (unless allowed) are skipped, each with its reason.

    Raises
    ------
    MissingFileError
        If the source is no folder.
    InputError
        If one folder lies in the other, or the map inside the target.
    OutputError
        If the target is not empty or cannot be written.
    EmptyStudyError
        If no file is left to write.
    """
    source, target = Path(source), Path(target)
    progress = progress or Silent()
    _check_places(source, target, map_file)
    skipped: dict[str, str] = {}
    patients: dict[str, set[str]] = {}
    files = list(_survey(source, config, skipped, patients, progress))
    if not files:
        reason = next(iter(skipped.values()), "it is empty")
        raise EmptyStudyError(str(source), expected="DICOM files to de-identify", got=f"none ({reason})")
    written: list[_File] = []
    with atomic_folder(target) as draft:
        for n, file in enumerate(files):
            check_cancelled(progress)
            progress.stage("de-identify", n / len(files))
            reason = _write(file, Identifiers(file.patient, frozenset(patients[file.patient])), config, draft)
            if reason:
                skipped[file.place] = reason
            else:
                written.append(file)
    pseudonyms = {patient: pseudonym_of(patient, config) for patient in sorted({f.patient for f in written})}
    if map_file is not None:
        _write_map(pseudonyms, Path(map_file))
    warnings = tuple(f"{f.place}: {f.warning}" for f in written if f.warning)
    return DeidentifyReport(len(written), len({f.series for f in written}), skipped, pseudonyms, warnings)


def _check_places(source: Path, target: Path, map_file: str | os.PathLike[str] | None) -> None:
    if not source.is_dir():
        raise MissingFileError(str(source), expected="a folder", got="none there")
    a, b = source.resolve(), target.resolve()
    if a == b or a in b.parents or b in a.parents:
        raise InputError("target", expected="a folder apart from the source", got=str(target))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(str(target), expected="a new or empty folder", got="one that holds files")
    if map_file is not None and b in Path(map_file).resolve().parents:
        raise InputError("map_file", expected="a place outside the target", got=str(map_file))


def _survey(
    source: Path, config: DeidentifyConfig, skipped: dict[str, str], patients: dict[str, set[str]], progress: Progress
) -> Iterator[_File]:
    """Give the files to write; note the others with their reasons, and every patient's texts."""
    seen: set[str] = set()
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        check_cancelled(progress)
        place = path.relative_to(source).as_posix()
        header = _header(path)
        if header is None:
            skipped[place] = "not a DICOM file"
            continue
        who = identifiers_of(header)
        patients.setdefault(who.patient, set()).update(who.texts)
        uid = str(header.get("SOPInstanceUID", "") or "")
        doubt = _burned_in(header)
        reason = _refusal(header) or ("the same instance twice" if uid in seen else "")
        if doubt and not config.allow_burned_in:
            reason = reason or doubt
        if reason:
            skipped[place] = reason
            continue
        seen.add(uid)
        yield _File(path, place, uid, who.patient, str(header.get("SeriesInstanceUID", "")), doubt)


def _header(path: Path) -> Dataset | None:
    try:
        return pydicom.dcmread(path, stop_before_pixels=True)
    except (InvalidDicomError, EOFError, OSError):
        return None


def _refusal(header: Dataset) -> str:
    sop_class = str(header.get("SOPClassUID", "") or header.file_meta.get("MediaStorageSOPClassUID", ""))
    if sop_class in _REFUSED_CLASSES:
        return _REFUSED_CLASSES[sop_class]
    group = next((reason for root, reason in _REFUSED_GROUPS.items() if sop_class.startswith(root)), "")
    if group:
        return group
    missing = [
        k for k in ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID") if not header.get(k)
    ]
    if "TransferSyntaxUID" not in header.file_meta:
        missing.append("TransferSyntaxUID")
    return f"without {missing[0]}" if missing else ""


def _burned_in(header: Dataset) -> str:
    stated = str(header.get("BurnedInAnnotation", "") or "").upper()
    if stated == "YES":
        return "its pixels hold annotation (Burned In Annotation YES)"
    if str(header.get("RecognizableVisualFeatures", "") or "").upper() == "YES":
        return "it shows a recognisable face or the like (Recognizable Visual Features YES)"
    if stated != "NO" and str(header.get("SOPClassUID", "")).startswith(_OFTEN_BURNED_IN):
        return "its pixels may show a name (secondary capture, ultrasound or photograph)"
    return ""


def _write(file: _File, who: Identifiers, config: DeidentifyConfig, folder: Path) -> str:
    """Write one file; give the reason where it cannot be."""
    try:
        dataset = deidentify_dataset(pydicom.dcmread(file.path), who, config)
        modality = "".join(c for c in str(dataset.get("Modality", "")) if c.isalnum()) or "OT"
        place = folder / pseudonym_of(who.patient, config) / _short(dataset.StudyInstanceUID)
        place = place / f"{modality}-{_short(dataset.SeriesInstanceUID)}" / f"{_short(dataset.SOPInstanceUID)}.dcm"
        encoded = BytesIO()  # whole before it is a file
        pydicom.dcmwrite(encoded, dataset, enforce_file_format=True)
    except (AttributeError, EOFError, KeyError, NotImplementedError, TypeError, ValueError) as error:
        return f"a damaged file ({error})"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(encoded.getvalue())
    return ""


def _short(uid: str) -> str:
    return hashlib.sha256(str(uid).encode()).hexdigest()[:12]


def _write_map(pseudonyms: Mapping[str, str], path: Path) -> None:
    with atomic_file(path) as draft:
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(pseudonyms, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
