"""From two tables to a folder of results, whole or not at all."""

import csv
import json
import sys
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from oncologyai.bundle import read_charts
from oncologyai.errors import CancelledError, InputError, MissingDependencyError, MissingFileError, OutputError
from oncologyai.pipelines import ExploreConfig
from oncologyai.progress import Silent
from oncologyai.robustness import FeatureStability, write_stability
from oncologyai.workflows import ExploreForm, explore_files

pytest.importorskip("plotly", reason="plotly is not installed")


@pytest.fixture
def a_folder(tmp_path):
    """Forty lesions of 38 patients, one of them written twice."""
    generator = np.random.default_rng(1)
    lines = ['patient,"a, b",original_shape_MeshVolume,flat']
    for n in range(40):
        lines.append(f"P{max(n, 2)}_GTV,{n % 2 + generator.normal():.4f},{generator.random():.4f},1")
    lines.append(lines[10])
    (tmp_path / "features.csv").write_text("\n".join(lines) + "\n")
    rows = [f"P{n},{n % 2},{100 * n},{int(n > 3)}" for n in range(2, 40)]
    (tmp_path / "clinical.csv").write_text("id,grade,days,dead\n" + "\n".join(rows) + "\n")
    return tmp_path


def run(folder, out="out", form=None, **rest):
    form = form or ExploreForm("grade")
    return explore_files(folder / "features.csv", folder / out, form=form, clinical=folder / "clinical.csv", **rest)


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_everything_is_written(a_folder) -> None:
    report = run(a_folder)
    out = a_folder / "out"
    assert sorted(p.name for p in out.iterdir()) == [
        "charts", "classes.csv", "correlation.csv", "features.csv", "figures", "provenance.json", "report.html",
        "rows.csv", "statistics.xlsx", "volume.csv",
    ]  # fmt: skip
    features = rows_of(out / "features.csv")
    assert [row["feature"] for row in features] == ["a, b", "original_shape_MeshVolume", "flat"]
    assert float(features[0]["auc"]) == report.result.areas["1"][0].value and features[2]["note"] == "constant"
    assert [row["line"] for row in rows_of(out / "rows.csv")] == [str(n) for n in range(2, 42)]
    matrix = rows_of(out / "correlation.csv")
    assert float(matrix[0]["original_shape_MeshVolume"]) == pytest.approx(report.result.correlation[0, 1], abs=5e-5)
    assert matrix[0]["a, b"] == "1.0000" and matrix[2]["flat"] == ""
    assert openpyxl.load_workbook(out / "statistics.xlsx").sheetnames == ["classes", "features", "volume", "rows"]
    provenance = json.loads((out / "provenance.json").read_text())
    assert set(provenance["settings"]["inputs_sha256"]) == {"features.csv", "clinical.csv"}
    assert provenance["settings"]["outcome"] == "grade" and provenance["settings"]["form"]["key"] == ""
    told = (
        "1 exact repeat dropped, the same patient and features: line 42 (P9, as line 11) (--keep-repeats counts them)"
    )
    assert told in report.notes and "41 rows of 38 patients, 3 features" in report.notes
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "1 exact repeat dropped" in page and str(a_folder) not in page


def test_verdicts_beside_the_table_or_given_stand_with_each_feature(a_folder) -> None:
    verdict = FeatureStability("a, b", "harmonisable", "CCC", 0.8, 0.7, 0.9, 0.9, 20, "test-retest")
    write_stability([verdict], a_folder / "features.stability.csv")
    report = run(a_folder)
    assert "stability of features is that of features.stability.csv" in report.notes
    assert [row["stability"] for row in rows_of(a_folder / "out" / "features.csv")] == ["harmonisable", "", ""]
    assert "features.stability.csv" in report.result.provenance.settings["inputs_sha256"]
    assert ">harmonisable</option>" in (a_folder / "out" / "report.html").read_text(encoding="utf-8")
    write_stability([replace(verdict, feature="flat", stability="rejected")], a_folder / "other.csv")
    given = run(a_folder, "given", stability=a_folder / "other.csv", page=False)
    assert given.result.tables["features"].rows[2][1] == "rejected"
    write_stability([replace(verdict, feature="unknown")], a_folder / "other.csv")
    with pytest.raises(InputError, match="other.csv: expected verdicts on features of the table .*got unknown"):
        run(a_folder, stability=a_folder / "other.csv")
    with pytest.raises(MissingFileError, match="gone.csv: expected verdicts"):
        run(a_folder, stability=a_folder / "gone.csv")


def test_the_scene_holds_tables_plots_and_correlations(a_folder) -> None:
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    from oncologyai import host, scene

    host.start()
    host.clear()
    run(a_folder, page=False, scene=a_folder / "out.mrb")
    host.clear()
    scene.load_mrb(a_folder / "out.mrb")
    import slicer

    kinds = ("PlotChart", "PlotSeries", "ScalarVolume", "Text")
    counts = [slicer.mrmlScene.GetNumberOfNodesByClass(f"vtkMRML{kind}Node") for kind in kinds]
    charts = read_charts(a_folder / "out" / "charts")
    assert counts == [len(charts), sum(len(chart.series) for chart in charts), 1, 1]
    host.clear()
    with pytest.raises(InputError, match=r"--scene: expected a name that ends in .mrb, got out.xml"):
        run(a_folder, "other", scene=a_folder / "out.xml")
    assert not (a_folder / "other").exists()


def test_a_horizon_puts_the_event_second_so_that_areas_are_of_it(a_folder) -> None:
    form = ExploreForm("days", event="dead", horizon_days=1000)
    result = run(a_folder, form=form, page=False).result
    assert result.classes == ("no event by 1000 days", "event by 1000 days") and result.positive == "event by 1000 days"
    assert [row[1] for row in result.tables["classes"].rows] == [29, 7]
    assert not (a_folder / "out" / "report.html").exists()


def test_the_same_call_gives_the_same_tables_and_pictures(a_folder) -> None:
    for out in ("a", "b"):
        run(a_folder, out, page=False)
    names = [p.relative_to(a_folder / "a") for p in (a_folder / "a").rglob("*") if p.suffix in (".csv", ".png")]
    assert len(names) >= 10
    for name in names:
        assert (a_folder / "a" / name).read_bytes() == (a_folder / "b" / name).read_bytes(), name


def test_without_openpyxl_the_workbook_is_left_out_with_a_note(a_folder, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    report = run(a_folder)
    assert not (a_folder / "out" / "statistics.xlsx").exists()
    assert any(note.startswith("statistics.xlsx was not written") for note in report.notes)
    assert "statistics.xlsx was not written" in (a_folder / "out" / "report.html").read_text(encoding="utf-8")


def test_without_plotly_it_is_said_before_anything_is_read(a_folder, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    (a_folder / "features.csv").unlink()
    with pytest.raises(MissingDependencyError, match="interactive page"):
        run(a_folder)


class CancelledAt(Silent):
    def __init__(self, stage: str) -> None:
        self._wanted, self._reached = stage, False

    def stage(self, name: str, share: float) -> None:
        self._reached |= name == self._wanted

    def cancelled(self) -> bool:
        return self._reached


@pytest.mark.parametrize("stage", ["read", "correlation", "tests", "tables", "figures", "page"])
def test_cancel_leaves_nothing(a_folder, stage) -> None:
    with pytest.raises(CancelledError):
        run(a_folder, progress=CancelledAt(stage))
    assert sorted(p.name for p in a_folder.iterdir()) == ["clinical.csv", "features.csv"]


def test_bad_requests_leave_nothing(a_folder) -> None:
    with pytest.raises(InputError, match="--positive"):
        run(a_folder, config=ExploreConfig(positive="7"))
    assert not (a_folder / "out").exists()
    (a_folder / "file").write_text("")
    with pytest.raises(OutputError, match="expected a folder, got a file"):
        run(a_folder, "file")
