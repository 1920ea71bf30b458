"""The page of a dataset: its tables, distributions and contact sheets, readable without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import oncologyai
from oncologyai.report.html import Picture, embedded, page_environment
from oncologyai.types import Table

__all__ = ["Sheet", "write_dataset_page"]

_LONG = 60  # rows: longer tables are folded


@dataclass(frozen=True)
class Sheet:
    """A contact sheet: ``file`` is its PNG's place relative to the page, with ``/``."""

    name: str
    file: str
    caption: str


def write_dataset_page(
    path: Path,
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    tables: Sequence[Table],
    about: Mapping[str, str] | None = None,
    figures: Sequence[Picture] = (),
    sheets: Sequence[Sheet] = (),
    notes: Sequence[str] = (),
) -> None:
    """Write the page.

    Parameters
    ----------
    path : Path
        The HTML file.
    title : str
    facts : sequence of (str, str)
        What stands at its head.
    tables : sequence of Table
        Shown in this order; those without rows are left out, long ones folded. Cells ``pass`` and ``fail`` are
        coloured.
    about : mapping of str to str
        By the table's name, what it shows.
    figures : sequence of Picture
        Embedded.
    sheets : sequence of Sheet
        Linked, as thousands would not fit in a page: they travel with it.
    notes : sequence of str
        What the reader should know.
    """
    page = (
        page_environment()
        .get_template("dataset.html.j2")
        .render(
            title=title,
            version=oncologyai.__version__,
            facts=facts,
            notes=notes,
            figures=[{"data": embedded(f.path), "caption": f.caption} for f in figures],
            parts=[_part(table, (about or {}).get(table.name, "")) for table in tables if table.rows],
            sheets=[{"name": s.name, "link": quote(s.file), "caption": s.caption} for s in sheets],
        )
    )
    path.write_text(page, encoding="utf-8")


def _part(table: Table, about: str) -> dict[str, Any]:
    numeric = {
        name
        for n, name in enumerate(table.columns)
        if all(row[n] is None or isinstance(row[n], int | float) for row in table.rows)
    }
    rows = [[(name, _shown(cell)) for name, cell in zip(table.columns, row, strict=True)] for row in table.rows]
    return {
        "title": table.name.replace("_", " ").capitalize(),
        "about": about,
        "columns": table.columns,
        "numeric": numeric,
        "rows": rows,
        "long": len(rows) > _LONG,
    }


def _shown(cell: str | float | int | None) -> str:
    if cell is None:
        return "–"
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)
