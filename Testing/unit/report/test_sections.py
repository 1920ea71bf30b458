"""A page of sections stands alone."""

from pathlib import Path

from oncologyai.progress import Provenance
from oncologyai.report.cohort_tables import plain_table
from oncologyai.report.sections import Section, write_sections
from oncologyai.types import Table


def test_sections_with_something_in_them_are_shown_and_texts_are_escaped(tmp_path: Path) -> None:
    table = plain_table(Table("t", ("case", "n"), (("<a>", 1),)))
    write_sections(
        tmp_path / "page.html", kind="Robustness", name="A & B", facts=[("Cases", "3")], notes=["a note"],
        sections=[Section("Full", "Its text.", (table,)), Section("Empty", "no table")], provenance=Provenance("x"),
    )  # fmt: skip
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Robustness: A &amp; B" in page and "&lt;a&gt;" in page and "a note" in page and "Its text." in page
    assert "Empty" not in page and "http" not in page.replace("http-equiv", "")
