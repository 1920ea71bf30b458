"""The benchmark of inference, on few slices of a synthetic chest and a narrow network: it runs whole and says all."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from oncologyai.samples import GridSpec, ThoraxSpec, write_sample

pytestmark = pytest.mark.slow

_BENCH = Path(__file__).resolve().parents[1] / "benchmarks" / "bench_inference.py"


def test_both_sides_stages_steps_and_agreement_are_told(tmp_path) -> None:
    grid = GridSpec(size=(160, 160, 50), spacing_mm=(2.3, 2.3, 6.0))
    write_sample("ct", tmp_path, spec=ThoraxSpec(grid=grid, vessels=60))
    narrow = ["--slices", "4", "--weights", "2", "--filters", "4", "6", "8", "10", "12"]
    command = [sys.executable, str(_BENCH), str(tmp_path / "CT"), *narrow]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = ("read the CT", "isolate lungs", "harmonise", "load the engine", "network", "restore", "in all")
    assert all(re.search(rf"^  {row} +\d+\.\d+ \(\d", said, re.MULTILINE) for row in rows)
    steps = ("slices that hold lung", "crop to the lungs", "engine, with its export", "precision")
    assert all(re.search(rf"^  {step} +\d+\.\d+ times", said, re.MULTILINE) for step in steps)
    assert re.search(r"faster in all: \d", said) and re.search(r"peak memory: ours \d+ MB", said)
    agreed = [float(share) for share in re.findall(r"within 0\.01: ([\d.]+) %", said)]
    assert len(agreed) >= 2 and min(agreed) > 99.0
    assert said.count("weights ") == 2
