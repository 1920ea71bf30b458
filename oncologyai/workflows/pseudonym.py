"""What scenes and reports call a patient and a series, and texts freed of what names the patient."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from oncologyai.types import Study, Volume

__all__ = ["patient_pseudonyms", "pseudonym", "series_name", "with_name", "without_identity"]

_LETTERS = 8
_IDENTIFYING = ("PatientID", "PatientName", "PatientBirthDate", "AccessionNumber")
_MIN_LETTERS = 3  # shorter parts of a name, such as initials, would be found in any text


def pseudonym(volume: Volume) -> tuple[str, str]:
    """Give pseudonyms of the patient and the study, the same in every run on the same study.

    The patient's is a hash of PatientID (0010,0020) salted with StudyInstanceUID (0020,000D), which nobody can guess;
    it differs between a patient's studies, so a user who follows patients gives pseudonyms of their own.
    An image without DICOM is ``anonymous``.
    """
    if volume.dicom is None:
        return "anonymous", "study"
    identity = volume.dicom.attributes.get("PatientID", "")
    return (
        f"P-{_short(f'patient {volume.dicom.study_uid} {identity}')}",
        f"S-{_short(f'study {volume.dicom.study_uid}')}",
    )


def patient_pseudonyms(studies: Sequence[Study]) -> dict[str, str]:
    """Give a pseudonym for each patient of a dataset by Patient ID, one for all his studies.

    It is that of ``pseudonym`` for the study whose UID comes first: the same in every run on the same studies.
    """
    first: dict[str, str] = {}
    for study in studies:
        first[study.patient_id] = min(first.get(study.patient_id, study.uid), study.uid)
    return {patient: f"P-{_short(f'patient {uid} {patient}')}" for patient, uid in first.items()}


def with_name(text: str, patient_id: str, name: str) -> str:
    """Give a text, such as a folder's name, in which the patient goes by ``name`` wherever his id stands in it."""
    if len(patient_id) < _MIN_LETTERS:
        return text
    return re.sub(re.escape(patient_id), name.replace("\\", r"\\"), text, flags=re.IGNORECASE)


def series_name(volume: Volume) -> str:
    """Give the series' description or, where there is none or it names the patient, the modality.

    A plain image has no description but its file's name, which often is the patient's id: it goes by its modality.
    """
    if volume.dicom is None:
        return volume.modality
    description = str(volume.meta.get("description") or "")
    names_patient = any(pattern.search(description) for pattern in _patterns(volume))
    return volume.modality if names_patient or not description else description


def without_identity(texts: Iterable[str], volume: Volume, study: str | os.PathLike[str]) -> tuple[str, ...]:
    """Give texts with the study's path, the patient's name, id and birth date and the UIDs replaced."""
    places = {os.fspath(study), str(Path(study).absolute()), str(Path(study).resolve())}
    paths = [re.compile(re.escape(place)) for place in sorted(places, key=len, reverse=True)]
    cleaned = list(texts)
    for patterns, shown in ((paths, "STUDY"), (_patterns(volume), "***")):
        for pattern in patterns:
            cleaned = [pattern.sub(shown, text) for text in cleaned]
    return tuple(cleaned)


def _patterns(volume: Volume) -> list[re.Pattern[str]]:
    """Give what names the patient: each part of the name, ids and dates as whole words, and UIDs."""
    attributes = volume.dicom.attributes if volume.dicom is not None else {}
    words = {str(attributes.get(key, "")).strip() for key in _IDENTIFYING}
    words |= set(re.split(r"[\^=\s,]+", str(attributes.get("PatientName", ""))))
    found = sorted((word for word in words if len(word) >= _MIN_LETTERS), key=len, reverse=True)
    uid = re.compile(r"\b\d+(?:\.\d+){5,}\b")
    return [*(re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", re.IGNORECASE) for word in found), uid]


def _short(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode("ascii")[:_LETTERS]
