"""Bad input: one clear line, exit code 2, nothing half written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from oncologyai.imaging import read_volume, write_volume
from oncologyai.samples import SampleTruth, write_sample
from oncologyai.types import Mask, Volume

RunCommand = Callable[..., Any]


@pytest.fixture(scope="module")
def a_study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleTruth]:
    folder = tmp_path_factory.mktemp("sample") / "Studie für Übung 1"
    return folder, write_sample("ct", folder, seed=1)


@pytest.fixture(scope="module")
def a_pet_study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleTruth]:
    folder = tmp_path_factory.mktemp("sample") / "petct"
    return folder, write_sample("petct", folder, seed=1)


def seed_of(truth: SampleTruth) -> str:
    return ",".join(f"{v:.2f}" for v in truth.seeds_ras[0])


def assert_refused(result: Any, out: Path, *said: str) -> None:
    assert result.code == 2, result.err
    assert len(result.err.strip().splitlines()) == 1, result.err
    for text in said:
        assert text in result.err
    assert not out.exists()
    if out.parent.exists():
        assert not [p for p in out.parent.iterdir() if p.name.startswith(f".{out.name}.")]


def images_of(folder: Path, modality: str) -> list[Path]:
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".dcm":
            header = pydicom.dcmread(path, stop_before_pixels=True)
            if header.Modality == modality:
                found.append((float(header.ImagePositionPatient[2]), path))
    return [path for _, path in sorted(found)]


def test_empty_folder(oncology_ai: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = oncology_ai("run", tmp_path / "empty", "--seed", "0,0,0", "--out", tmp_path / "out")
    assert_refused(result, tmp_path / "out", "empty", "expected", "got")


def test_folder_that_does_not_exist(oncology_ai: RunCommand, tmp_path: Path) -> None:
    result = oncology_ai("run", tmp_path / "absent", "--seed", "0,0,0", "--out", tmp_path / "out")
    assert_refused(result, tmp_path / "out", "absent")


def test_text_file_called_dcm(oncology_ai: RunCommand, tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "a.dcm").write_text("this is not DICOM")
    result = oncology_ai("run", tmp_path / "study", "--seed", "0,0,0", "--out", tmp_path / "out")
    assert_refused(result, tmp_path / "out", "a.dcm")


def test_missing_slice(oncology_ai: RunCommand, a_study: tuple[Path, SampleTruth], tmp_path: Path) -> None:
    folder, truth = a_study
    shutil.copytree(folder, tmp_path / "study")
    slices = images_of(tmp_path / "study", "CT")
    position = pydicom.dcmread(slices[10], stop_before_pixels=True).ImagePositionPatient[2]
    slices[10].unlink()
    result = oncology_ai("run", tmp_path / "study", "--seed", seed_of(truth), "--out", tmp_path / "out")
    assert_refused(result, tmp_path / "out", f"{float(position):.1f}")


def test_two_patients_mixed(oncology_ai: RunCommand, a_study: tuple[Path, SampleTruth], tmp_path: Path) -> None:
    folder, truth = a_study
    shutil.copytree(folder, tmp_path / "study" / "one")
    shutil.copytree(folder, tmp_path / "study" / "two")
    for path in (tmp_path / "study" / "two").rglob("*.dcm"):
        data = pydicom.dcmread(path)
        data.PatientID = "SOMEBODY-ELSE"
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            data[keyword].value = data[keyword].value[:-1] + "9"
        data.save_as(path)
    result = oncology_ai("run", tmp_path / "study", "--seed", seed_of(truth), "--out", tmp_path / "out")
    assert_refused(result, tmp_path / "out", "SOMEBODY-ELSE")


def test_seed_outside_the_image(oncology_ai: RunCommand, a_study: tuple[Path, SampleTruth], tmp_path: Path) -> None:
    result = oncology_ai("run", a_study[0], "--seed", "9000,0,0", "--out", tmp_path / "out")
    assert_refused(result, tmp_path / "out", "9000")


def test_mask_on_another_grid(oncology_ai: RunCommand, tmp_path: Path) -> None:
    volume = Volume(np.zeros((6, 8, 8), np.int16), np.eye(4), "CT", "HU")
    write_volume(volume, tmp_path / "image.nrrd")
    other = Volume(np.ones((6, 8, 8), np.uint8), np.diag([2.0, 2.0, 1.0, 1.0]))
    write_volume(other, tmp_path / "mask.nrrd")
    out = tmp_path / "features.csv"
    result = oncology_ai("features", tmp_path / "image.nrrd", tmp_path / "mask.nrrd", "--out", out)
    assert_refused(result, out, "label 1", "grid", "8x8x6 of 2.000x2.000x1.000 mm")


def test_unwritable_folder(oncology_ai: RunCommand, a_study: tuple[Path, SampleTruth], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "out"
    result = oncology_ai("run", a_study[0], "--seed", seed_of(a_study[1]), "--out", out)
    assert result.code == 2
    assert "can be written" in result.err
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission(oncology_ai: RunCommand, a_study: tuple[Path, SampleTruth], tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    result = oncology_ai("run", a_study[0], "--seed", seed_of(a_study[1]), "--out", tmp_path / "locked" / "out")
    assert_refused(result, tmp_path / "locked" / "out", "can be written")


def test_pet_without_weight(oncology_ai: RunCommand, a_pet_study: tuple[Path, SampleTruth], tmp_path: Path) -> None:
    folder, truth = a_pet_study
    shutil.copytree(folder, tmp_path / "study")
    for path in images_of(tmp_path / "study", "PT"):
        data = pydicom.dcmread(path)
        del data.PatientWeight
        data.save_as(path)
    result = oncology_ai(
        "run", tmp_path / "study", "--modality", "PT", "--seed", seed_of(truth), "--out", tmp_path / "out"
    )
    assert_refused(result, tmp_path / "out", "PatientWeight")


def test_failed_run_keeps_the_old_results(
    oncology_ai: RunCommand, a_study: tuple[Path, SampleTruth], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("old")
    result = oncology_ai("run", a_study[0], "--seed", "9000,0,0", "--out", out)
    assert result.code == 2
    assert (out / "report.html").read_text() == "old"
    assert [p.name for p in out.iterdir()] == ["report.html"]


def test_spaces_and_other_letters_in_paths(
    oncology_ai: RunCommand, a_study: tuple[Path, SampleTruth], tmp_path: Path
) -> None:
    folder, truth = a_study
    out = tmp_path / "Ergebnis für 北京" / "maske ä.seg.nrrd"
    result = oncology_ai("segment", folder, "--modality", "CT", "--seed", seed_of(truth), "--out", out)
    assert result.code == 0, result.err
    assert out.is_file()
    back = read_volume(folder, modality="CT")
    from oncologyai.imaging import read_masks

    (mask,) = read_masks(out, grid=back)
    assert isinstance(mask, Mask)
    assert not mask.is_empty
