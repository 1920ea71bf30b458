"""A diagnostic study analysed whole: tables, workbook, plots, checklists, one page."""

import csv

import pytest

from oncologyai.bundle import read_table, read_text_table
from oncologyai.errors import InputError
from oncologyai.studies import DiagnosisColumns, Resampling
from oncologyai.workflows import ModelTable, analyse_accuracy

COLUMNS = DiagnosisColumns(confidence="sure", seconds="s")


@pytest.fixture
def tables(tmp_path):
    """Answers of two readers to twelve cases, half ill; a model's table; what authors say."""
    with (tmp_path / "answers.csv").open("w", newline="") as stream:
        write = csv.writer(stream).writerow
        write(["reader", "case", "truth", "choice", "sure", "s"])
        for reader in ("Dr A", "Dr B"):
            for n in range(12):
                said = (n < 6) != (n in (2, 9) and reader == "Dr B")
                write([reader, f"P{n}", int(n < 6), "yes" if said else "no", 1 + n % 5, 10 + n])
    lines = "".join(f"/data/P{n}/NM,{0.9 - n / 20}\n" for n in range(12))
    (tmp_path / "model.csv").write_text("case,probability\n" + lines)
    (tmp_path / "said.csv").write_text("item,answer\nclaim-14,histology\nclaim-15,\n")
    return tmp_path


def test_everything_is_written_and_the_page_holds_it(tables):
    out = tables / "result"
    result = analyse_accuracy(
        tables / "answers.csv", out, columns=COLUMNS, models=[ModelTable("VGG16", tables / "model.csv", threshold=0.6)],
        answers=tables / "said.csv", draws=Resampling(100),
    )  # fmt: skip
    names = {path.name for path in out.iterdir()}
    assert {f"{table.name}.csv" for table in result.tables if table.columns} | {"claim.csv", "stard.csv"} < names
    assert "ways.csv" not in names and "multireader.csv" in names
    assert {"areas.png", "seconds.png", "curves.png", "report.html"} < names
    assert read_table(out / "accuracy.csv").rows == tuple(tuple(cell for cell in row) for row in result.accuracy.rows)
    if "study.xlsx" in names:
        assert len(read_text_table(out / "study.xlsx", sheet="answers").rows) == 24
    page = (out / "report.html").read_text(encoding="utf-8")
    for text in ("VGG16", "histology", "of 42 items answered", "of 30 items answered", "12, 6 with the disease"):
        assert text in page
    assert page.count("data:image/png") == 3 and "not for clinical use" in page
    assert "0.833 (" in page, "a figure and its interval in one cell"


def test_without_times_or_a_model_there_is_less_to_see(tables):
    out = tables / "result"
    analyse_accuracy(tables / "answers.csv", out, draws=Resampling(100))
    assert not (out / "seconds.png").exists()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png") == 2 and "Multireader" not in page


def test_faults_are_told_before_anything_is_written(tables):
    (tables / "said.csv").write_text("item,answer\nclaim-77,x\n")
    with pytest.raises(InputError, match="answers.claim-77"):
        analyse_accuracy(tables / "answers.csv", tables / "result", answers=tables / "said.csv")
    with pytest.raises(InputError, match="model: expected"):
        analyse_accuracy(tables / "answers.csv", tables / "result", card="no-such-model")
    with pytest.raises(InputError, match="a model of bone scans, got sts-gtv-pet"):
        analyse_accuracy(tables / "answers.csv", tables / "result", card="sts-gtv-pet")
    assert not (tables / "result").exists()
