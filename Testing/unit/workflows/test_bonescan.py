"""From a study to a reported scene: what is written, what names nobody, and the same from every way in."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import BoneScanBundle, read_bonescan
from oncologyai.errors import CancelledError, InputError, MissingFileError, OutputError
from oncologyai.pipelines import BoneScanConfig
from oncologyai.scintigraphy import ScanReading
from oncologyai.workflows import (
    ScanForm,
    answer_bonescan,
    bonescan_to_bundle,
    request_of_study,
    run_bonescan,
    run_bonescan_request,
    run_bonescan_sample,
)
from Testing.unit.scintigraphy.conftest import ScanWriter

NAME = "Mustermann"


@pytest.fixture
def a_study(tmp_path: Path) -> Path:
    folder = tmp_path / f"{NAME}^Erika 4711"
    folder.mkdir()
    ScanWriter(folder).nm(PatientName=f"{NAME}^Erika", PatientID="4711", SeriesDescription=f"WB {NAME}")
    return folder


@pytest.fixture
def a_form(a_bonescan_model: str) -> ScanForm:
    return ScanForm(BoneScanConfig(a_bonescan_model), scene=False)


def test_writes_report_tables_pictures_bundle_and_provenance(a_study: Path, a_form: ScanForm, tmp_path: Path) -> None:
    made = run_bonescan([a_study], tmp_path / "out", form=a_form)
    names = {path.name for path in made.outputs}
    assert {"report.html", "prediction.csv", "provenance.json", "pictures", "bundle"} <= names
    assert names == {path.name for path in (tmp_path / "out").iterdir()}
    told = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert told["settings"]["command"] == "oncology-ai bonescan STUDY --model blobs --no-scene --out RESULTS"
    assert {"read", "model", "classify", "pictures"} <= set(told["seconds"])
    back = read_bonescan(tmp_path / "out" / "bundle")
    assert back.tables == made.bundle.tables and back.foci == made.bundle.foci
    for view, volume in made.bundle.maps.items():
        np.testing.assert_array_equal(back.maps[view].array, volume.array)


def test_nothing_written_names_the_patient(a_study: Path, a_form: ScanForm, tmp_path: Path) -> None:
    made = run_bonescan([a_study], tmp_path / "out", form=a_form)
    assert made.bundle.name == "NM" and made.bundle.patient.startswith("P-")
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert NAME.encode() not in content and b"4711" not in content, path


def test_second_run_leaves_nothing_of_the_first_but_the_user_s_own(
    a_study: Path, a_form: ScanForm, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for stale in ("scene.mrb", "sanity.csv", "my notes.txt"):
        (out / stale).write_text("of another patient", encoding="utf-8")
    made = run_bonescan([a_study], out, form=a_form)
    assert {path.name for path in out.iterdir()} == {path.name for path in made.outputs} | {"my notes.txt"}
    assert run_bonescan([a_study], out, form=a_form).outputs == made.outputs


def test_refuses_a_folder_of_the_user_s_and_leaves_nothing_of_a_study_that_is_none(
    a_study: Path, a_form: ScanForm, tmp_path: Path
) -> None:
    (tmp_path / "mine" / "bundle").mkdir(parents=True)
    with pytest.raises(OutputError, match="what an earlier run made"):
        run_bonescan([a_study], tmp_path / "mine", form=a_form)
    with pytest.raises(MissingFileError, match="nothing there"):
        run_bonescan([tmp_path / "nowhere"], tmp_path / "out", form=a_form)
    assert not (tmp_path / "out").exists()


def test_the_same_from_files_and_from_a_panel_s_request(a_study: Path, a_form: ScanForm, tmp_path: Path) -> None:
    bonescan_to_bundle([a_study], tmp_path / "files", form=a_form)
    made = read_bonescan(tmp_path / "files")
    asked = BoneScanBundle(made.name, made.views, made.patient, made.study, {"model": "blobs"}, made.notes)
    asked.write(tmp_path / "request")
    answer_bonescan(tmp_path / "request", tmp_path / "panel")
    run_bonescan([a_study], tmp_path / "whole", form=a_form)
    for name in sorted(p.name for p in (tmp_path / "files").iterdir()):
        if name in ("bonescan.json", "provenance.json"):
            continue
        expected = (tmp_path / "files" / name).read_bytes()
        assert (tmp_path / "panel" / name).read_bytes() == expected, name
        if not name.endswith(".nrrd"):  # there it is compressed
            assert (tmp_path / "whole" / "bundle" / name).read_bytes() == expected, name
    index = [json.loads((tmp_path / place / "bonescan.json").read_text()) for place in ("files", "panel")]
    assert index[0] == index[1]


def test_a_request_gives_a_report_too(a_study: Path, a_form: ScanForm, tmp_path: Path) -> None:
    found = bonescan_to_bundle([a_study], tmp_path / "files", form=a_form)
    BoneScanBundle("WB", found.views, settings={"model": "blobs", "fast": True}).write(tmp_path / "request")
    made = run_bonescan_request(tmp_path / "request", tmp_path / "out", scene=False)
    assert (tmp_path / "out" / "report.html").is_file() and made.bundle.settings["fast"] is True


def test_a_request_with_strange_settings_is_refused(a_study: Path, a_form: ScanForm, tmp_path: Path) -> None:
    found = bonescan_to_bundle([a_study], tmp_path / "files", form=a_form)
    BoneScanBundle("WB", found.views, settings={"colour": "red"}).write(tmp_path / "request")
    with pytest.raises(InputError, match="settings: expected some of engine, fast, .* got colour"):
        answer_bonescan(tmp_path / "request", tmp_path / "panel")
    assert not (tmp_path / "panel").exists()


def test_options_that_were_not_left_at_their_defaults_stand_in_the_command(a_study: Path, tmp_path: Path) -> None:
    form = ScanForm(BoneScanConfig("m", method="hirescam", fast=True), ScanReading(90, "anterior", 2.0), "P", False)
    said = "--model m --method hirescam --fast --turn-deg 90 --view anterior --pixel-mm 2.0 --patient P --no-scene"
    assert " ".join(form.words()) == said


class _CancelsAt:
    def __init__(self, name: str) -> None:
        self._name, self._came = name, False

    def stage(self, name: str, share: float) -> None:
        self._came = self._came or name == self._name

    def cancelled(self) -> bool:
        return self._came


@pytest.mark.parametrize("stage", ["read", "model", "classify", "pictures", "report"])
def test_cancelled_at_any_stage_nothing_is_left(a_study: Path, a_form: ScanForm, tmp_path: Path, stage: str) -> None:
    with pytest.raises(CancelledError):
        run_bonescan([a_study], tmp_path / "out", form=a_form, progress=_CancelsAt(stage))
    assert not (tmp_path / "out").exists()
    assert {p.name for p in tmp_path.iterdir()} == {a_study.name}


@pytest.mark.slow
def test_the_sample_gives_a_scene_that_opens_again(a_bonescan_model: str, tmp_path: Path) -> None:
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    made = run_bonescan_sample(tmp_path / "out", form=ScanForm(BoneScanConfig(a_bonescan_model)))
    assert {"scene.mrb", "study", "report.html"} <= {path.name for path in made.outputs}
    assert made.bundle.notes[0] == "synthetic sample: not a patient"
    from oncologyai import host, scene

    slicer = host.start()
    scene.load_mrb(tmp_path / "out" / "scene.mrb")
    for name in ("Prediction", f"{made.bundle.name} anterior", f"{made.bundle.name} grad-cam blobs posterior"):
        assert slicer.mrmlScene.GetFirstNodeByName(name) is not None, name
    scene.hide_views()
    host.clear()


def test_a_study_becomes_a_request_without_being_classified(a_study):
    bundle = request_of_study([a_study])
    assert bundle.views
    assert not bundle.maps
    assert not bundle.tables
    assert bundle.patient.startswith("P-")
    assert NAME not in f"{bundle.name} {bundle.patient} {bundle.study} {bundle.notes}"
