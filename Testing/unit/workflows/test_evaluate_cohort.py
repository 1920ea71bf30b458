"""From a table to a folder of results."""

import csv
import json
import sys
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from oncologyai.errors import CancelledError, InputError, MissingDependencyError, OutputError
from oncologyai.imaging import write_masks
from oncologyai.pipelines import CohortConfig
from oncologyai.progress import Silent
from oncologyai.workflows import TableForm, evaluate_cohort_table


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def a_metrics_table(tmp_path):
    """Ten cases of two methods; B lacks one. Outcomes, seconds and foretold Dice are given."""
    lines = ["case,method,dice,volume_ml,predicted_volume_ml,seconds,time_days,event,predicted_dice,where"]
    for n in range(10):
        for method, dice in (("A", 0.8 + n / 100), ("B", 0.7 + n / 100)):
            if (method, n) != ("B", 3):
                where = "wall" if n < 4 else "hilum"
                lines.append(f"{n},{method},{dice},{n + 1},{n + 1.5},{n + 2},{100 * n + 50},{n % 2},{dice},{where}")
    path = tmp_path / "metrics.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_everything_is_written(tmp_path, a_metrics_table) -> None:
    out = tmp_path / "out"
    report = evaluate_cohort_table(a_metrics_table, out, config=CohortConfig(group_by=("where",), horizon_days=800))
    assert sorted(p.name for p in out.iterdir()) == [
        "failures.csv", "figures", "metrics.csv", "provenance.json", "report.html", "summary.csv", "summary.xlsx",
        "tables",
    ]  # fmt: skip
    summary = {(r["method"], r["metric"]): r for r in rows_of(out / "summary.csv")}
    assert float(summary["A", "dice"]["median"]) == pytest.approx(0.845) and summary["B", "dice"]["missing"] == "1"
    assert len(rows_of(out / "metrics.csv")) == 19 and rows_of(out / "failures.csv") == []
    sheets = openpyxl.load_workbook(out / "summary.xlsx").sheetnames
    assert {"metrics", "summary", "group_tests", "survival", "trust", "failures"} <= set(sheets)
    provenance = json.loads((out / "provenance.json").read_text())
    assert len(provenance["settings"]["table_sha256"]) == 64 and provenance["settings"]["horizon_days"] == 800
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "0.845 (0.045)" in page and page.count("data:image/png;base64,") == len(list((out / "figures").iterdir()))
    assert str(tmp_path) not in page and "B: 9 of 10 cases" in report.notes


def test_the_same_call_gives_the_same_bytes(tmp_path, a_metrics_table) -> None:
    names = ("metrics.csv", "summary.csv", "report.html", "tables/detection.csv")
    for out in ("a", "b"):
        evaluate_cohort_table(a_metrics_table, tmp_path / out)
    for name in names[:2]:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    pages = [(tmp_path / out / "report.html").read_text().partition("<h2>Provenance")[0] for out in "ab"]
    assert pages[0] == pages[1]


def test_a_second_run_takes_away_tables_that_it_does_not_make(tmp_path, a_metrics_table) -> None:
    out = tmp_path / "out"
    evaluate_cohort_table(a_metrics_table, out, config=CohortConfig(group_by=("where",)))
    (out / "mine.txt").write_text("stays")
    evaluate_cohort_table(a_metrics_table, out)
    assert not (out / "tables" / "groups.csv").exists() and (out / "mine.txt").exists()


def test_without_openpyxl_the_workbook_is_left_out_with_a_note(tmp_path, a_metrics_table, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    report = evaluate_cohort_table(a_metrics_table, tmp_path / "out")
    assert not (tmp_path / "out" / "summary.xlsx").exists()
    assert any("summary.xlsx was not written" in note for note in report.notes)
    assert "summary.xlsx was not written" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_without_lifelines_outcomes_are_refused_before_any_work(tmp_path, a_metrics_table, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "lifelines", None)
    with pytest.raises(MissingDependencyError, match="survival curves"):
        evaluate_cohort_table(a_metrics_table, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_bad_requests_leave_nothing(tmp_path, a_metrics_table) -> None:
    with pytest.raises(InputError, match="--group-by"):
        evaluate_cohort_table(a_metrics_table, tmp_path / "out", config=CohortConfig(group_by=("nothing",)))
    with pytest.raises(InputError, match="--reader"):
        evaluate_cohort_table(a_metrics_table, tmp_path / "out", config=CohortConfig(readers=("Dr1",)))
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="expected a folder, got a file"):
        evaluate_cohort_table(a_metrics_table, tmp_path / "file")


def test_failures_stand_in_the_report_and_all_failed_is_an_error(tmp_path, a_ball) -> None:
    write_masks([a_ball], tmp_path / "ref.nrrd")
    write_masks([replace(a_ball, array=np.roll(a_ball.array, 1, axis=2))], tmp_path / "a.nrrd")
    table, out = tmp_path / "cohort.csv", tmp_path / "out"
    table.write_text("case,reference,result\n1,ref.nrrd,a.nrrd\n2,ref.nrrd,gone.nrrd\n")
    report = evaluate_cohort_table(table, out)
    assert [f.case for f in report.failures] == ["2"] and report.kept == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "gone.nrrd: expected a file or folder of masks, got nothing there" in page
    assert rows_of(out / "failures.csv")[0]["reason"].startswith("gone.nrrd")
    assert len(rows_of(out / "tables" / "slices.csv")) == 1
    assert evaluate_cohort_table(table, out).kept == 1
    table.write_text("case,reference,result\n2,ref.nrrd,gone.nrrd\n")
    with pytest.raises(InputError, match=r"at least one case that can be compared, got none; the first.*; see .*fail"):
        evaluate_cohort_table(table, tmp_path / "other")
    assert [p.name for p in (tmp_path / "other").iterdir()] == ["failures.csv"]


def test_wide_tables_take_columns_by_option(tmp_path, a_ball) -> None:
    write_masks([a_ball], tmp_path / "ref.nrrd")
    table = tmp_path / "cohort.csv"
    table.write_text("case,gtv,net\n1,ref.nrrd,ref.nrrd\n")
    form = TableForm(columns={"reference": "gtv"}, results={"my net": "net"})
    assert evaluate_cohort_table(table, tmp_path / "out", form=form).result.methods == ("my net",)


def test_cancelling_keeps_the_results_of_an_earlier_run(tmp_path, a_metrics_table) -> None:
    class AtTheReport(Silent):
        seen = False

        def stage(self, name: str, share: float) -> None:
            self.seen = self.seen or name == "agreement"

        def cancelled(self) -> bool:
            return self.seen

    out = tmp_path / "out"
    evaluate_cohort_table(a_metrics_table, out)
    before = (out / "report.html").read_bytes()
    with pytest.raises(CancelledError):
        evaluate_cohort_table(a_metrics_table, out, progress=AtTheReport())
    assert (out / "report.html").read_bytes() == before
