"""The benchmark of two patients: runs, goes on where a list stopped, and says what it did."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

_BENCH = Path(__file__).resolve().parents[1] / "benchmarks" / "bench_overfit.py"


@pytest.mark.slow
def test_two_patients_are_overfitted_and_a_finished_network_is_not_run_again(shared_data, tmp_path) -> None:
    words = [sys.executable, str(_BENCH), "resenc-unet", "--out", str(tmp_path / "overfit.csv")]
    first = subprocess.run(words, check=True, capture_output=True, text=True)
    with (tmp_path / "overfit.csv").open() as stream:
        (row,) = csv.DictReader(stream)
    assert first.stdout.startswith("resenc-unet | ")
    assert row["patients"] == "STS_003 STS_008" and int(row["steps"]) <= 500
    assert min(float(row["dice_1"]), float(row["dice_2"])) > 0.9
    second = subprocess.run(words, check=True, capture_output=True, text=True)
    assert second.stdout == ""
