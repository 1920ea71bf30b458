"""A folder of bone scans: which studies it holds, and what comes out of them all."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from oncologyai.batch import BatchOptions, bonescan_cohort, find_bonescans
from oncologyai.errors import EmptyStudyError, MissingFileError
from Testing.bonescan_model import write_bonescan_model
from Testing.unit.scintigraphy.conftest import ScanWriter, draw_body

ALONE = BatchOptions(workers=1)


def names(folder: Path) -> dict[str, list[str]]:
    return {case.name: [Path(p).name for p in case.arguments["study"]] for case in find_bonescans(folder)}


def test_a_case_is_a_subfolder_a_loose_study_or_a_picture(tmp_path: Path) -> None:
    from matplotlib.image import imsave

    for name in ("b", "a", ".hidden"):
        (tmp_path / name).mkdir()
        ScanWriter(tmp_path / name).nm()
    (tmp_path / "empty").mkdir()
    writer = ScanWriter(tmp_path)
    writer.nm("front.dcm", ("anterior",), StudyInstanceUID="1.2.9")
    writer.nm("back.dcm", ("posterior",), StudyInstanceUID="1.2.9")
    writer.nm("other", StudyInstanceUID="1.2.8")
    (tmp_path / "damaged.dcm").write_bytes(b"0" * 300)
    (tmp_path / "cases.csv").write_text("case\na\n")
    imsave(tmp_path / "picture.png", np.clip(draw_body("anterior") / 120.0, 0, 1), cmap="gray")
    assert names(tmp_path) == {
        "a": ["a"], "b": ["b"], "back.dcm": ["back.dcm", "front.dcm"], "damaged.dcm": ["damaged.dcm"],
        "other": ["other"], "picture.png": ["picture.png"],
    }  # fmt: skip


def test_rejects_a_folder_without_studies(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="a folder of studies"):
        find_bonescans(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(EmptyStudyError, match="sub-folders of a study each"):
        find_bonescans(tmp_path)


@pytest.fixture
def a_week(tmp_path: Path) -> Path:
    week = tmp_path / "week"
    for number, name in enumerate(("one", "two")):
        (week / name).mkdir(parents=True)
        ScanWriter(week / name).nm(StudyInstanceUID=f"1.2.{number}")
    return week


def test_reports_and_bundles_where_they_are_asked_for(a_week: Path, a_bonescan_model: str, tmp_path: Path) -> None:
    settings = {"model": a_bonescan_model, "report": True}
    bonescan_cohort(a_week, tmp_path / "out", settings=settings, options=ALONE)
    one = tmp_path / "out" / "scans" / "one" / "bonescan"
    for name in ("report.html", "bundle/bonescan.json", "pictures/views.png", "thumbnail.png"):
        assert (one / name).is_file(), name
    assert "scans/one/bonescan/report.html" in (tmp_path / "out" / "index.html").read_text()


def test_a_changed_model_and_a_changed_scan_are_computed_again_and_nothing_else(a_week: Path, tmp_path: Path) -> None:
    write_bonescan_model(tmp_path / "model")
    settings = {"model": str(tmp_path / "model")}
    first = bonescan_cohort(a_week, tmp_path / "out", settings=settings, options=ALONE)
    assert (first.computed, first.reused) == (2, 0)
    (a_week / "two" / "scan.dcm").unlink()
    ScanWriter(a_week / "two").nm(views=("posterior",))
    second = bonescan_cohort(a_week, tmp_path / "out", settings=settings, options=ALONE)
    assert (second.computed, second.reused) == (1, 1)
    shutil.rmtree(tmp_path / "model")
    write_bonescan_model(tmp_path / "model", bias=1.0)
    third = bonescan_cohort(a_week, tmp_path / "out", settings=settings, options=ALONE)
    assert (third.computed, third.reused) == (2, 0)
    chances = [row[third.table.columns.index("probability")] for row in third.table.rows]
    before = [row[first.table.columns.index("probability")] for row in first.table.rows]
    assert chances[0] > before[0]


def test_the_row_of_a_batch_is_the_command_s_own(a_week: Path, a_bonescan_model: str, tmp_path: Path) -> None:
    from oncologyai.pipelines import BoneScanConfig
    from oncologyai.workflows import ScanForm, bonescan_to_bundle

    settings = {"model": a_bonescan_model}
    report = bonescan_cohort(a_week, tmp_path / "out", settings=settings, options=ALONE)
    bonescan_to_bundle([a_week / "one"], tmp_path / "alone", form=ScanForm(BoneScanConfig(a_bonescan_model)))
    prediction = (tmp_path / "alone" / "prediction.csv").read_bytes()
    assert (tmp_path / "out" / "scans" / "one" / "bonescan" / "prediction.csv").read_bytes() == prediction
    row = dict(zip(report.table.columns, report.table.rows[0], strict=True))
    assert row["case"] == "one" and str(row["probability"]) == prediction.decode().splitlines()[1].split(",")[0]
