"""Rows of tables that users bring, each fault with its line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from oncologyai.errors import InputError
from oncologyai.types import Table

__all__ = ["cell_number", "table_cells"]


def table_cells(table: Table, name: str, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Give each row that holds something: what messages call it, and its cells by column as text.

    Parameters
    ----------
    table : Table
        Row n stands in line n + 2, so that blank rows must not have been left out.
    name : str
        What messages call the table.
    columns : sequence of str
        Those that must be there; "" stands for one that is not wanted.

    Raises
    ------
    InputError
        If a column is missing.
    """
    for column in columns:
        if column and column not in table.columns:
            raise InputError(
                name, expected=f"a column {column!r}", got=", ".join(table.columns) or "none",
                remedy="name the column by its option",
            )  # fmt: skip
    return _rows(table, name)


def cell_number(text: str, where: str, *, least: float = -math.inf) -> float:
    """Read a finite number, at least ``least``; an empty text gives NaN.

    Raises
    ------
    InputError
        If it is something else; ``where`` names the line.
    """
    if text == "":
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < least:
        expected = "a finite number" + ("" if least == -math.inf else f" from {least:g}")
        raise InputError(where, expected=expected, got=repr(text))
    return value


def _rows(table: Table, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    for line, row in enumerate(table.rows, start=2):
        cells = {column: "" if cell is None else str(cell) for column, cell in zip(table.columns, row, strict=True)}
        if any(cells.values()):
            yield f"{name} line {line}", cells
