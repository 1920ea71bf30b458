"""The bone-scan command as a user runs it: the real scan in its encodings, and a folder whose run is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from oncologyai.bundle import read_bonescan
from oncologyai.cli import main
from Testing.bonescan_model import write_bonescan_model
from Testing.unit.scintigraphy.conftest import ScanWriter

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["JPGExtended.dcm", "JPEG2000.dcm", "JPEG-LL.dcm"])
def test_the_real_scan_is_classified_and_explained_in_each_encoding(name: str, tmp_path: Path) -> None:
    """By the demonstration model, whose answer is reported as what it is; the scene has the one view."""
    from pydicom.data import get_testdata_file

    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"{name} is in pydicom-data, which is not installed")
    assert main(["bonescan", str(path), "--no-scene", "--out", str(tmp_path / "out")]) == 0
    found = read_bonescan(tmp_path / "out" / "bundle")
    assert list(found.views) == list(found.maps) == ["anterior"]
    assert found.maps["anterior"].same_grid(found.views["anterior"])
    chance, low, high = (float(found.value(column) or 0.0) for column in ("probability", "low", "high"))
    assert 0.0 < low < chance < high < 1.0
    assert any("posterior view is missing" in note for note in found.notes)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "says nothing about a patient" in page and "posterior view is missing" in page


@pytest.mark.slow
def test_a_folder_whose_run_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    write_bonescan_model(tmp_path / "blobs")
    for number in range(6):
        (tmp_path / "week" / f"{number}").mkdir(parents=True)
        ScanWriter(tmp_path / "week" / f"{number}").nm(StudyInstanceUID=f"1.2.{number}", PatientID=f"P{number}")
    words = [sys.executable, "-m", "oncologyai", "bonescan", str(tmp_path / "week"), "--each", "--workers", "1"]
    words += ["--model", str(tmp_path / "blobs"), "--out", str(tmp_path / "out"), "--progress", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    assert child.stdout is not None
    for line in child.stdout:
        if json.loads(line).get("share", 0.0) > 0.2:
            break
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=60)
    assert not (tmp_path / "out" / "results.csv").exists()
    again = subprocess.run(words, capture_output=True, text=True, check=True, env=environment)
    told = json.loads(again.stdout.splitlines()[-1])
    assert told["rows"] == 6 and told["reused"] >= 1 and told["reused"] + told["computed"] == 6
    assert len((tmp_path / "out" / "results.csv").read_text().splitlines()) == 7
