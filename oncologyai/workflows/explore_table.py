"""Tables of features and of patients as they are written, joined: every row's features, patient and class."""

from __future__ import annotations

import fnmatch
import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai.bundle import read_text_table
from oncologyai.errors import InputError
from oncologyai.outcome import MISSING, event_by_horizon
from oncologyai.pipelines import FeatureSet, counted, listed
from oncologyai.types import Table

__all__ = ["ExploreForm", "horizon_labels", "read_feature_set", "sha256_of"]

_PATIENT = ("patient", "patientid", "patient_id", "patient id", "case", "caseid", "case_id", "id", "subject", "segment")
_YES_NO = {"true": "1", "false": "0", "yes": "1", "no": "0"}
_DIAGNOSTICS = "diagnostics_*"  # what pyradiomics tells of itself, of image and mask: no features


@dataclass(frozen=True)
class ExploreForm:
    """How the tables are laid out.

    Parameters
    ----------
    outcome : str
        Column of classes, or of days where ``horizon_days`` is given; of the clinical table if there is one.
    event, horizon_days : str, float
        Column of 1 (it happened) and 0 (the follow-up ended), and the day by which it must have happened.
    patient, clinical_patient : str
        Columns of whose row it is; looked for under usual names if empty.
    key : str
        Regular expression that finds the patient in a cell of ``patient``; its first group if it has one. Without, the
        whole cell or, with a clinical table, the patient whose id begins it.
    include, exclude : tuple of str
        Names of features, * for any text: only those, and not those.
    exclude_patients : tuple of str
    sheet, clinical_sheet : str
        Of workbooks; the first if empty.
    """

    outcome: str
    event: str = ""
    horizon_days: float | None = None
    patient: str = ""
    clinical_patient: str = ""
    key: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    exclude_patients: tuple[str, ...] = ()
    sheet: str = ""
    clinical_sheet: str = ""

    def __post_init__(self) -> None:
        if not self.outcome:
            raise InputError("--outcome", expected="a column", got="none")
        if bool(self.event) != (self.horizon_days is not None):
            given = "--event" if self.event else "--horizon-days"
            raise InputError(given, expected="--event and --horizon-days together", got="one of them")
        try:
            re.compile(self.key)
        except re.error as error:
            raise InputError(
                "--key", expected=r"a pattern such as 'LUNG1-\d+'", got=f"{self.key!r}: {error}"
            ) from error


def horizon_labels(days: float) -> tuple[str, str]:
    """Give what the two classes at a horizon are called: without and with the event."""
    return f"no event by {days:g} days", f"event by {days:g} days"


def read_feature_set(path: Path, clinical: Path | None, form: ExploreForm) -> tuple[FeatureSet, dict[str, str]]:
    """Read a table of features and, where outcomes stand in another, join it.

    Parameters
    ----------
    path : Path
        .csv, .xlsx or .parquet, a row a lesion. Columns of numbers are features; those that pyradiomics calls
        diagnostics, ids by their names, unnamed ones and columns of text are not.
    clinical : Path, optional
        The same, a row a patient.
    form : ExploreForm

    Returns
    -------
    tuple of (FeatureSet, dict)
        Classes of "" where unknown; the SHA-256 of the files by name.

    Raises
    ------
    InputError
        If a column is missing, no row can be joined, a patient has two outcomes, or a cell is not what it should be.
    MissingFileError, UnreadableFileError, MissingDependencyError
        As ``read_text_table``.
    """
    features = read_text_table(path, sheet=form.sheet or None, keep_blank=True)
    lines = [n for n, row in enumerate(features.rows) if any(cell is not None for cell in row)]
    features = Table(features.name, features.columns, tuple(features.rows[n] for n in lines))
    if not features.rows:
        raise InputError(path.name, expected="a row a lesion", got="none")
    own = _patient_column(features, form.patient, "--patient", path)
    cells = [_text(row[own]) for row in features.rows]
    digests = {path.name: sha256_of(path)}
    notes: list[str] = []
    if clinical is None:
        patients = [_keyed(cell, form.key) for cell in cells]
        labels, told = _labels(features, form, path)
        classes = dict(enumerate(labels))
    else:
        patients, by_patient, told = _join(cells, clinical, form)
        digests[clinical.name] = sha256_of(clinical)
        classes = {n: by_patient.get(patient, "") for n, patient in enumerate(patients)}
    notes += told
    used = [own, *(features.columns.index(c) for c in (form.outcome, form.event) if clinical is None and c)]
    names, values, told = _features(features, used, form, path)
    notes += told
    kept = [n for n, patient in enumerate(patients) if patient not in form.exclude_patients]
    if gone := sorted(set(form.exclude_patients) - set(patients)):
        raise InputError("--exclude-patient", expected="a patient of the table", got=", ".join(gone))
    if len(kept) < len(patients):
        notes.append(f"{counted(len(patients) - len(kept), 'row')} of excluded patients left out")
    return FeatureSet(
        names,
        values[kept],
        tuple(cells[n] for n in kept),
        tuple(patients[n] for n in kept),
        tuple(classes[n] for n in kept),
        tuple(lines[n] + 2 for n in kept),
        notes=tuple(notes),
    ), digests


def _join(cells: Sequence[str], path: Path, form: ExploreForm) -> tuple[list[str], dict[str, str], list[str]]:
    """Give the patient of each cell, and the class by patient."""
    table = read_text_table(path, sheet=form.clinical_sheet or None)
    own = _patient_column(table, form.clinical_patient, "--clinical-patient", path)
    ids = [_keyed(_text(row[own]), form.key) if form.key else _text(row[own]) for row in table.rows]
    labels, notes = _labels(table, form, path)
    by_patient: dict[str, str] = {}
    for patient, label in zip(ids, labels, strict=True):
        if by_patient.setdefault(patient, label) != label:
            got = f"{by_patient[patient] or 'none'} and {label or 'none'}"
            raise InputError(f"{path.name} patient {patient}", expected="one outcome", got=got)
    if form.key:
        patients = [_keyed(cell, form.key) for cell in cells]
    else:
        patients = [_beginning(cell, by_patient) or cell for cell in cells]
    unknown = [cell for cell, patient in zip(cells, patients, strict=True) if patient not in by_patient]
    if len(unknown) == len(cells):
        raise InputError(
            "--clinical", expected=f"patients of the features ({cells[0]!r}, ...)",
            got=f"{listed(ids, 3)} in {path.name}",
            remedy=r"say by --key 'PATTERN' where the patient stands in a row's name, such as 'LUNG1-\d+'",
        )  # fmt: skip
    if unknown:
        notes.append(f"{counted(len(unknown), 'row')} without a patient in {path.name}: {listed(unknown)}")
    begun = next(((c, p) for c, p in zip(cells, patients, strict=True) if p in by_patient and c != p), None)
    if begun and not form.key:
        notes.append(f"rows were joined by the patient's id at the beginning of their name: {begun[0]} is {begun[1]}")
    absent = len(by_patient) - len({patient for patient in patients if patient in by_patient})
    if absent:
        notes.append(f"{absent} of {len(by_patient)} patients in {path.name} have no features")
    return patients, by_patient, notes


def _beginning(cell: str, ids: dict[str, str]) -> str:
    """Give the longest id that is the cell or begins it, up to something that is no letter and no digit."""
    if cell in ids:
        return cell
    for match in reversed(list(re.finditer(r"(?<=[^\W_])(?=[\W_])", cell))):
        if cell[: match.start()] in ids:
            return cell[: match.start()]
    return ""


def _keyed(cell: str, key: str) -> str:
    found = re.search(key, cell) if key else None
    if found is None:
        if key:
            raise InputError("--key", expected=f"a pattern that finds the patient in {cell!r}", got=repr(key))
        return cell
    return (found.group(1) if found.re.groups else found.group(0)) or cell


def _labels(table: Table, form: ExploreForm, path: Path) -> tuple[list[str], list[str]]:
    """Give each row's class, "" where unknown."""
    cells = _column(table, form.outcome, "--outcome", path)
    if form.horizon_days is None:
        known = ["" if cell.lower() in MISSING else cell for cell in cells]
        return known, []
    times = [_number(cell, f"{path.name}, {form.outcome}") for cell in cells]
    events = [
        _number(_YES_NO.get(cell.lower(), cell), f"{path.name}, {form.event}")
        for cell in _column(table, form.event, "--event", path)
    ]
    found = event_by_horizon(times, events, form.horizon_days)
    without, happened = horizon_labels(form.horizon_days)
    labels = ["" if math.isnan(one) else happened if one else without for one in found]
    censored = sum(
        math.isnan(one) and time <= form.horizon_days and event == 0.0
        for one, time, event in zip(found, times, events, strict=True)
    )
    notes = []
    if censored:
        notes.append(
            f"{counted(censored, 'row')} of {path.name} censored before {form.horizon_days:g} days: of neither class"
        )
    return labels, notes


def _features(
    table: Table, used: Sequence[int], form: ExploreForm, path: Path
) -> tuple[tuple[str, ...], np.ndarray, list[str]]:
    """Give names and numbers of the columns that are features, and which columns are none."""
    names: list[str] = []
    columns: list[list[float]] = []
    texts: list[str] = []
    diagnostics = 0
    for n, name in enumerate(table.columns):
        if n in used or not name or name.lower() in _PATIENT or not _wanted(name, form):
            continue
        if fnmatch.fnmatchcase(name, _DIAGNOSTICS) and not any(fnmatch.fnmatchcase(name, p) for p in form.include):
            diagnostics += 1
            continue
        numbers, wrong = _numbers([row[n] for row in table.rows])
        if wrong:
            texts.append(f"{name} ({wrong!r})")
            continue
        names.append(name)
        columns.append(numbers)
    if not names:
        raise InputError(path.name, expected="at least one column of numbers that is a feature", got="none")
    notes = []
    if texts:
        notes.append(f"{counted(len(texts), 'column')} of text left out, no features: {listed(texts)}")
    if diagnostics:
        notes.append(f"{counted(diagnostics, 'column')} of diagnostics left out, no features")
    if "" in table.columns:
        notes.append("a column without a name left out, no feature")
    return tuple(names), np.array(columns, dtype=np.float64).T, notes


def _wanted(name: str, form: ExploreForm) -> bool:
    if form.include and not any(fnmatch.fnmatchcase(name, pattern) for pattern in form.include):
        return False
    return not any(fnmatch.fnmatchcase(name, pattern) for pattern in form.exclude)


def _numbers(cells: Sequence[object]) -> tuple[list[float], str]:
    """Give a column as numbers, and the first cell that is none."""
    numbers = []
    for cell in cells:
        text = _text(cell)
        try:
            numbers.append(math.nan if text.lower() in MISSING else float(text))
        except ValueError:
            return [], text
    return numbers, ""


def _patient_column(table: Table, wanted: str, option: str, path: Path) -> int:
    if wanted:
        return _place(table, wanted, option, path)
    lower = [name.lower() for name in table.columns]
    found = next((lower.index(name) for name in _PATIENT if name in lower), None)
    if found is None:
        raise InputError(
            path.name, expected="a column of patients such as " + ", ".join(_PATIENT[:3]),
            got=listed(table.columns), remedy=f"name it by {option}",
        )  # fmt: skip
    return found


def _column(table: Table, name: str, option: str, path: Path) -> list[str]:
    place = _place(table, name, option, path)
    return [_text(row[place]) for row in table.rows]


def _place(table: Table, name: str, option: str, path: Path) -> int:
    if name not in table.columns:
        raise InputError(option, expected=f"a column of {path.name} ({listed(table.columns, 20)})", got=repr(name))
    return table.columns.index(name)


def _number(cell: str, where: str) -> float:
    if cell.lower() in MISSING:
        return math.nan
    try:
        return float(cell)
    except ValueError as error:
        raise InputError(where, expected="a number", got=repr(cell)) from error


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def sha256_of(path: Path) -> str:
    """Give the hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
