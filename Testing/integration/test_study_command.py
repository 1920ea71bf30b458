"""A preference study as people run it: on real DICOM with RTSTRUCT, and cut short by Ctrl-C and kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.imaging import read_masks, read_volume, write_masks, write_volume
from oncologyai.studies import read_answers, read_items, read_preference_item, read_study
from oncologyai.types import Mask, Volume

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_readers_of_a_real_patient_get_his_voxels_and_nothing_else(shared_data: Path, tmp_path: Path) -> None:
    patient = shared_data / "lung1" / "LUNG1-001_20180209_CT"
    image = read_volume(patient, modality="CT")
    (truth,) = read_masks(patient, grid=image, names=["GTV-1"])
    write_masks([Mask.on(image, np.roll(truth.array, 3, axis=1))], tmp_path / "moved.nrrd")
    table = tmp_path / "cases.csv"
    table.write_text(
        f"case,image,automatic,manual,manual structure,modality\nLUNG1-001,{patient},moved.nrrd,{patient},GTV-1,CT\n"
    )
    out = tmp_path / "study"
    assert main(["study", "create", "preference", "--table", str(table), "--out", str(out), "--reader", "Dr A"]) == 0
    source = image.dicom
    assert source is not None
    for path in (p for p in out.rglob("*") if p.is_file()):
        content = path.read_bytes().split(b"\n\n")[0]  # packed voxels may hold any three bytes
        for secret in ("LUNG1", "GTV", "manual", "automatic", source.series_uid, source.study_uid, "2018"):
            assert secret.encode() not in content, (path.name, secret)
    study = read_study(out)
    shown, left, right = read_preference_item(read_items(study, study.readers[0])[0])
    corner = tuple(round(v) for v in image.ijk_from_ras(shown.ras_from_ijk([0, 0, 0])))
    box = tuple(slice(at, at + size) for at, size in zip(corner[::-1], shown.shape, strict=True))
    assert np.array_equal(shown.array, image.array[box])
    contours = {mask.array.tobytes() for mask in (left, right)}
    assert truth.array[box].tobytes() in contours and len(contours) == 2


@pytest.fixture
def a_study(tmp_path: Path) -> Path:
    """Four cases and one reader."""
    affine = np.diag([-2.0, -2.0, 2.0, 1.0])
    volume = Volume(np.random.default_rng(0).integers(-900, 100, (12, 12, 12), dtype=np.int16), affine, "CT", "HU")
    write_volume(volume, tmp_path / "ct.nrrd")
    for name, half in (("automatic", 2), ("manual", 3)):
        array = np.zeros(volume.shape, dtype=np.bool_)
        array[6 - half : 6 + half, 6 - half : 6 + half, 6 - half : 6 + half] = True
        write_masks([Mask.on(volume, array)], tmp_path / f"{name}.nrrd")
    rows = [f"P{n},ct.nrrd,automatic.nrrd,manual.nrrd" for n in range(4)]
    (tmp_path / "cases.csv").write_text("\n".join(["case,image,automatic,manual", *rows]) + "\n")
    words = ["--table", str(tmp_path / "cases.csv"), "--out", str(tmp_path / "study"), "--reader", "Dr A"]
    assert main(["study", "create", "preference", *words]) == 0
    return tmp_path / "study"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_reader_cut_short_goes_on_with_the_next_item(number: signal.Signals, a_study: Path) -> None:
    study = read_study(a_study)
    reader = study.readers[0]
    words = [sys.executable, "-m", "oncologyai", "study", "answer", str(a_study), "--reader", "Dr A"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = subprocess.Popen(words, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes)
    assert child.stdin is not None
    child.stdin.write("l\nr\n")
    child.stdin.flush()
    until = time.monotonic() + 300
    while len(read_answers(study, reader)) < 2:
        assert child.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    child.send_signal(number)
    _, said = child.communicate(timeout=60)
    if number == signal.SIGKILL:
        assert child.returncode == -signal.SIGKILL
    else:
        assert child.returncode == 130, said
        assert not (a_study / "readers" / "01" / "now.png").exists()
    done = subprocess.run(
        words, input="l\nl\n", text=True, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert "Dr A: 2 of 4 answered" in done.stdout and done.stdout.endswith("4 of 4 answered\n")
    assert [a.choice for a in read_answers(study, reader)] == ["left", "right", "left", "left"]
