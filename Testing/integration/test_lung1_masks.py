"""Masks of two real patients: volumes, round trips, de-identification."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from oncologyai.imaging import (
    DeidentifyConfig,
    deidentify_folder,
    masks_from_structures,
    read_masks,
    read_rtstruct,
    read_volume,
    write_dicom_seg,
    write_rtstruct,
    write_seg_nrrd,
)
from oncologyai.types import Mask, Volume

pytestmark = pytest.mark.slow
_PATIENTS = ("LUNG1-001_20180209_CT", "LUNG1-002_20180526_CT")

# ROI Volume (3006,002C) of each file, but for 'Lung L' of 002, which it counts without its holes
_VOLUMES_ML = {
    _PATIENTS[0]: {
        "GTV-1": 155.9,
        "PTV-1": 589.9,
        "CTV-1": 275.2,
        "Spinal cord": 44.5,
        "Lung L": 2219.4,
        "Lung R": 2957.4,
        "Patient": 27573.5,
    },
    _PATIENTS[1]: {
        "GTV-1": 358.7,
        "PTV-1": 994.7,
        "CTV-1": 545.0,
        "Spinal cord": 63.6,
        "Lung L": 1817.0,
        "Lung R": 1886.0,
        "Heart": 1068.7,
        "Esophagus": 55.1,
    },
}


@pytest.fixture(scope="module", params=_PATIENTS)
def a_patient(request: pytest.FixtureRequest, shared_data: Path) -> tuple[str, Volume, tuple[Mask, ...]]:
    folder = shared_data / "lung1" / request.param
    volume = read_volume(folder, modality="CT")
    return request.param, volume, read_masks(folder, grid=volume)


def _errors(path: Path) -> list[str]:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")
    done = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]


def _named(masks: tuple[Mask, ...], label: str) -> Mask:
    return next(m for m in masks if m.label == label)


def test_volumes_are_those_of_the_planning_system(a_patient):
    name, _, masks = a_patient
    expected = _VOLUMES_ML[name]
    measured = {label: _named(masks, label).volume_ml for label in expected}
    assert measured == pytest.approx(expected, rel=0.01)


def test_structures_go_to_a_structure_set_and_back_voxel_for_voxel(a_patient, tmp_path):
    _, volume, masks = a_patient
    write_rtstruct(masks, volume, tmp_path / "rs.dcm")
    again, notes = masks_from_structures(read_rtstruct(tmp_path / "rs.dcm"), volume)
    assert notes == ()
    for before, after in zip(masks, again, strict=True):
        np.testing.assert_array_equal(after.array, before.array)
        assert (after.label, after.kind, after.code) == (before.label, before.kind, before.code)
    assert _errors(tmp_path / "rs.dcm") == []


def test_structures_go_to_a_dicom_segmentation_and_back_voxel_for_voxel(a_patient, tmp_path):
    _, volume, masks = a_patient
    some = tuple(_named(masks, label) for label in ("GTV-1", "Lung L", "Lung R"))
    write_dicom_seg(some, volume, tmp_path / "seg.dcm")
    for before, after in zip(some, read_masks(tmp_path / "seg.dcm", grid=volume), strict=True):
        np.testing.assert_array_equal(after.array, before.array)
        assert (after.label, after.kind, after.code) == (before.label, before.kind, before.code)
    assert _errors(tmp_path / "seg.dcm") == []


def test_structures_go_to_a_seg_nrrd_and_back_voxel_for_voxel(a_patient, tmp_path):
    _, volume, masks = a_patient
    write_seg_nrrd(masks, tmp_path / "a.seg.nrrd")
    for before, after in zip(masks, read_masks(tmp_path / "a.seg.nrrd", grid=volume), strict=True):
        np.testing.assert_array_equal(after.array, before.array)
        assert (after.label, after.kind, after.code) == (before.label, before.kind, before.code)


def test_a_deidentified_patient_keeps_image_and_structures(a_patient, shared_data, tmp_path):
    name, volume, masks = a_patient
    config = DeidentifyConfig(b"a key for this test", shift_dates=True, clean_descriptors=True)
    report = deidentify_folder(shared_data / "lung1" / name, tmp_path / "out", config)
    assert report.skipped == {}
    identity = name[:9].encode().lower()
    files = sorted(p for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert len(files) == report.written
    assert not [f for f in files if identity in f.read_bytes().lower()]
    again = read_volume(tmp_path / "out", modality="CT")
    np.testing.assert_array_equal(again.array, volume.array)
    (gtv,) = read_masks(tmp_path / "out", grid=again, names=["GTV-1"])
    np.testing.assert_array_equal(gtv.array, _named(masks, "GTV-1").array)
