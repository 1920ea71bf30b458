"""The report of a study: one HTML file with its pictures and tables inside, readable without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import oncologyai
from oncologyai.report.html import embedded, page_environment
from oncologyai.types import Table

__all__ = ["write_study_report"]

_LONG = 40  # rows: longer tables are folded


def write_study_report(
    path: Path,
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    tables: Sequence[Table],
    about: Mapping[str, str],
    pictures: Sequence[tuple[Path, str]] = (),
    notes: Sequence[str] = (),
) -> None:
    """Write the report of a study.

    Parameters
    ----------
    path : Path
        The HTML file.
    title : str
        Its heading.
    facts : sequence of (str, str)
        What was studied.
    tables : sequence of Table
        Shown in this order; tables without rows are left out, long ones are folded.
    about : mapping of str to str
        By the table's name, what its columns mean.
    pictures : sequence of (Path, str)
        PNG files, embedded, each with words that say what it shows to those who cannot see it.
    notes : sequence of str
        What the reader should know.
    """
    page = (
        page_environment()
        .get_template("study.html.j2")
        .render(
            title=title,
            version=oncologyai.__version__,
            facts=facts,
            notes=notes,
            pictures=[(embedded(picture), alt) for picture, alt in pictures],
            parts=[_part(table, about.get(table.name, "")) for table in tables if table.rows],
        )
    )
    path.write_text(page, encoding="utf-8")


def _part(table: Table, about: str) -> dict[str, Any]:
    numeric = {
        name
        for n, name in enumerate(table.columns)
        if all(row[n] is None or isinstance(row[n], (int, float)) for row in table.rows)
    }
    rows = [[(name, _text(name, value)) for name, value in zip(table.columns, row, strict=True)] for row in table.rows]
    return {
        "title": table.name.capitalize(),
        "about": about,
        "columns": table.columns,
        "numeric": numeric,
        "rows": rows,
        "long": len(rows) > _LONG,
    }


def _text(name: str, value: str | float | int | None) -> str:
    if value is None:
        return "–"
    if not isinstance(value, float):
        return str(value)
    if name == "p" or name.endswith("_p"):
        return "< 0.0001" if value < 0.0001 else f"{value:.4f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
