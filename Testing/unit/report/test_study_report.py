"""The report of a study is one file that says everything and runs nothing."""

from html.parser import HTMLParser
from pathlib import Path

from oncologyai.report import write_study_report
from oncologyai.types import Table


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def a_report(folder: Path, rows: int = 1) -> str:
    (folder / "p.png").write_bytes(b"png")
    table = Table("groups", ("group", "score", "n", "p", "left_p"), (("<b>x</b>", 55.25, 3, 0.00001, None),) * rows)
    write_study_report(
        folder / "r.html", title="A <study>", facts=[("Readers", "3")], tables=[table, Table("empty", (), ())],
        about={"groups": "What it means."}, pictures=[(folder / "p.png", "a plot")], notes=["Dr C & co are late"],
    )  # fmt: skip
    return (folder / "r.html").read_text(encoding="utf-8")


def test_says_figures_notes_and_meaning_and_escapes_text(tmp_path):
    page = a_report(tmp_path)
    for text in (
        "A &lt;study&gt;",
        "&lt;b&gt;x&lt;/b&gt;",
        '<td class="n">55.2</td>',
        "&lt; 0.0001",
        "What it means.",
        "Dr C &amp; co",
        "data:image/png;base64,cG5n",
        'alt="a plot"',
        "not for clinical use",
    ):
        assert text in page
    tags = Tags()
    tags.feed(page)
    assert tags.open == [] and tags.seen.count("table") == 1 and "details" not in tags.seen
    assert "http" not in page and "<script" not in page


def test_long_tables_are_folded(tmp_path):
    assert "<details><summary>Groups, 41 rows</summary>" in a_report(tmp_path, rows=41)
