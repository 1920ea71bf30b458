"""Synthetic thoraxes for training: what a seed draws is drawn again, and the tumour lies in an aerated lung."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.imaging import read_masks, read_volume

pytestmark = pytest.mark.slow

_SCRIPT = Path(__file__).resolve().parents[1] / "training" / "make_thoraxes.py"


def _make(folder: Path) -> list[dict[str, str]]:
    command = [sys.executable, str(_SCRIPT), str(folder), "--cases", "2", "--seed", "5", "--prefix", "t"]
    subprocess.run(command, check=True, capture_output=True)
    with (folder / "cases.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_seed_draws_the_same_patients_again_and_no_two_alike(tmp_path) -> None:
    rows, again = _make(tmp_path / "one"), _make(tmp_path / "two")
    assert [row["case"] for row in rows] == ["t-000", "t-001"]
    images = [read_volume(tmp_path / "one" / row["ct"]) for row in rows]
    twins = [read_volume(tmp_path / "two" / row["ct"]) for row in again]
    for image, twin in zip(images, twins, strict=True):
        assert image.modality == "CT" and image.unit == "HU"
        assert np.array_equal(image.array, twin.array) and np.array_equal(image.ijk_to_ras, twin.ijk_to_ras)
    assert images[0].spacing_mm != images[1].spacing_mm
    for row, image in zip(rows, images, strict=True):
        truth = read_masks(tmp_path / "one" / row["mask"], grid=image)[0]
        assert 0.2 < truth.volume_ml < 500
        assert image.array[truth.array].mean() > -600 > np.median(image.array)


def test_a_call_that_was_cut_off_goes_on(tmp_path) -> None:
    rows = _make(tmp_path)
    stamp = (tmp_path / rows[0]["ct"]).stat().st_mtime_ns
    (tmp_path / rows[1]["mask"]).unlink()
    assert _make(tmp_path) == rows
    assert (tmp_path / rows[0]["ct"]).stat().st_mtime_ns == stamp and (tmp_path / rows[1]["mask"]).is_file()
