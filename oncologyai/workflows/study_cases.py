"""The table of cases that a preference study is made from, and what its rows name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai.bundle import read_text_table
from oncologyai.errors import AmbiguousStudyError, InputError, MissingFileError
from oncologyai.imaging import read_masks, read_volume
from oncologyai.studies import PreferenceCase, table_cells
from oncologyai.types import Mask, Volume

__all__ = ["CaseRow", "case_rows", "load_case", "reader_rows"]


@dataclass(frozen=True)
class CaseRow:
    """A row of the table: what messages call it, the case's name, its image, and by column file and structure."""

    where: str
    name: str
    image: Path
    contours: dict[str, tuple[Path, str]]
    modality: str
    series: str


def case_rows(table: Path, method: str, reference: str) -> tuple[CaseRow, ...]:
    """Read the table of cases.

    Parameters
    ----------
    table : Path
        .csv or .xlsx with the columns ``case``, ``image``, and one of each contour's files, named ``method`` and
        ``reference``; optional: ``<method> structure``, ``<reference> structure`` (a name in a file of several),
        ``modality``, ``series``. Paths are relative to the table's folder.
    method, reference : str
        Names of the two columns.

    Returns
    -------
    tuple of CaseRow
        In the table's order.

    Raises
    ------
    MissingFileError
        If the table or a file that it names is not there.
    InputError
        If a column or a cell is missing, or a case is there twice; the message names the line.
    """
    found = read_text_table(table, keep_blank=True)
    rows: list[CaseRow] = []
    seen: dict[str, str] = {}
    for where, cells in table_cells(found, str(table), ("case", "image", method, reference)):
        name = cells["case"]
        if name in seen:
            raise InputError(where, expected="each case once", got=f"{name!r} again, as in {seen[name]}")
        seen[name] = where.removeprefix(f"{table} ")
        if not name:
            raise InputError(where, expected="the name of a case", got="an empty cell")
        image = _path(cells["image"], table, f"{where}, image")
        contours = {
            column: (_path(cells[column], table, f"{where}, {column}"), cells.get(f"{column} structure", ""))
            for column in (method, reference)
        }
        rows.append(CaseRow(where, name, image, contours, cells.get("modality", ""), cells.get("series", "")))
    if not rows:
        raise InputError(str(table), expected="at least one case", got="none")
    return tuple(rows)


def load_case(row: CaseRow, method: str, reference: str) -> PreferenceCase:
    """Read the image and both contours of a row; a file without any voxel set is an empty contour.

    Raises
    ------
    OncologyAIError
        As ``read_volume`` and ``read_masks`` raise, with the line and the column before it; among them
        GeometryMismatchError for a contour on another grid.
    """
    try:
        image = read_volume(row.image, series_uid=row.series or None, modality=row.modality or None, suv="none")
    except InputError as error:
        raise _at(f"{row.where}, image", error) from error
    first, second = (_contour(image, *row.contours[column], f"{row.where}, {column}") for column in (method, reference))
    return PreferenceCase(row.name, image, first, second)


def reader_rows(table: Path) -> tuple[tuple[str, str], ...]:
    """Read names and groups from the columns ``reader`` and, where it is there, ``group``.

    Raises
    ------
    MissingFileError, UnreadableFileError, InputError
        As ``read_text_table``; if the column of names is missing.
    """
    found = read_text_table(table, keep_blank=True)
    return tuple((cells["reader"], cells.get("group", "")) for _, cells in table_cells(found, str(table), ("reader",)))


def _path(text: str, table: Path, where: str) -> Path:
    if not text:
        raise InputError(where, expected="a path", got="an empty cell")
    path = table.parent / Path(text).expanduser()
    if not path.exists():
        raise MissingFileError(where, expected="a file or folder", got=f"nothing at {path}")
    return path


def _contour(image: Volume, path: Path, name: str, where: str) -> Mask:
    try:
        found = read_masks(path, grid=image, names=[name] if name else None)
    except InputError as error:
        raise _at(where, error) from error
    if len(found) > 1:
        listed = ", ".join(mask.label for mask in found)
        column = where.rpartition(", ")[2]
        raise AmbiguousStudyError(
            where, expected="one structure", got=f"{len(found)} ({listed})",
            remedy=f"name it in a column {column + ' structure'!r}",
        )  # fmt: skip
    return found[0] if found else Mask.on(image, np.zeros(image.shape, dtype=np.bool_))


def _at(where: str, error: InputError) -> InputError:
    """Give the same error with the place in the table before it."""
    return type(error)(f"{where}: {error.argument}", expected=error.expected, got=error.got, remedy=error.remedy)
