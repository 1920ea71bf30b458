"""The benchmark of eight patients: a network learns them by heart, and it says on what input."""

import subprocess
import sys
from pathlib import Path

import pytest

_BENCH = Path(__file__).resolve().parents[1] / "benchmarks" / "bench_outcome_overfit.py"


@pytest.mark.slow
def test_eight_patients_are_overfitted(shared_data, tmp_path) -> None:
    words = [sys.executable, str(_BENCH), str(shared_data), "2be3net", "--work", str(tmp_path), "--minutes", "5"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    header, _, line = (text.strip("| ").split(" | ") for text in done.stdout.strip().splitlines())
    row = dict(zip(header, line, strict=True))
    assert row["network"] == "2be3net" and row["input"] == "24x48x48"
    assert float(row["training AUC"]) == 1.0 and float(row["greatest gap"]) <= 0.1
    patients = (tmp_path / "cases.csv").read_text().splitlines()[1:]
    assert len(patients) == 8 and sum(line.endswith(",1") for line in patients) == 4
