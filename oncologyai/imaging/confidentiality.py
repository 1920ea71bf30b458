"""One DICOM dataset by the Basic Application Level Confidentiality Profile (PS3.15, annex E)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import warnings
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.tag import BaseTag

from oncologyai import __version__
from oncologyai.errors import InputError
from oncologyai.resources import resource_path

__all__ = ["DeidentifyConfig", "Identifiers", "deidentify_dataset", "identifiers_of", "pseudonym_of"]

_SHORTEST_KEY = 16
_SHORTEST_IDENTIFIER = 3
_SUBSTRING_FROM = 6  # shorter identifiers are looked for as whole words: 'Max' is not in 'Maximum'
_MOST_DAYS = 3650
_KEPT_UIDS = re.compile(r"(ClassUID|SyntaxUID|CodingSchemeUID|ContextUID|MappingResourceUID)")
_STANDARD_ROOT = "1.2.840.10008."
_TEXT_VRS = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"}
_BYTE_VRS = {"OB", "OW", "OF", "OD", "OL", "OV", "UN"}
_PIXELS = {"PixelData", "FloatPixelData", "DoubleFloatPixelData"}
_TIME_VRS = {"DA", "DT", "TM"}
_DATE_IN_TEXT = re.compile(r"(?<!\d)(19|20)\d\d([-./ ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_EUROPEAN_DATE = re.compile(r"(?<!\d)\d{1,2}[-./]\d{1,2}[-./](19|20)?\d\d(?!\d)")
_BIRTH_OR_DEATH = re.compile(r"Birth|Death")
_DUMMIES = {"AE": "ANON", "AS": "000Y", "CS": "ANON", "DA": "19000101", "DT": "19000101000000", "TM": "000000",
            "PN": "ANON", "DS": "0", "IS": "0", "LO": "ANON", "LT": "ANON", "SH": "ANON", "ST": "ANON",
            "UC": "ANON", "UT": "ANON"}  # fmt: skip
_IDENTIFYING = (
    "PatientName",
    "PatientID",
    "OtherPatientIDs",
    "OtherPatientNames",
    "PatientBirthName",
    "PatientMotherBirthName",
    "ResponsiblePerson",
    "AccessionNumber",
    "MedicalRecordLocator",
    "AdmissionID",
)


@dataclass(frozen=True)
class DeidentifyConfig:
    """How to de-identify.

    Parameters
    ----------
    key : bytes
        At least 16 secret bytes. The same key gives the same pseudonyms, UIDs and date shifts in every run;
        whoever has it can tell whether a given identity is behind a pseudonym.
    shift_dates : bool
        Keep dates and times, each patient's shifted by one number of days, 1 to 3650 back (option 'Retain
        Longitudinal Temporal Information with Modified Dates', DCM 113107). Off: they are removed, and SUV can no
        longer be computed.
    retain_patient_characteristics : bool
        Keep sex, age, size, weight and the like (DCM 113108). SUV needs the weight.
    clean_descriptors : bool
        Keep descriptions of what was done and names of regions, without the patient's names and numbers and
        without dates (DCM 113105); comments are removed all the same. Off: series have no description, regions
        are ``ROI 1``, ...
    allow_burned_in : bool
        Keep images that may show the patient's name in their pixels; each is named in the report.
    prefix : str
        Begins every pseudonym; letters, digits, - and _.

    Raises
    ------
    InputError
        If the key is too short or the prefix holds other characters.
    """

    key: bytes = field(repr=False)
    shift_dates: bool = False
    retain_patient_characteristics: bool = False
    clean_descriptors: bool = False
    allow_burned_in: bool = False
    prefix: str = "ANON"

    def __post_init__(self) -> None:
        if len(self.key) < _SHORTEST_KEY:
            raise InputError("key", expected=f"at least {_SHORTEST_KEY} secret bytes", got=f"{len(self.key)}")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", self.prefix):
            raise InputError("prefix", expected="1 to 20 letters, digits, - or _", got=repr(self.prefix))


@dataclass(frozen=True)
class Identifiers:
    """A patient's own texts: ``patient`` tells one from another, ``texts`` must occur in no output."""

    patient: str
    texts: frozenset[str]

    def pattern(self) -> re.Pattern[str] | None:
        """Give an expression that finds any of the texts, or None where there is none."""
        found = sorted((t for t in self.texts if len(t) >= _SHORTEST_IDENTIFIER), key=lambda t: (-len(t), t))
        parts = [re.escape(t) if len(t) >= _SUBSTRING_FROM else rf"(?<![^\W_]){re.escape(t)}(?![^\W_])" for t in found]
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def identifiers_of(dataset: Dataset) -> Identifiers:
    """Give the patient of a dataset: Patient ID (0010,0020), else the name, else the study."""
    texts: set[str] = set()
    for keyword in _IDENTIFYING:
        texts.update(_forms(str(v) for v in _values(dataset.get(keyword))))
    for item in dataset.get("OtherPatientIDsSequence") or []:
        texts.update(_forms([str(item.get("PatientID", ""))]))
    number, name = str(dataset.get("PatientID") or ""), str(dataset.get("PatientName") or "")
    study = str(dataset.get("StudyInstanceUID") or "")
    return Identifiers(number.strip() or name.strip() or study, frozenset(texts))


def pseudonym_of(patient: str, config: DeidentifyConfig) -> str:
    """Give a patient's pseudonym: the prefix and ten letters or digits that only the key can give again."""
    return f"{config.prefix}-{b32encode(_mac(config, 'patient', patient)).decode()[:10]}"


def deidentify_dataset(dataset: FileDataset, identifiers: Identifiers, config: DeidentifyConfig) -> FileDataset:
    """De-identify a dataset in place and give it.

    Parameters
    ----------
    dataset : FileDataset
        As read from a file, pixels included.
    identifiers : Identifiers
        The patient it belongs to; texts gathered from all of the patient's files.
    config : DeidentifyConfig
        Key and options.

    Returns
    -------
    FileDataset
        With a new file meta group and an empty preamble, the transfer syntax as it was.

    Notes
    -----
    Actions are in ``resources/deidentify_basic_profile.json``. Where the standard leaves a choice, the one that
    keeps the object valid is taken. Private attributes, curves and overlays are removed; dates and times that the
    table does not list count as listed; in what is left, the patient's own texts are blotted out.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # values that break the standard are removed or kept as they are
        _Cleaner(identifiers, config).clean(dataset)
    name = pseudonym_of(identifiers.patient, config)
    dataset.PatientName, dataset.PatientID = name, name
    dataset.PatientIdentityRemoved = "YES"
    dataset.LongitudinalTemporalInformationModified = "MODIFIED" if config.shift_dates else "REMOVED"
    dataset.DeidentificationMethod = ["DICOM PS3.15 Basic Profile", f"OncologyAI {__version__}"]
    dataset.DeidentificationMethodCodeSequence = [_coded(*code) for code in _method_codes(config)]
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta = meta
    dataset.preamble = b"\0" * 128
    return dataset


class _Cleaner:
    """Walks one dataset and its items."""

    def __init__(self, identifiers: Identifiers, config: DeidentifyConfig) -> None:
        self.config = config
        self.pattern = identifiers.pattern()
        texts = [t for t in identifiers.texts if len(t) > _SHORTEST_IDENTIFIER]
        self.bytes = {form for t in texts for form in (t.encode(), t.encode("latin-1", "ignore")) if form}
        offset = int.from_bytes(_mac(config, "days", identifiers.patient)[:4], "big") % _MOST_DAYS + 1
        self.shift = timedelta(days=-offset)
        self.actions = _actions(config)

    def clean(self, dataset: Dataset) -> None:
        number = str(dataset.get("ROINumber", ""))
        for tag in list(dataset.keys()):
            if tag.is_private or tag.group >> 8 in (0x50, 0x60):
                del dataset[tag]
                continue
            self._clean_element(dataset, dataset[tag])
        if number and "ROIName" in dataset and not dataset.ROIName:
            dataset.ROIName = f"ROI {number}"

    def _clean_element(self, dataset: Dataset, element: DataElement) -> None:
        action = self.actions.get(element.tag, "")
        if element.VR in _TIME_VRS and not (action == "X" and _BIRTH_OR_DEATH.search(element.keyword)):
            self._clean_time(dataset, element, action)
        elif action == "X":
            del dataset[element.tag]
        elif element.VR == "UI":
            element.value = self._uids(element)
        elif element.VR == "SQ" and action in ("Z", "D"):
            element.value = []
        elif element.VR == "SQ":
            for item in element.value or []:
                self.clean(item)
        elif action == "Z":
            element.clear()
        elif action == "D":
            element.value = _dummy(element)
        else:
            self._blot_out(dataset, element)

    def _clean_time(self, dataset: Dataset, element: DataElement, action: str) -> None:
        if self.config.shift_dates and not _BIRTH_OR_DEATH.search(element.keyword):
            if element.VR != "TM":
                shifted = [_shifted(str(v), self.shift) for v in _values(element.value)]
                element.value = shifted if len(shifted) > 1 else "".join(shifted)
        elif action == "Z":
            element.clear()
        elif action == "D":
            element.value = _dummy(element)
        else:
            del dataset[element.tag]

    def _uids(self, element: DataElement) -> Any:
        if _KEPT_UIDS.search(element.keyword):
            return element.value
        changed = [_changed_uid(str(v), self.config) for v in _values(element.value)]
        return changed if len(changed) > 1 else "".join(changed)

    def _blot_out(self, dataset: Dataset, element: DataElement) -> None:
        if element.VR in _BYTE_VRS:
            raw = element.value if isinstance(element.value, bytes) else b""
            if element.keyword not in _PIXELS and any(form in raw for form in self.bytes):
                del dataset[element.tag]
            return
        if element.VR not in _TEXT_VRS:
            return
        values = [str(v) for v in _values(element.value)]
        described = element.keyword in _profile()["clean_descriptors"]
        patterns = [p for p in (self.pattern, *((_DATE_IN_TEXT, _EUROPEAN_DATE) if described else ())) if p]
        if not any(p.search(v) for p in patterns for v in values):
            return
        mark = "ANON" if element.VR in ("AE", "CS", "UR") else "***"
        for pattern in patterns:
            values = [pattern.sub(mark, v) if mark == "***" else mark for v in values]
        element.value = values if len(values) > 1 else values[0]


@cache
def _profile() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(resource_path("deidentify_basic_profile.json").read_text(encoding="utf-8"))
    return raw


def _actions(config: DeidentifyConfig) -> dict[BaseTag, str]:
    """Give the action of each listed attribute under the options; attributes that an option keeps have none."""
    profile = _profile()
    kept: set[str] = set()
    if config.retain_patient_characteristics:
        kept.update(profile["retain_patient_characteristics"])
    if config.clean_descriptors:
        kept.update(profile["clean_descriptors"])
    listed = profile["attributes"].items()
    # of 'X/Z/D' the last keeps an object valid whatever the type of the attribute
    return {BaseTag(int(tag, 16)): action.split("/")[-1] for tag, (keyword, action) in listed if keyword not in kept}


def _mac(config: DeidentifyConfig, what: str, text: str) -> bytes:
    return hmac.new(config.key, f"{what}\0{text}".encode(), hashlib.sha256).digest()


def _changed_uid(uid: str, config: DeidentifyConfig) -> str:
    if not uid or uid.startswith(_STANDARD_ROOT):
        return uid
    return f"2.25.{int.from_bytes(_mac(config, 'uid', uid)[:16], 'big')}"


def _shifted(text: str, shift: timedelta) -> str:
    """Shift the date in front of a DA or DT; what is no whole date becomes empty."""
    match = re.match(r"^(\d{4})\.?(\d{2})\.?(\d{2})(.*)$", text.strip())
    if not match:
        return ""
    try:
        day = datetime(int(match[1]), int(match[2]), int(match[3])) + shift
    except (ValueError, OverflowError):
        return ""
    return f"{day:%Y%m%d}" + match[4]


def _dummy(element: DataElement) -> Any:
    return element.value if element.is_empty else _DUMMIES.get(element.VR)


def _values(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) or type(value).__name__ == "MultiValue" else [value]


def _forms(values: Iterable[str]) -> set[str]:
    """Give a value as it is, its components (of a name), and these in both orders."""
    forms: set[str] = set()
    for value in values:
        for group in value.split("="):
            parts = [p.strip() for p in group.split("^") if p.strip()]
            forms.update((group.strip(), *parts))
            for order in (parts, parts[:2], parts[:2][::-1]):
                forms.update(joint.join(order) for joint in (" ", ", ", "_", "-", "", "^"))
    return {form for form in forms if len(form) >= _SHORTEST_IDENTIFIER}


def _method_codes(config: DeidentifyConfig) -> list[tuple[str, str]]:
    """Give codes and meanings of PS3.16, CID 7050."""
    codes = [("113100", "Basic Application Confidentiality Profile")]
    if config.clean_descriptors:
        codes.append(("113105", "Clean Descriptors Option"))
    if config.shift_dates:
        codes.append(("113107", "Retain Longitudinal Temporal Information Modified Dates Option"))
    if config.retain_patient_characteristics:
        codes.append(("113108", "Retain Patient Characteristics Option"))
    return codes


def _coded(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item
