"""The whole command on two real patients."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oncologyai.imaging import read_masks, read_volume
from oncologyai.metrics import compare_masks

OUTPUTS = {
    "report.html",
    "scene.mrb",
    "segmentation.seg.nrrd",
    "segmentation.dcm",
    "rtstruct.dcm",
    "measurements.json",
    "features.csv",
    "provenance.json",
    "pictures",
    "bundle",
}
PATIENTS = {
    "LUNG1-001_20180209_CT": "-93.3,208.6,-459.5",
    "LUNG1-002_20180526_CT": "75.2,-17.6,-16.4",
}


@pytest.mark.slow
@pytest.mark.parametrize("patient", PATIENTS)
def test_one_seed_gives_every_output(
    patient: str, shared_data: Path, oncology_ai: Callable[..., Any], tmp_path: Path
) -> None:
    study = shared_data / "lung1" / patient
    result = oncology_ai("run", study, "--seed", PATIENTS[patient], "--out", tmp_path / "out")
    assert result.code == 0, result.err
    assert {p.name for p in (tmp_path / "out").iterdir()} == OUTPUTS
    assert result.peak_mb < 2000
    pictures = {p.name for p in (tmp_path / "out" / "pictures").iterdir()}
    assert pictures == {"3d.png", "axial.png", "coronal.png", "lesion.png", "sagittal.png"}
    volume = read_volume(study, modality="CT")
    (mask,) = read_masks(tmp_path / "out" / "segmentation.seg.nrrd", grid=volume)
    (from_dicom,) = read_masks(tmp_path / "out" / "segmentation.dcm", grid=volume)
    assert (mask.array == from_dicom.array).all()
    (truth,) = read_masks(study, grid=volume, names=["GTV-1"])
    dice = compare_masks(truth, mask)["dice"]
    assert dice > 0.8
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert patient[:9] not in report
    assert "not for clinical use" in report
    seconds = json.loads((tmp_path / "out" / "provenance.json").read_text())["seconds"]
    assert {"read", "segment", "measure", "features", "dicom", "scene", "pictures"} <= set(seconds)
