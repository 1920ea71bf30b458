"""A page of sections, each of a text, tables and figures, in one HTML file that is readable without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import oncologyai
from oncologyai.progress import Provenance
from oncologyai.report.cohort_tables import Shown
from oncologyai.report.html import Picture, embedded, page_environment

__all__ = ["Section", "write_sections"]

_WIDE = 2.0  # width over height from which a figure takes the page's whole width


@dataclass(frozen=True)
class Section:
    """A part of the page; one without tables and pictures is left out, unless it is of ``words``.

    An empty line in ``text`` begins a paragraph.
    """

    title: str
    text: str = ""
    tables: tuple[Shown, ...] = ()
    pictures: tuple[Picture, ...] = ()
    words: bool = False


def write_sections(
    path: Path,
    *,
    kind: str,
    name: str,
    facts: Sequence[tuple[str, str]],
    sections: Sequence[Section],
    provenance: Provenance,
    notes: Sequence[str] = (),
) -> None:
    """Write the page.

    Parameters
    ----------
    path : Path
        The HTML file; every figure is inside it.
    kind, name : str
        What was done, and on what: the heading.
    facts : sequence of (str, str)
    sections : sequence of Section
    provenance : Provenance
        Shown folded, at the end.
    notes : sequence of str
        What the reader should know.
    """
    page = (
        page_environment()
        .get_template("sections.html.j2")
        .render(
            kind=kind,
            name=name,
            version=oncologyai.__version__,
            facts=facts,
            notes=notes,
            sections=[
                _for_page(section) for section in sections if section.tables or section.pictures or section.words
            ],
            provenance=json.dumps(provenance.to_dict(), indent=2, ensure_ascii=False),
        )
    )
    path.write_text(page, encoding="utf-8")


def _for_page(section: Section) -> dict[str, object]:
    pictures = [{"data": embedded(p.path), "caption": p.caption, "wide": _is_wide(p.path)} for p in section.pictures]
    paragraphs = [part for part in section.text.split("\n\n") if part]
    return {"title": section.title, "paragraphs": paragraphs, "tables": section.tables, "pictures": pictures}


def _is_wide(path: Path) -> bool:
    """Read a PNG's sizes from its header (PNG specification, 11.2.1: IHDR comes first)."""
    header = path.read_bytes()[16:24]
    return int.from_bytes(header[:4]) / int.from_bytes(header[4:]) > _WIDE
