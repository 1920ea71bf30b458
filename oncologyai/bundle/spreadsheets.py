"""Tables that people keep: CSV in any of the usual dialects, and Excel workbooks, read as text; workbooks written."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from oncologyai._optional import import_optional
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.types import Table

__all__ = ["is_workbook", "read_text_table", "write_workbook"]

_WORKBOOKS = (".xlsx", ".xlsm")
_DELIMITERS = ",;\t"
_LONGEST_TITLE = 31  # Excel's limit


def is_workbook(path: Path) -> bool:
    """Tell whether a file's name is that of an Excel workbook."""
    return path.suffix.lower() in _WORKBOOKS


def read_text_table(path: Path, *, sheet: str | None = None, keep_blank: bool = False) -> Table:
    """Read a table whose cells stay as they are written, so that case 001 is not case 1.

    Parameters
    ----------
    path : Path
        .xlsx, .xlsm or .parquet; anything else is read as CSV (comma, semicolon or tab, UTF-8 with or without a mark),
        .gz unpacked before.
    sheet : str, optional
        Of a workbook; the first if None.
    keep_blank : bool
        Keep rows without any cell, so that row n stands in line n + 2.

    Returns
    -------
    Table
        Cells are text without outer blanks, or None where empty. Whole numbers of a workbook are written without a
        point, dates as YYYY-MM-DD. Rows without any cell are left out unless kept, short rows filled up.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is damaged, has no header, two columns of one name, or a row longer than the header.
    InputError
        If the workbook has no such sheet.
    MissingDependencyError
        If it is a workbook and openpyxl is not installed, or Parquet and pyarrow is not.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="a table (.csv or .xlsx)", got="no such file")
    lines = _lines(path, sheet)
    if not lines:
        raise UnreadableFileError(str(path), expected="a header and rows", got="an empty table")
    header = [cell or "" for cell in lines[0]]
    while header and not header[-1]:
        header.pop()
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if not header or twice:
        got = f"{', '.join(twice)} twice" if twice else "an empty header"
        raise UnreadableFileError(str(path), expected="a header of different column names", got=got)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if any(cell is not None for cell in line[len(header) :]):
            raise UnreadableFileError(f"{path} line {number}", expected=f"{len(header)} cells", got=f"{len(line)}")
        cells = (*line[: len(header)], *[None] * (len(header) - len(line)))
        if keep_blank or any(cell is not None for cell in cells):
            rows.append(cells)
    return Table(path.stem, tuple(header), tuple(rows))


def write_workbook(tables: Sequence[Table], path: Path) -> None:
    """Write tables as the sheets of a workbook, named after them; infinite numbers become the text inf.

    Raises
    ------
    MissingDependencyError
        If openpyxl is not installed.
    """
    openpyxl = import_optional("openpyxl", feature="Excel workbooks", install="pip install 'oncologyai[stats]'")
    book = openpyxl.Workbook(write_only=True)
    for table in tables:
        page = book.create_sheet(table.name[:_LONGEST_TITLE])
        page.append(list(table.columns))
        for row in table.rows:
            page.append([_written(cell) for cell in row])
    book.save(path)


def _lines(path: Path, sheet: str | None) -> list[list[str | None]]:
    if path.suffix.lower() == ".parquet":
        return _parquet_lines(path)
    return _workbook_lines(path, sheet) if is_workbook(path) else _csv_lines(path)


def _parquet_lines(path: Path) -> list[list[str | None]]:
    arrow = import_optional("pyarrow", feature="Parquet", install="pip install 'oncologyai[stats]'")
    parquet = import_optional("pyarrow.parquet", feature="Parquet", install="pip install 'oncologyai[stats]'")
    try:
        table = parquet.read_table(path)
    except (arrow.ArrowInvalid, OSError) as error:
        got = f"a damaged one ({error})"
        raise UnreadableFileError(str(path), expected="a Parquet table", got=got) from error
    columns = [[_read(cell) for cell in column.to_pylist()] for column in table.columns]
    return [list(table.column_names), *[list(row) for row in zip(*columns, strict=True)]]


def _csv_lines(path: Path) -> list[list[str | None]]:
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix.lower() == ".gz" else content).decode("utf-8-sig")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableFileError(str(path), expected="a CSV packed by gzip", got=f"a damaged one ({error})") from error
    except UnicodeDecodeError as error:
        got = f"byte {error.start} that is not"
        raise UnreadableFileError(str(path), expected="a CSV in UTF-8", got=got, remedy="save it as UTF-8") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda mark: (first.count(mark), mark == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [[cell.strip() or None for cell in line] for line in reader]
    except csv.Error as error:
        raise UnreadableFileError(f"{path} line {reader.line_num}", expected="a CSV", got=str(error)) from error


def _workbook_lines(path: Path, sheet: str | None) -> list[list[str | None]]:
    openpyxl = import_optional("openpyxl", feature="Excel workbooks", install="pip install 'oncologyai[stats]'")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise UnreadableFileError(str(path), expected="an Excel workbook", got=f"a damaged one ({error})") from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise InputError("--sheet", expected="one of " + ", ".join(book.sheetnames), got=repr(sheet))
        page: Iterable[Iterable[Any]] = book[sheet or book.sheetnames[0]].iter_rows(values_only=True)
        return [[_read(cell) for cell in line] for line in page]
    finally:
        book.close()


def _read(cell: Any) -> str | None:
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if isinstance(cell, float) and math.isfinite(cell) and cell == int(cell):
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    return str(cell).strip() or None if cell is not None else None


def _written(cell: str | float | int | None) -> str | float | int | None:
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
