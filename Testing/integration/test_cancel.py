"""A cancelled command ends at once with code 130 and leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oncologyai.samples import write_sample

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["read", "segment", "scene", "pictures"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_cancelled_run_leaves_nothing(stage: str, number: signal.Signals, tmp_path: Path) -> None:
    truth = write_sample("ct", tmp_path / "study", seed=1)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    seed = ",".join(f"{v:.2f}" for v in truth.seeds_ras[0])
    words = ["run", str(tmp_path / "study"), "--seed", seed, "--out", str(tmp_path / "out"), "--progress", "json"]
    child = subprocess.Popen(
        [sys.executable, "-m", "oncologyai", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
    )
    assert child.stdout is not None
    for line in child.stdout:
        if json.loads(line).get("name") == stage:
            break
    time.sleep(0.2)
    child.send_signal(number)
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert json.loads(rest.splitlines()[-1]) == {"event": "cancelled"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["study", "temporary"]
    assert not list(temporary.iterdir())
