"""Tables as CSV: first line the columns, numbers in their shortest exact form, an empty cell for no value."""

from __future__ import annotations

import csv
from pathlib import Path

from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.types import Table

__all__ = ["read_table", "write_table"]


def write_table(table: Table, path: Path) -> None:
    """Write a table; line ends are those of Unix on every system, so that the bytes are the same."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([["" if cell is None else cell for cell in row] for row in table.rows])


def read_table(path: Path, name: str | None = None) -> Table:
    """Read a table; cells that are numbers become numbers, empty cells None.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it has no header, or a row of another length.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="a table (.csv)", got="no such file")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream))
    if not lines:
        raise UnreadableFileError(str(path), expected="a header and rows", got="an empty file")
    columns = tuple(lines[0])
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(columns):
            raise UnreadableFileError(f"{path} line {number}", expected=f"{len(columns)} cells", got=f"{len(line)}")
    return Table(name or path.stem, columns, tuple(tuple(_cell(text) for text in line) for line in lines[1:]))


def _cell(text: str) -> str | float | int | None:
    if text == "":
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
