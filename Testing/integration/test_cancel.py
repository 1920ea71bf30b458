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
from Testing.bonescan_model import write_bonescan_model

ROOT = Path(__file__).resolve().parents[2]
# Seconds after a stage begins. In scene and pictures a signal finds the import of C++ libraries, a half-built scene,
# C++ that calls Python, a file being written: an exception raised there can crash the process.
MOMENTS = [
    *(("read", 0.2), ("segment", 0.2)),
    *(("scene", after) for after in (0.0, 0.1, 0.2, 0.3, 0.35, 0.4, 0.6, 0.9)),
    *(("pictures", after) for after in (0.0, 0.1, 0.2, 0.4)),
]


@pytest.fixture(scope="module")
def a_study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A study, and a seed in its lesion as the command takes it."""
    folder = tmp_path_factory.mktemp("study")
    truth = write_sample("ct", folder, seed=1)
    return folder, ",".join(f"{v:.2f}" for v in truth.seeds_ras[0])


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "after_s"), MOMENTS)
@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGTERM, signal.SIGINT]])
def test_cancelled_run_leaves_nothing(
    stage: str, after_s: float, signals: list[signal.Signals], a_study: tuple[Path, str], tmp_path: Path
) -> None:
    study, seed = a_study
    _cancel(["run", str(study), "--seed", seed], stage, after_s, signals, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "after_s"),
    [
        ("camera", 0.1), ("read", 0.1), ("model", 0.0), ("model", 0.5), ("classify", 0.3), ("sanity check", 0.5),
        ("pictures", 0.2), ("scene", 0.1), ("scene", 0.4),
    ],
)  # fmt: skip
def test_cancelled_bone_scan_leaves_nothing(
    stage: str,
    after_s: float,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ["bonescan", "--sample", "bonescan"]
    if stage == "sanity check":
        words.append("--sanity")
    elif stage in ("pictures", "scene"):  # the shipped model takes its time before
        store = tmp_path_factory.mktemp("models")
        monkeypatch.setenv("ONCOLOGYAI_MODELS", str(store))
        write_bonescan_model(store / "blobs")
        words += ["--model", "blobs"]
    _cancel(words, stage, after_s, [signal.SIGTERM], tmp_path)


def _cancel(words: list[str], stage: str, after_s: float, signals: list[signal.Signals], tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    words = [*words, "--out", str(tmp_path / "out"), "--progress", "json"]
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
    time.sleep(after_s)
    for number in signals:
        child.send_signal(number)
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert json.loads(rest.splitlines()[-1]) == {"event": "cancelled"}
    assert said == "oncology-ai: cancelled: nothing was changed\n"
    assert [p.name for p in tmp_path.iterdir()] == ["temporary"]
    assert not list(temporary.iterdir())
