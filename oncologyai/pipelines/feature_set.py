"""What an exploration works on: a table of features, the class and the patient of each row, and what is asked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError
from oncologyai.robustness import FeatureStability

__all__ = [
    "ExploreConfig",
    "FeatureSet",
    "MissingChoice",
    "RowChoice",
    "class_order",
    "counted",
    "drop_missing",
    "drop_repeats",
    "keep_rows",
    "known_classes",
    "listed",
    "volume_column",
]

RowChoice = Literal["all", "first", "largest"]
MissingChoice = Literal["keep", "rows", "features"]

_VOLUMES = ("original_shape_VoxelVolume", "original_shape_MeshVolume", "original_shape_Volume")
_MOST_CLASSES = 12


@dataclass(frozen=True)
class ExploreConfig:
    """What is asked of an exploration.

    Parameters
    ----------
    outcome : str
        What the classes are called together.
    classes : tuple of str
        Only these, in this order; all if empty.
    positive : str
        Of two classes the one that curves and areas are of; the last if empty.
    volume : str
        Feature that is the volume; looked for among pyradiomics' names if empty.
    rows : str
        Of a patient with several rows: ``all``, the ``first``, or the one of the ``largest`` volume.
    keep_repeats : bool
        Count rows that repeat another row of their patient in every feature.
    missing : str
        ``keep`` missing values, each figure being of the values that are there; or leave out the ``rows``, or the
        ``features``, that lack any.
    alpha : float
        A corrected p below it stands out (ch. 8: 0.05).
    auc_threshold, volume_threshold : float
        An area, whichever way, and an absolute correlation with volume that stand out above it (ch. 8: 0.70, 0.75).
    group_limit : float
        Features are one group where their mean absolute correlation is at least this.
    level : float
        Of the intervals.
    """

    outcome: str = "outcome"
    classes: tuple[str, ...] = ()
    positive: str = ""
    volume: str = ""
    rows: RowChoice = "all"
    keep_repeats: bool = False
    missing: MissingChoice = "keep"
    alpha: float = 0.05
    auc_threshold: float = 0.70
    volume_threshold: float = 0.75
    group_limit: float = 0.90
    level: float = 0.95

    def __post_init__(self) -> None:
        check_choice(self.rows, get_args(RowChoice), "--rows")
        check_choice(self.missing, get_args(MissingChoice), "--missing")
        for name in ("alpha", "auc_threshold", "volume_threshold", "group_limit", "level"):
            check_range(getattr(self, name), 0.0, 1.0, f"--{name.replace('_', '-')}")
        if len(self.classes) == 1 or len(set(self.classes)) < len(self.classes):
            raise InputError("--classes", expected="at least two different classes", got=", ".join(self.classes))


@dataclass(frozen=True, eq=False)
class FeatureSet:
    """Features of many lesions with the class of each.

    Parameters
    ----------
    names : tuple of str
        Of the features, each once.
    values : ndarray, float64 (rows, features)
        NaN where missing.
    cases, patients, labels : tuple of str
        Of each row: its name, whose it is, and its class, "" where it is not known.
    lines : tuple of int
        Where each row stands in its file, to be told by.
    stability : mapping
        Verdict on features by name, where theirs was measured.
    notes : tuple of str
        What the reader must know of how the table came about.
    """

    names: tuple[str, ...]
    values: np.ndarray
    cases: tuple[str, ...]
    patients: tuple[str, ...]
    labels: tuple[str, ...]
    lines: tuple[int, ...] = ()
    stability: Mapping[str, FeatureStability] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.cases), len(self.names))
        if not self.lines:
            object.__setattr__(self, "lines", tuple(range(1, shape[0] + 1)))
        columns = (self.cases, self.patients, self.labels, self.lines)
        if self.values.shape != shape or len({len(column) for column in columns}) > 1:
            raise InputError("values", expected=f"{shape[0]} rows of {shape[1]} features", got=str(self.values.shape))
        if len(set(self.names)) < len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise InputError("features", expected="each name once", got=f"{twice} twice")

    def take(self, rows: Sequence[int] | np.ndarray) -> FeatureSet:
        """Give the same features of some rows."""
        kept = [int(n) for n in rows]
        return replace(
            self,
            values=self.values[kept],
            cases=tuple(self.cases[n] for n in kept),
            patients=tuple(self.patients[n] for n in kept),
            labels=tuple(self.labels[n] for n in kept),
            lines=tuple(self.lines[n] for n in kept),
        )

    def column(self, name: str) -> np.ndarray:
        """Give one feature's values."""
        return np.asarray(self.values[:, self.names.index(name)])


def class_order(labels: Sequence[str], chosen: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the classes: those chosen, or all, numbers by size and texts as words with numbers in them are read.

    Raises
    ------
    InputError
        If a chosen one is not there, or there are fewer than two, or more than twelve without a choice.
    """
    there = sorted(set(labels), key=_reading_order)
    for one in chosen:
        if one not in there:
            raise InputError("--classes", expected="some of " + ", ".join(there), got=repr(one))
    if len(there) < 2:
        raise InputError("--outcome", expected="at least two classes", got=", ".join(there) or "no row with a class")
    if not chosen and len(there) > _MOST_CLASSES:
        raise InputError(
            "--outcome", expected=f"at most {_MOST_CLASSES} classes", got=f"{len(there)} different values",
            remedy="name some by --classes, or make two of a time by --horizon-days",
        )  # fmt: skip
    return tuple(chosen) or tuple(there)


def volume_column(names: Sequence[str], wanted: str = "") -> str:
    """Give the feature that is the volume: the wanted one, else the first of pyradiomics' names; "" if there is none.

    Raises
    ------
    InputError
        If the wanted one is not there.
    """
    if wanted:
        if wanted not in names:
            raise InputError("--volume", expected="a feature of the table", got=repr(wanted))
        return wanted
    return next((name for name in _VOLUMES if name in names), "")


def known_classes(table: FeatureSet) -> tuple[FeatureSet, tuple[str, ...]]:
    """Leave rows without a class out, and say which."""
    kept = [n for n, label in enumerate(table.labels) if label]
    unknown = [f"{line}" for line, label in zip(table.lines, table.labels, strict=True) if not label]
    if not unknown:
        return table, ()
    return table.take(kept), (f"{counted(len(unknown), 'row')} of no known class left out: line {listed(unknown)}",)


def drop_missing(table: FeatureSet, choice: MissingChoice) -> tuple[FeatureSet, tuple[str, ...]]:
    """Leave rows, or features, out that lack a value, and say which.

    Raises
    ------
    InputError
        If nothing is left.
    """
    lacking = np.isnan(table.values)
    if choice == "keep" or not lacking.any():
        return table, ()
    if choice == "rows":
        gone = np.flatnonzero(lacking.any(axis=1))
        kept = table.take(np.flatnonzero(~lacking.any(axis=1)))
        told = f"{counted(len(gone), 'row')} without a value of some feature left out: line "
        told += listed([str(table.lines[n]) for n in gone])
    else:
        whole = ~lacking.any(axis=0)
        names = [name for name, is_whole in zip(table.names, whole, strict=True) if not is_whole]
        kept = replace(table, names=tuple(n for n in table.names if n not in names), values=table.values[:, whole])
        told = f"{counted(len(names), 'feature')} without a value in some row left out: {listed(names, 3)}"
    if not kept.cases or not kept.names:
        raise InputError("--missing", expected=f"{choice} without a missing value", got="none", remedy="keep them")
    return kept, (told,)


def drop_repeats(table: FeatureSet) -> tuple[FeatureSet, tuple[str, ...]]:
    """Leave rows out that repeat an earlier row of their patient in every feature, and say which.

    Rows that repeat those of another patient stay, and are told: one of the two patients may be wrong.
    """
    first: dict[tuple[str, bytes], int] = {}
    of_features: dict[bytes, int] = {}
    kept, repeats, doubtful = [], [], []
    for n, (patient, values) in enumerate(zip(table.patients, table.values, strict=True)):
        content = (values + 0.0).tobytes()  # minus zero is zero
        same = first.setdefault((patient, content), n)
        if same != n:
            repeats.append(f"{table.lines[n]} ({patient}, as line {table.lines[same]})")
            continue
        kept.append(n)
        other = of_features.setdefault(content, n)
        if other != n:
            doubtful.append(f"{table.lines[n]} ({patient}) as {table.lines[other]} ({table.patients[other]})")
    notes = []
    if repeats:
        notes.append(
            f"{counted(len(repeats), 'exact repeat')} dropped, the same patient and features: line {listed(repeats)} "
            "(--keep-repeats counts them)"
        )
    if doubtful:
        notes.append(f"rows of different patients are the same in every feature: line {listed(doubtful)}")
    return (table.take(kept) if repeats else table), tuple(notes)


def keep_rows(table: FeatureSet, choice: RowChoice, volume: str) -> tuple[FeatureSet, tuple[str, ...]]:
    """Choose a patient's rows, and say so where patients have several.

    Raises
    ------
    InputError
        If the largest is wanted and there is no volume.
    """
    if choice == "largest" and not volume:
        raise InputError("--rows", expected="a volume to choose the largest by", got="none", remedy="give --volume")
    of_patient: dict[str, list[int]] = {}
    for n, patient in enumerate(table.patients):
        of_patient.setdefault(patient, []).append(n)
    several = [patient for patient, rows in of_patient.items() if len(rows) > 1]
    if not several:
        return table, ()
    told = (
        f"{counted(len(table.cases), 'row')} of {counted(len(of_patient), 'patient')}; several rows: {listed(several)}"
    )
    if choice == "all":
        how = "intervals of areas allow for it, p values and correlations take rows as independent (see --rows)"
        return table, (f"{told}: {how}",)
    sizes = table.column(volume).tolist() if volume else []
    kept = [rows[0] if choice == "first" else max(rows, key=lambda n: _size(sizes[n])) for rows in of_patient.values()]
    return table.take(sorted(kept)), (f"{told}, of which the {choice} counts",)


def counted(number: int, noun: str) -> str:
    """Give a number with its noun: 1 row, 2 rows."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Name the first few, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _size(value: float) -> float:
    return -math.inf if math.isnan(value) else value


def _reading_order(text: str) -> tuple[int, float, list[tuple[int, str]]]:
    """Sort 2 before 10, and T2 before T10."""
    try:
        return 0, float(text), []
    except ValueError:
        parts = re.split(r"(\d+)", text)
        return 1, 0.0, [(int(part) if part.isdigit() else -1, part) for part in parts]
