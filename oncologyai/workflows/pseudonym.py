"""The name under which a patient appears in scenes and reports."""

from __future__ import annotations

import base64
import hashlib

from oncologyai.types import Volume

__all__ = ["pseudonym"]

_LETTERS = 8


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


def _short(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode("ascii")[:_LETTERS]
