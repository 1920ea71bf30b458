"""Synthetic bone scans as DICOM."""

import csv
import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.imaging import read_masks
from oncologyai.samples import (
    CAMERAS,
    BoneScanSpec,
    Camera,
    WrittenBoneScan,
    draw_cohort,
    write_bonescan_cohort,
    write_bonescan_sample,
)
from oncologyai.scintigraphy import read_whole_body


def coarse(name: str) -> Camera:
    own = CAMERAS[name]
    return replace(own, rows=own.rows // 2, columns=own.columns // 2, pixel_mm=2 * own.pixel_mm)


def _spec(name: str) -> BoneScanSpec:
    return BoneScanSpec(camera=coarse(name), metastases=4)


@pytest.fixture(scope="module", params=sorted(CAMERAS))
def a_sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> WrittenBoneScan:
    folder = tmp_path_factory.mktemp("bonescan") / "Prüfling"
    return write_bonescan_sample(folder, seed=5, spec=_spec(request.param))


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_scan_of_each_camera_is_read_back_as_it_was_made(a_sample: WrittenBoneScan) -> None:
    back = read_whole_body(a_sample.folder)
    assert back.notes == ()
    for name, view in a_sample.scan.views.items():
        np.testing.assert_array_equal(back.views[name].array, view.array)
        np.testing.assert_allclose(back.views[name].ijk_to_ras, view.ijk_to_ras, atol=1e-6)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy of Debian's dicom3tools is not installed")
def test_validator_finds_no_error(a_sample: WrittenBoneScan) -> None:
    for file in a_sample.files:
        told = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True, check=False)
        assert "Error" not in told.stderr + told.stdout, told.stderr + told.stdout


def test_everything_is_labelled_synthetic(a_sample: WrittenBoneScan) -> None:
    for file in a_sample.files:
        header = pydicom.dcmread(file)
        assert str(header.PatientName) == "SYNTHETIC^BONESCAN"
        assert header.Manufacturer == "OncologyAI synthetic"
        assert "no patient" in header.ImageComments


def test_files_of_one_study_share_it_and_differ_in_their_own(a_sample: WrittenBoneScan) -> None:
    headers = [pydicom.dcmread(file) for file in a_sample.files]
    assert len({h.StudyInstanceUID for h in headers}) == 1
    assert len({h.SOPInstanceUID for h in headers}) == len({h.SeriesInstanceUID for h in headers}) == len(headers)


def test_truth_stands_beside_the_scan(a_sample: WrittenBoneScan) -> None:
    told = json.loads((a_sample.folder / "truth.json").read_text(encoding="utf-8"))
    assert told["metastases"] is True
    assert [f["label"] for f in told["foci"]][:4] == [f"Metastasis {n}" for n in range(1, 5)]
    for view, masks in a_sample.scan.masks.items():
        back = read_masks(a_sample.folder / f"truth_{view}.seg.nrrd")
        assert [m.label for m in back] == [m.label for m in masks]
        for one, other in zip(back, masks, strict=True):
            np.testing.assert_array_equal(one.array, other.array)


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_bonescan_sample(tmp_path / name, seed=7, spec=_spec("beta"))
    assert _hashes(tmp_path / "one") == _hashes(tmp_path / "two")


def test_cohort_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    cases = draw_cohort("B", 3, camera=coarse("beta"))
    write_bonescan_cohort(cases[:2], tmp_path)
    before = (tmp_path / cases[0].name / "truth.json").stat().st_mtime_ns
    table = write_bonescan_cohort(cases, tmp_path)
    assert (tmp_path / cases[0].name / "truth.json").stat().st_mtime_ns == before
    with table.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["case"] for row in rows] == [case.name for case in cases]
    assert [row["metastases"] for row in rows] == [str(int(case.has_metastases)) for case in cases]
    for row in rows:
        assert set(read_whole_body(tmp_path / row["scan"]).views) == {"anterior", "posterior"}


class _LeavesAt:
    def __init__(self, stage: str) -> None:
        self.wanted, self.now = stage, ""

    def stage(self, name: str, share: float) -> None:
        self.now = name if share > 0.0 else ""

    def cancelled(self) -> bool:
        return self.now == self.wanted


def test_cancelled_leaves_no_part_of_a_scan(tmp_path: Path) -> None:
    with pytest.raises(CancelledError, match="cancelled"):
        write_bonescan_sample(tmp_path / "x", spec=_spec("beta"), progress=_LeavesAt("counts"))
    assert list(tmp_path.iterdir()) == []
    cases = draw_cohort("B", 3, camera=coarse("beta"))
    with pytest.raises(CancelledError, match="cancelled"):
        write_bonescan_cohort(cases, tmp_path, progress=_LeavesAt("scans"))
    assert sorted(p.name for p in tmp_path.iterdir()) == [case.name for case in cases[:2]]


def test_rejects_a_negative_seed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="seed: expected a whole number from 0, got -1"):
        write_bonescan_sample(tmp_path, seed=-1)
