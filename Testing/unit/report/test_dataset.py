"""The page of a dataset."""

from oncologyai.report import Sheet, write_dataset_page
from oncologyai.types import Table


def test_texts_are_escaped_cells_coloured_and_long_tables_folded(tmp_path):
    short = Table("checks", ("case", "passed"), (("<b>", "pass"), ("c", "fail"), ("d", None)))
    long = Table("series", ("n",), tuple((n / 3,) for n in range(61)))
    write_dataset_page(
        tmp_path / "p.html", title="A & B", facts=[("Series", "3")], tables=[short, long, Table("none", ("a",), ())],
        sheets=[Sheet("one", "sheets/a b#.png", "caption")], notes=["a note"],
    )  # fmt: skip
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page and "A &amp; B" in page and 'class="fail">fail' in page and 'class="pass">pass' in page
    assert "<details><summary>Series, 61 rows" in page and "None" not in page
    assert 'src="sheets/a%20b%23.png"' in page and "a note" in page and "0.333333" in page
