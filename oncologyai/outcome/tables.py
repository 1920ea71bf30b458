"""Tables as users have them, brought to patients with features and an outcome: roles of columns, keys, lesions."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.subjects import FollowUp

__all__ = ["MISSING", "Roles", "as_missing", "counted_outcome_data", "join_patients", "outcome_data", "patients_of"]

MISSING = ("", "?", "-", "na", "n/a", "nan", "none", "null", "missing", "unknown", "not available", "[not available]")
"""Marks of a missing value, in small letters, besides cells without anything."""

_DIAGNOSTICS = "diagnostics_*"  # what pyradiomics tells of itself


@dataclass(frozen=True)
class Roles:
    """What the columns of a table are.

    Parameters
    ----------
    patient : str
        Whose row it is.
    time, event : str
        Days, and 0, 1 or the code of a competing event; both or none.
    label, positive : str
        Column of two classes, and the value that is class 1 (``1`` if empty).
    group : str
        Centre, scanner or file: what an external test goes by.
    features, exclude : tuple of str
        Names, * for any text. Without ``features`` every column of numbers that has no other role.
    categories : tuple of str
        Columns of text or codes that become one column of 0 and 1 a value.
    censored, competing : tuple of str
        Values of ``event`` that mean none, or another event; other values than these and 0, 1 are refused.
    key : str
        Regular expression that finds the patient in the cell; its first group if it has one.

    Raises
    ------
    InputError
        If no outcome is named, or two, or the pattern cannot be read.
    """

    patient: str
    time: str = ""
    event: str = ""
    label: str = ""
    positive: str = "1"
    group: str = ""
    features: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    censored: tuple[str, ...] = ()
    competing: tuple[str, ...] = field(default=())
    key: str = ""

    def __post_init__(self) -> None:
        if bool(self.time) != bool(self.event):
            raise InputError("time", expected="time and event together", got="one of them")
        if bool(self.time) == bool(self.label):
            got = "both" if self.label else "neither"
            raise InputError("outcome", expected="either time and event, or a label", got=got)
        try:
            re.compile(self.key)
        except re.error as error:
            raise InputError("key", expected="a regular expression", got=f"{self.key!r}: {error}") from error

    @property
    def named(self) -> tuple[str, ...]:
        """Give the columns that are no features."""
        return tuple(name for name in (self.patient, self.time, self.event, self.label, self.group) if name)


def as_missing(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the table with marks of missing values as missing, and numbers with a decimal comma as numbers."""
    out = {}
    for name in frame.columns:
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column):
            text = column.astype("string").str.strip()
            text = text.mask(text.str.lower().isin(MISSING))
            numbers = pd.to_numeric(text.str.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True), errors="coerce")
            column = numbers if bool((numbers.isna() == text.isna()).all()) and bool(text.notna().any()) else text
        out[str(name)] = column
    return pd.DataFrame(out)


def join_patients(
    left: pd.DataFrame, right: pd.DataFrame, *, left_on: str, right_on: str, key: str = ""
) -> pd.DataFrame:
    """Put a table of patients beside one of rows; the patient of a row is found by ``key``, or begins its name.

    Raises
    ------
    InputError
        If a column is absent, ``right`` holds a patient twice, or no row finds its patient.
    """
    for frame, name, side in ((left, left_on, "first"), (right, right_on, "second")):
        _require(frame, name, f"the {side} table")
    ids = right[right_on].astype("string").str.strip()
    if ids.duplicated().any():
        raise InputError(right_on, expected="each patient once", got=f"{ids[ids.duplicated()].iloc[0]} more than once")
    found = patients_of(left[left_on], key, ids.dropna())
    if not found.isin(ids).any():
        raise InputError(
            left_on, expected="rows of the second table's patients", got=f"none, such as {left[left_on].iloc[0]!r}",
            remedy="give a key that finds the patient in a row's name",
        )  # fmt: skip
    right = right.assign(**{right_on: ids})
    shared = [name for name in right.columns if name in left.columns and name != right_on]
    joined = left.drop(columns=shared).assign(_patient=found)
    joined = joined.merge(right, left_on="_patient", right_on=right_on, how="inner", suffixes=("", "_2"))
    return joined.assign(**{right_on: joined["_patient"]}).drop(columns="_patient")


def patients_of(cells: pd.Series, key: str, known: Iterable[str] = ()) -> pd.Series:
    """Give the patient of each cell: what the pattern finds, or the known id that begins it, or the cell."""
    text = cells.astype("string").str.strip()
    if key:
        pattern = key if re.compile(key).groups else f"({key})"
        return text.str.extract(pattern, expand=True)[0].astype("string")
    ids = sorted((str(name) for name in known), key=len, reverse=True)
    exact = set(ids)

    def whose(cell: str) -> str:
        if cell in exact:
            return cell
        starts = (name for name in ids if cell.startswith(name) and not cell[len(name) : len(name) + 1].isalnum())
        return next(starts, cell)

    return text.map(whose, na_action="ignore").astype("string") if ids else text


def outcome_data(frame: pd.DataFrame, roles: Roles, *, lesions: str = "refuse") -> OutcomeData:
    """Give the patients with an outcome; rows without one, or without a patient, are left out.

    Parameters
    ----------
    frame : DataFrame
    roles : Roles
    lesions : {'refuse', 'first', 'largest', 'mean', 'max', 'each'}
        What becomes of a patient's further rows (rows that repeat another in every feature are dropped before).
        ``each``: they stay, as lesions with an outcome of their own, named ``<patient> #<number>`` (``groups``).
        ``largest``: by the first feature whose name ends in ``MeshVolume`` or ``VoxelVolume``.

    Raises
    ------
    InputError
        If a column is absent, an event or time is not what the roles say, a patient has several rows and ``lesions``
        refuses, or nobody is left.
    """
    return counted_outcome_data(frame, roles, lesions=lesions)[0]


def counted_outcome_data(
    frame: pd.DataFrame, roles: Roles, *, lesions: str = "refuse"
) -> tuple[OutcomeData, tuple[tuple[str, int], ...]]:
    """Give what ``outcome_data`` gives, and how many rows each of its steps left out, in words.

    Raises
    ------
    InputError
        As ``outcome_data``.
    """
    check_choice(lesions, ("each", "first", "largest", "max", "mean", "refuse"), "lesions")
    for name in (*roles.named, *roles.categories):
        _require(frame, name, "the table")
    frame = as_missing(frame)
    patients = patients_of(frame[roles.patient], roles.key)
    features = _features(frame, roles)
    named, known = patients.notna(), _has_outcome(frame, roles)
    usable = named & known
    if not usable.any():
        raise InputError("table", expected="patients with an outcome", got="none")
    frame, features, patients = frame[usable], features[usable], patients[usable]
    kept, repeats = _one_row_each(frame, features, patients, lesions)
    left_out = (
        ("rows without a patient", int((~named).sum())),
        ("rows without an outcome", int((named & ~known).sum())),
        ("exact repeats", repeats),
        (f"further rows of a patient ({lesions})", len(frame) - repeats - int(kept.sum())),
    )
    if lesions in ("max", "mean"):
        grouped = features.groupby(patients.to_numpy(), sort=False)
        features = grouped.max() if lesions == "max" else grouped.mean()
        features = features.loc[patients[kept].to_numpy()]
    else:
        features = features[kept]
    frame, patients = frame[kept], patients[kept]
    batch = frame[roles.group].astype("string").fillna("").to_numpy(dtype=str) if roles.group else None
    x = features.to_numpy(dtype=np.float64)
    whose = tuple(map(str, patients))
    names, groups = (_lesion_names(whose), whose) if lesions == "each" else (whose, ())
    data = OutcomeData(names, tuple(features.columns), x, _outcome(frame, roles), batch, groups=groups)
    return data, left_out


def _lesion_names(patients: Sequence[str]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    names = []
    for patient in patients:
        counts[patient] = counts.get(patient, 0) + 1
        names.append(f"{patient} #{counts[patient]}")
    return tuple(names)


def _require(frame: pd.DataFrame, name: str, where: str) -> None:
    if name not in frame.columns:
        near = [c for c in map(str, frame.columns) if c.lower() == name.lower()]
        listed = ", ".join(map(str, list(frame.columns)[:12])) + (", ..." if len(frame.columns) > 12 else "")
        raise InputError(name, expected=f"a column of {where}", got=f"no such one among {listed}",
                         remedy=f"write it {near[0]}" if near else "")  # fmt: skip


def _features(frame: pd.DataFrame, roles: Roles) -> pd.DataFrame:
    taken = {*roles.named, *roles.categories}
    names = [n for n in map(str, frame.columns) if n not in taken and not n.startswith("Unnamed:")]
    wanted = roles.features or ("*",)
    names = [n for n in names if any(fnmatch.fnmatchcase(n, pattern) for pattern in wanted)]
    names = [n for n in names if not any(fnmatch.fnmatchcase(n, p) for p in (*roles.exclude, _DIAGNOSTICS))]
    numbers = [n for n in names if pd.api.types.is_numeric_dtype(frame[n])]
    if roles.features and (text := sorted(set(names) & set(roles.features) - set(numbers))):
        raise InputError(text[0], expected="numbers", got=f"text such as {_first_text(frame[text[0]].dropna())!r}",
                         remedy="name it among the categories")  # fmt: skip
    parts = [frame[numbers].astype(np.float64).replace([np.inf, -np.inf], np.nan)]
    parts += [_indicators(frame[name], name) for name in roles.categories]
    found = pd.concat(parts, axis=1)
    if not len(found.columns):
        raise InputError("features", expected="at least one column of numbers", got="none")
    return found


def _indicators(column: pd.Series, name: str) -> pd.DataFrame:
    """Give a column of 0 and 1 for each value but the most frequent, which is the reference; missing stays missing."""
    text = column.astype("string")
    counts = text.value_counts()
    values = [str(value) for value in counts.index[1:]]
    found = {f"{name}={value}": (text == value).astype("Float64") for value in sorted(values)}
    return pd.DataFrame(found, index=column.index).astype(np.float64)


def _has_outcome(frame: pd.DataFrame, roles: Roles) -> pd.Series:
    names = [roles.label] if roles.label else [roles.time, roles.event]
    return frame[names].notna().all(axis=1)


def _outcome(frame: pd.DataFrame, roles: Roles) -> FollowUp | np.ndarray:
    if roles.label:
        text = _plain(frame[roles.label])
        if roles.positive not in set(text):
            listed = ", ".join(sorted(set(text)))
            raise InputError("positive", expected=f"a value of {roles.label}: {listed}", got=roles.positive)
        return np.asarray(text == roles.positive, dtype=np.int64)
    times = frame[roles.time]
    if not pd.api.types.is_numeric_dtype(times):
        raise InputError(roles.time, expected="days as numbers", got=f"text such as {_first_text(times)!r}")
    codes = _event_codes(_plain(frame[roles.event]), roles)
    return FollowUp(times.to_numpy(dtype=np.float64), codes)


def _first_text(column: pd.Series) -> str:
    """Give the first cell that is no number."""
    return str(column[pd.to_numeric(column, errors="coerce").isna()].iloc[0])


def _event_codes(text: pd.Series, roles: Roles) -> np.ndarray:
    codes = {"0": 0, "1": 1, **dict.fromkeys(roles.censored, 0)}
    codes.update({value: n + 2 for n, value in enumerate(roles.competing)})
    if strange := sorted(set(text) - set(codes)):
        raise InputError(
            roles.event, expected="0 (none), 1 (the event) or a code that is named", got=repr(strange[0]),
            remedy="name it as censored or competing",
        )  # fmt: skip
    return np.array([codes[value] for value in text], dtype=np.int64)


def _plain(column: pd.Series) -> pd.Series:
    """Give values as text, whole numbers without a point."""
    if pd.api.types.is_numeric_dtype(column):
        return column.map(lambda v: f"{v:g}").astype("string")
    yes_no = {"true": "1", "false": "0", "yes": "1", "no": "0"}
    return column.astype("string").map(lambda v: yes_no.get(v.lower(), v)).astype("string")


def _one_row_each(
    frame: pd.DataFrame, features: pd.DataFrame, patients: pd.Series, lesions: str
) -> tuple[np.ndarray, int]:
    """Tell which rows stay, bool (n,): one a patient; and how many repeat another."""
    repeats = features.assign(_patient=patients.to_numpy()).duplicated().to_numpy()
    several = patients[~repeats].duplicated(keep=False)
    if several.any() and lesions == "refuse":
        name = patients[~repeats][several].iloc[0]
        raise InputError(
            "patient", expected="one row a patient", got=f"{int((patients[~repeats] == name).sum())} of {name}",
            remedy="say what becomes of several lesions: first, largest, mean, max or each",
        )  # fmt: skip
    if lesions == "each":
        return ~repeats, int(repeats.sum())
    stays = ~repeats & ~_duplicated_after(patients, repeats)
    if lesions == "largest":
        volume = next((n for n in features.columns if n.endswith(("MeshVolume", "VoxelVolume"))), None)
        if volume is None:
            raise InputError("lesions", expected="a feature that is the volume", got="none named MeshVolume")
        order = features[volume].reset_index(drop=True)
        best = order.groupby(patients.to_numpy()).idxmax()
        stays = np.zeros(len(frame), dtype=bool)
        stays[best.to_numpy(dtype=np.int64)] = True
    return stays, int(repeats.sum())


def _duplicated_after(patients: pd.Series, dropped: np.ndarray) -> np.ndarray:
    names: Sequence[str] = list(patients)
    seen: set[str] = set()
    out = np.zeros(len(names), dtype=bool)
    for n, name in enumerate(names):
        if not dropped[n]:
            out[n] = name in seen
            seen.add(name)
    return out
