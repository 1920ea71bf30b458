"""Tables of features as they are kept: which columns tell rows apart, and which are features."""

from __future__ import annotations

import fnmatch
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai.bundle import read_text_table
from oncologyai.errors import InputError
from oncologyai.outcome import MISSING
from oncologyai.types import Table

__all__ = ["FeatureRows", "read_feature_rows", "shared_features"]

_DIAGNOSTICS = "diagnostics_*"  # what pyradiomics says of itself


@dataclass(frozen=True, eq=False)
class FeatureRows:
    """A table of features.

    Attributes
    ----------
    table : Table
        As it is written: cells are text, or None.
    sha256 : str
        Of the file.
    features : tuple of str
    values : ndarray, shape (rows, features), float64
        NaN where a cell is empty or says that there is no value.
    notes : tuple of str
        Which columns were taken for no features.
    """

    name: str
    table: Table
    sha256: str
    features: tuple[str, ...]
    values: np.ndarray
    notes: tuple[str, ...]

    def cells(self, column: str) -> tuple[str | None, ...]:
        """Give a column as text, None where there is no value."""
        place = self.table.columns.index(column)
        return tuple(None if row[place] is None else str(row[place]) for row in self.table.rows)

    def names(self, column: str) -> tuple[str, ...]:
        """Give a column that has to be filled.

        Raises
        ------
        InputError
            If a cell is empty.
        """
        cells = self.cells(column)
        for line, cell in enumerate(cells, start=2):
            if cell is None:
                raise InputError(f"{self.name} line {line}, {column}", expected="a value", got="an empty cell")
        return tuple(cell for cell in cells if cell is not None)

    def matching(self, wanted: Mapping[str, str]) -> list[int]:
        """Give the rows whose cells are the wanted ones, by column; all where nothing is wanted.

        Raises
        ------
        InputError
            If there is none.
        """
        columns = [(self.cells(column), value) for column, value in wanted.items()]
        kept = [n for n in range(len(self.table.rows)) if all(cells[n] == value for cells, value in columns)]
        if not kept:
            asked = ", ".join(f"{column}={value}" for column, value in wanted.items())
            raise InputError(self.name, expected=f"rows with {asked}", got="none")
        return kept

    def numbers_or_texts(self, column: str) -> list[float] | list[str]:
        """Give a filled column as numbers if all its cells are, else as texts."""
        cells = self.names(column)
        numbers = [_number(cell) for cell in cells]
        known = [number for number in numbers if number is not None]
        return known if len(known) == len(numbers) else list(cells)


def read_feature_rows(
    path: Path,
    keys: Sequence[str],
    *,
    leave_out: Sequence[str] = (),
    only: Sequence[str] = (),
    sheet: str | None = None,
    need_features: bool = True,
) -> FeatureRows:
    """Read a table of features.

    Parameters
    ----------
    path : Path
        .csv or .xlsx.
    keys : sequence of str
        Columns that are no features and must be there.
    leave_out, only : sequence of str
        Names of features, ``*`` for any text: not those; only those.
    sheet : str, optional
    need_features : bool
        Whether a table without features is refused.

    Returns
    -------
    FeatureRows
        Columns of numbers are features; those of text, and pyradiomics' diagnostics, are not.

    Raises
    ------
    InputError
        If a key is missing, there is no row, or no feature.
    MissingFileError, UnreadableFileError, MissingDependencyError
        As ``read_text_table``.
    """
    table = read_text_table(path, sheet=sheet)
    for key in keys:
        if key not in table.columns:
            raise InputError(
                path.name, expected=f"a column {key!r}", got=", ".join(table.columns[:8]) or "none",
                remedy="name the column by its option",
            )  # fmt: skip
    if not table.rows:
        raise InputError(path.name, expected="rows", got="none")
    names: list[str] = []
    columns: list[list[float]] = []
    others: list[str] = []
    for place, name in enumerate(table.columns):
        if name in keys or not name or not _is_wanted(name, leave_out, only):
            continue
        numbers = [_number(row[place]) for row in table.rows]
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers) or all(math.isnan(number) for number in known):
            others.append(name)
            continue
        names.append(name)
        columns.append(known)
    if not names and need_features:
        raise InputError(path.name, expected="at least one column of numbers that is a feature", got="none")
    listed = ", ".join(others[:5]) + (" ..." if len(others) > 5 else "")
    notes = (f"{path.name}: columns of text, or without a value, are no features: {listed}",) if others else ()
    values = np.array(columns, dtype=np.float64).reshape(len(names), len(table.rows)).T
    return FeatureRows(
        path.name, table, hashlib.sha256(path.read_bytes()).hexdigest(), tuple(names),
        values, notes,
    )  # fmt: skip


def shared_features(tables: Sequence[FeatureRows]) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """Give the features that all tables have, in the first one's order, and each table's values of them.

    Raises
    ------
    InputError
        If there is none.
    """
    names = tuple(name for name in tables[0].features if all(name in other.features for other in tables[1:]))
    if not names:
        raise InputError(tables[-1].name, expected=f"features of {tables[0].name}", got="none of them")
    return names, [own.values[:, [own.features.index(name) for name in names]] for own in tables]


def _is_wanted(name: str, leave_out: Sequence[str], only: Sequence[str]) -> bool:
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in (_DIAGNOSTICS, *leave_out)):
        return False
    return not only or any(fnmatch.fnmatchcase(name, pattern) for pattern in only)


def _number(cell: str | float | int | None) -> float | None:
    """Read a number, NaN where there is no value, None where there is text."""
    text = "" if cell is None else str(cell)
    try:
        return math.nan if text.lower() in MISSING else float(text)
    except ValueError:
        return None
