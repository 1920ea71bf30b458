"""A run into a folder that is not empty: what it replaces, takes away and leaves alone."""

import json
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import OutputError
from oncologyai.imaging import write_volume
from oncologyai.types import Point, Volume
from oncologyai.workflows import run, run_config, run_sample

SEED = (Point("Inside-1", (20.0, 20.0, 20.0)),)


@pytest.fixture
def a_study(tmp_path: Path) -> Path:
    k, j, i = np.indices((20, 20, 20))
    hu = np.where((i - 10) ** 2 + (j - 10) ** 2 + (k - 10) ** 2 <= 25, 40, -850).astype(np.int16)
    hu = (hu + np.random.default_rng(1).integers(-20, 20, hu.shape)).astype(np.int16)
    path = tmp_path / "Mustermann^Erika 4711.nrrd"
    write_volume(Volume(hu, np.diag([2.0, 2.0, 2.0, 1.0]), modality="CT", unit="HU"), path)
    return path


def test_second_run_leaves_nothing_of_the_first_but_the_user_s_own(a_study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for stale in ("scene.mrb", "rtstruct.dcm", "segmentation.dcm", "my notes.txt"):
        (out / stale).write_text("of another patient", encoding="utf-8")
    result = run(a_study, SEED, out=out, config=run_config(scene=False))
    there = {path.name for path in out.iterdir()}
    assert there == {path.name for path in result.outputs} | {"my notes.txt"}
    assert not {"scene.mrb", "rtstruct.dcm", "segmentation.dcm"} & there
    again = run(a_study, SEED, out=out, config=run_config(scene=False))
    assert again.outputs == result.outputs


def test_no_output_holds_the_name_of_the_file_and_both_provenances_are_the_run_s(a_study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(a_study, SEED, out=out, config=run_config(scene=False))
    for path in out.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"Mustermann" not in content, path
    whole = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert whole == json.loads((out / "bundle" / "provenance.json").read_text(encoding="utf-8"))
    assert whole["pipeline"] == "run"
    assert whole["settings"]["command"].startswith("oncology-ai run STUDY --seed 20.0,20.0,20.0")


@pytest.mark.parametrize("name", ["bundle", "pictures"])
def test_folder_of_the_user_s_is_not_replaced(name: str, a_study: Path, tmp_path: Path) -> None:
    own = tmp_path / "out" / name / "own.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="expected nothing there, or what an earlier run made"):
        run(a_study, SEED, out=tmp_path / "out", config=run_config(scene=False))
    assert own.read_text(encoding="utf-8") == "mine"


def test_sample_does_not_replace_a_study_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    with pytest.raises(OutputError, match="study: expected nothing there"):
        run_sample("ct", tmp_path, config=run_config(scene=False))


def test_settings_decide_which_features_a_run_extracts(a_study: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("featureClass:\n  glcm: [Contrast]\n", encoding="utf-8")
    result = run(a_study, SEED, out=tmp_path / "out", config=run_config(scene=False, settings=settings))
    table = result.bundle.table("Features")
    assert table is not None and table.columns == ("segment", "original_glcm_Contrast")
