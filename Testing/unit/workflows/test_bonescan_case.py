"""One scan of many: little is kept, and threads are those that a worker is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oncologyai import pipelines
from oncologyai.imaging import read_volume
from oncologyai.pipelines import BoneScanConfig
from oncologyai.workflows import ScanForm, bonescan_case_files
from Testing.unit.scintigraphy.conftest import ScanWriter


@pytest.fixture
def a_form(a_bonescan_model: str) -> ScanForm:
    return ScanForm(BoneScanConfig(a_bonescan_model), scene=False)


def test_keeps_maps_tables_thumbnail_and_provenance_and_no_views(a_form: ScanForm, tmp_path: Path) -> None:
    study, folder = ScanWriter(tmp_path).nm(views=("posterior",)), tmp_path / "case"
    folder.mkdir()
    row = bonescan_case_files([study], folder, form=a_form)
    names = {path.name for path in folder.iterdir()}
    assert {"map_posterior.nrrd", "prediction.csv", "thumbnail.png", "bonescan.provenance.json"} <= names
    assert not names & {"posterior.nrrd", "report.html", "scene.mrb", "map_anterior.nrrd"}
    assert row.columns[-1] == "notes" and "anterior view is missing" in str(row.rows[0][-1])
    values = read_volume(folder / "map_posterior.nrrd").array
    assert values.shape == (1, 512, 128) and values.min() >= 0.0 and 0.5 < values.max() <= 1.0
    told = json.loads((folder / "bonescan.provenance.json").read_text())
    assert told["settings"]["bonescan"]["model"] == "blobs"


def test_a_worker_of_several_uses_the_threads_that_it_is_told(
    a_form: ScanForm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    classify = pipelines.classify_bonescan

    def noting(*given, threads: int = 0, **rest):
        asked.append(threads)
        return classify(*given, threads=threads, **rest)

    monkeypatch.setattr("oncologyai.workflows.bonescan_bundle.classify_bonescan", noting)
    study = ScanWriter(tmp_path).nm()
    for number, text in enumerate(("1", "")):
        monkeypatch.setenv("OMP_NUM_THREADS", text)
        (tmp_path / str(number)).mkdir()
        bonescan_case_files([study], tmp_path / str(number), form=a_form)
    assert asked == [1, 0]
