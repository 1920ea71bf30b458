"""One table to one file, in the form that its name says: CSV, Excel workbook or Parquet."""

from __future__ import annotations

from pathlib import Path

from oncologyai._atomic import atomic_file
from oncologyai._optional import import_optional
from oncologyai.bundle.spreadsheets import write_workbook
from oncologyai.bundle.tables import write_table
from oncologyai.errors import InputError
from oncologyai.types import Table

__all__ = ["TABLE_ENDINGS", "check_table_ending", "write_table_file"]

TABLE_ENDINGS = (".csv", ".xlsx", ".parquet")


def check_table_ending(path: Path, argument: str = "--out") -> None:
    """Raise InputError, before any work, unless the name ends in one of ``TABLE_ENDINGS``."""
    if path.suffix.lower() not in TABLE_ENDINGS:
        raise InputError(argument, expected="a name that ends in " + ", ".join(TABLE_ENDINGS), got=path.name)


def write_table_file(table: Table, path: Path) -> None:
    """Write a table, whole or not at all.

    CSV keeps every number exactly, Parquet also its type. A workbook holds no infinity: it becomes the text inf.
    A Parquet column of numbers and texts becomes one of texts.

    Raises
    ------
    InputError
        If the name ends otherwise.
    OutputError
        If the place cannot be written.
    MissingDependencyError
        If openpyxl or pyarrow is wanted and not installed.
    """
    check_table_ending(path, str(path))
    with atomic_file(path) as draft:
        if path.suffix.lower() == ".csv":
            write_table(table, draft)
        elif path.suffix.lower() == ".xlsx":
            write_workbook([table], draft)
        else:
            _write_parquet(table, draft)


def _write_parquet(table: Table, path: Path) -> None:
    arrow = import_optional("pyarrow", feature="Parquet", install="pip install 'oncologyai[stats]'")
    parquet = import_optional("pyarrow.parquet", feature="Parquet", install="pip install 'oncologyai[stats]'")
    columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.columns)
    parquet.write_table(arrow.table([_one_type(cells) for cells in columns], names=list(table.columns)), path)


def _one_type(cells: tuple[str | float | int | None, ...]) -> list[str | float | int | None]:
    """Give cells of one type: texts where one is text, else floats where one is a float."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if len(kinds) < 2:
        return list(cells)
    kind = str if str in kinds else float
    return [None if cell is None else kind(cell) for cell in cells]
