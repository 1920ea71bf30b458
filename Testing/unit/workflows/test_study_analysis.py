"""From answers and times to tables, a plot and a report."""

from pathlib import Path

import pytest

from oncologyai.bundle import read_table, write_workbook
from oncologyai.errors import CancelledError, InputError
from oncologyai.studies import AnswerColumns, ContourTimer
from oncologyai.workflows import analyse_study, analyse_study_times

ANSWERS = "who,case,choice\nA,P1,DL\nA,P2,DL\nA,P3,expert\nA,P4,DL\nB,P1,DL\nB,P2,expert\nB,P3,expert\nB,P4,expert\n"
COLUMNS = AnswerColumns("who", "case", "choice")


def test_a_collected_table_becomes_tables_plot_and_report(tmp_path):
    (tmp_path / "a.csv").write_text(ANSWERS)
    result = analyse_study(
        tmp_path / "a.csv", tmp_path / "out", columns=COLUMNS, method="DL", reference="expert", resamples=200
    )
    names = {"groups", "readers", "cases", "agreement", "pairs", "consistency", "times", "answers"}
    assert {p.name for p in (tmp_path / "out").iterdir()} == {f"{n}.csv" for n in names} | {
        "preference.png",
        "report.html",
    }
    readers = read_table(tmp_path / "out" / "readers.csv")
    score = readers.columns.index("score")
    assert [row[score] for row in readers.rows] == [75, 25]
    assert result.groups.rows[0][result.groups.columns.index("score")] == 50.0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "is DL preferred to expert?" in page and "50.0 %" in page and "200 draws" in page


def test_a_workbook_gives_the_same_as_its_csv(tmp_path):
    (tmp_path / "a.csv").write_text(ANSWERS)
    write_workbook([read_table(tmp_path / "a.csv")], tmp_path / "a.xlsx")
    one, other = (
        analyse_study(tmp_path / name, columns=COLUMNS, method="DL", reference="expert", resamples=100)
        for name in ("a.csv", "a.xlsx")
    )
    assert one == other


def test_times_of_sessions_and_of_tables(tmp_path):
    seconds = [0.0]
    for case, took in (("P1", 60.0), ("P2", 90.0)):
        timer = ContourTimer(tmp_path / "t.csv", reader="Dr A", case=case, clock=lambda: seconds[0])
        timer.start()
        seconds[0] += took
        timer.stop()
    result = analyse_study_times([tmp_path / "t.csv"], tmp_path / "out")
    assert result.methods.rows[0][:3] == ("manual", 2, 75.0)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "methods.csv", "readers.csv", "savings.csv", "times.csv", "times.png", "report.html",
    }  # fmt: skip
    (tmp_path / "c.csv").write_text("reader,case,method,seconds\nDr A,P1,manual,60\nDr A,P1,automatic,3\n")
    saved = analyse_study_times([tmp_path / "c.csv"], collected=True, resamples=100).savings
    assert dict(zip(saved.columns, saved.rows[0], strict=True))["saving"] == pytest.approx(95.0)


def test_a_fault_or_a_cancellation_leaves_the_folder_as_it_was(tmp_path: Path):
    (tmp_path / "a.csv").write_text(ANSWERS)
    out = tmp_path / "out"
    with pytest.raises(InputError, match="a column 'reader'"):
        analyse_study(tmp_path / "a.csv", out)

    class Impatient:
        def stage(self, name: str, share: float) -> None:
            if name == "write":
                raise CancelledError("x")

        def cancelled(self) -> bool:
            return False

    with pytest.raises(CancelledError):
        analyse_study(tmp_path / "a.csv", out, columns=COLUMNS, method="DL", reference="expert", progress=Impatient())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv"]
