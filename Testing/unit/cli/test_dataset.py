"""``oncology-ai dataset``: exit codes, what is told, and options as people write them."""

import json
from pathlib import Path

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.imaging import write_dicom_series
from oncologyai.types import Volume
from oncologyai.workflows.case_run import run_cases

WHO = {"PatientName": "A^B", "PatientID": "P1", "StudyDate": "20200131", "ConvolutionKernel": "B19f"}


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Run cases here: what a batch does with them is shown elsewhere."""
    monkeypatch.setattr("oncologyai.batch.BatchRunner", lambda options: run_cases)


@pytest.fixture
def studies(tmp_path) -> Path:
    volume = Volume(np.full((6, 12, 12), 40, np.int16), np.diag([-1.0, -1.0, 3.0, 1.0]), "CT", "HU")
    write_dicom_series(volume, tmp_path / "in", attributes=WHO)
    return tmp_path / "in"


def test_a_series_that_fails_counts_only_with_strict(studies, tmp_path, capsys):
    words = ["dataset", "check", str(studies), str(tmp_path / "out"), "--kernel", "b60*", "--progress", "none"]
    assert main(words) == 0
    assert "0 series pass, 1 fail; see checks.html" in capsys.readouterr().out
    assert main([*words, "--strict"]) == 2
    assert main([*words[:4], "--kernel", "b19*", "--strict"]) == 0


def test_options_come_on_top_of_the_file_of_limits(studies, tmp_path):
    limits = tmp_path / "limits.yaml"
    limits.write_text("slices: [100, null]\nmodalities: [CT]\n")
    words = ["dataset", "check", str(studies), str(tmp_path / "out"), "--strict", "--limits", str(limits)]
    assert main(words) == 2
    assert main([*words, "--slices", "5,"]) == 0
    assert main([*words, "--slices", "5,", "--thickness", "3", "--pixel", ",1", "--modality", "mr"]) == 2
    assert main([*words, "--slices", "5,", "--orientation", "sagittal"]) == 2
    assert main([*words, "--slices", "5,", "--orientation", "any", "--several-series"]) == 0


@pytest.mark.parametrize("text", ["a,b", "1,2,3", ","])
def test_a_range_that_is_none_is_told(studies, tmp_path, capsys, text):
    assert main(["dataset", "check", str(studies), str(tmp_path / "out"), "--slices", text]) == 2
    assert "--slices: expected two numbers such as 1,3 or ,3" in capsys.readouterr().err


def test_describe_and_preview_say_what_they_made(studies, tmp_path, capsys):
    assert main(["dataset", "describe", str(studies), str(tmp_path / "d"), "--tag", "KVP", "--progress", "json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"event": "done", "series": 1, "failed": 0, "kept": 0}
    assert main(["dataset", "preview", str(studies), str(tmp_path / "p"), "--window", "-160,240", "--rows", "1"]) == 0
    assert "1 images; see preview.html" in capsys.readouterr().out
    assert main(["dataset", "preview", str(studies), str(tmp_path / "p"), "--window", "240"]) == 2
    assert main(["dataset", "preview", str(studies), str(tmp_path / "p"), "--modality", "mr"]) == 2


def test_chains_are_listed_shown_and_run(studies, tmp_path, capsys):
    assert main(["dataset", "presets"]) == 0
    assert "ch3-glioblastoma: Brain MR, ch. 3" in capsys.readouterr().out
    assert main(["dataset", "presets", "none"]) == 0
    own = json.loads(capsys.readouterr().out)
    (tmp_path / "own.json").write_text(json.dumps(own | {"name": "own", "steps": [{"step": "NormaliseZScore"}]}))
    words = ["dataset", "preprocess", str(studies), str(tmp_path / "out"), "--preset"]
    assert main([*words, str(tmp_path / "own.json")]) == 0
    assert "1 files; see index.csv" in capsys.readouterr().out
    assert main([*words, "ch3-glioblastoma"]) == 2
    assert "--fit: expected a file for the numbers" in capsys.readouterr().err
    assert main([*words, "ch4-minimalist"]) == 2
    assert "modality MR" in capsys.readouterr().err


def test_cases_that_cannot_be_done_are_told_and_make_2_only_where_none_is_done(studies, tmp_path, capsys):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "CT_image.nrrd").write_bytes(b"nothing")
    assert main(["dataset", "preview", str(tmp_path / "plain"), str(tmp_path / "p")]) == 2
    said = capsys.readouterr()
    assert "failed: CT_image: " in said.err and "1 not done: see failures.csv" in said.out
