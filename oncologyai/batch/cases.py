"""The cases of a batch: names, cells, and what of them is shown beside the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oncologyai.errors import InputError

__all__ = ["Case", "CaseTable", "check_cases", "read_cases"]

_SHOWN = ("patient",)  # beside the case's name, where the table has it and nobody chooses


@dataclass(frozen=True)
class Case:
    """A case by its name, with arguments of its own, and columns that stand before its results."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseTable:
    """The rows of a table: cells by column, and the cases' names; ``folder`` is where its paths begin."""

    folder: Path
    columns: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def shown(self, row: Mapping[str, str], chosen: Sequence[str] | None = None) -> dict[str, str]:
        """Give the cells that stand before a case's results."""
        wanted = _SHOWN if chosen is None else chosen
        return {name: row[name] for name in wanted if name in row}


def read_cases(path: Path, *, case_column: str = "", sheet: str = "") -> CaseTable:
    """Read a table of cases, a row each.

    Parameters
    ----------
    path : Path
        .csv or .xlsx.
    case_column : str
        Holds the cases' names. Without it: ``case`` where there is one, else ``patient`` (numbered where a patient
        comes several times), else the row's number.
    sheet : str
        Of a workbook; the first if empty.

    Raises
    ------
    InputError
        If there is no row, no such column, an empty name, or a case twice.
    MissingFileError, UnreadableFileError, MissingDependencyError
        As ``read_text_table``.
    """
    from oncologyai.bundle import read_text_table  # it loads the libraries of images

    table = read_text_table(path, sheet=sheet or None)
    if case_column and case_column not in table.columns:
        raise InputError(
            "column of cases", expected=f"a column of {path.name} ({', '.join(table.columns)})", got=repr(case_column)
        )
    if not table.rows:
        raise InputError(path.name, expected="a row a case", got="none")
    rows = tuple(
        {name: "" if cell is None else str(cell) for name, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    )
    names = _names(rows, case_column or next((c for c in ("case", "patient") if c in table.columns), ""))
    check_cases(names, path.name)
    return CaseTable(path.resolve().parent, table.columns, names, rows)


def check_cases(names: Sequence[str], argument: str) -> None:
    """Raise InputError unless every case has a name of its own."""
    if "" in names:
        raise InputError(f"{argument} row {names.index('') + 1}", expected="a case", got="an empty cell")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InputError(argument, expected="each case once", got=f"{twice[0]} twice")


def _names(rows: Sequence[Mapping[str, str]], column: str) -> tuple[str, ...]:
    if not column:
        return tuple(str(number) for number in range(1, len(rows) + 1))
    names = [row[column] for row in rows]
    if column != "patient":
        return tuple(names)
    counts = Counter(names)
    seen: Counter[str] = Counter()
    for number, name in enumerate(names):
        seen[name] += 1
        if name and counts[name] > 1:
            names[number] = f"{name}-{seen[name]}"
    return tuple(names)
