"""A study of outcome by its command: cancelled, killed and taken up again, on one worker or two."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.batch import gather
from oncologyai.cli import main

ROOT = Path(__file__).resolve().parents[2]
STUDY = """
name: resumed
tables: [{path: t.csv}]
roles: {patient: id, label: y, features: ["f*"]}
design: {folds: 4, repeats: 3}
models:
  - {name: forest, learner: random-forest, options: {trees: TREES}}
  - {name: boosted, learner: boosted-classes, options: {rounds: 50}, leaking: true}
  - {name: ridge, learner: logistic, options: {strength: [0.1, 1.0]}}
seed: 4
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def a_folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 6)).round(4)
    y = (x[:, 0] + rng.logistic(size=80) > 0).astype(int)
    lines = ["id,y," + ",".join(f"f{k}" for k in range(6))]
    lines += [f"P{n},{y[n]}," + ",".join(map(str, x[n])) for n in range(80)]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "study.yaml").write_text(STUDY.replace("TREES", "100"))
    return tmp_path


def words(folder: Path, out: str = "out", *more: str) -> list[str]:
    given = ["outcome", "train", folder / "study.yaml", "--out", folder / out, "--state", folder / "state", "--no-page"]
    return [str(word) for word in (*given, *more)]


def started(folder: Path) -> subprocess.Popen[str]:
    """The command as a process, when it has done three models in a split."""
    (folder / "study.yaml").write_text(STUDY.replace("TREES", "3000"))
    child = subprocess.Popen(
        [sys.executable, "-m", "oncologyai", *words(folder, "out", "--workers", "1", "--progress", "json")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    for line in child.stdout:
        name = json.loads(line).get("name", "")
        if " of 48" in name and int(name.split()[0]) >= 3:
            return child
    pytest.fail(child.communicate()[1])


def test_cancelled_it_leaves_no_results_and_goes_on(a_folder: Path) -> None:
    child = started(a_folder)
    child.send_signal(signal.SIGTERM)
    rest, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert json.loads(rest.splitlines()[-1]) == {"event": "cancelled"}
    assert not (a_folder / "out").exists()
    assert main(words(a_folder, "out", "--workers", "1")) == 0
    report = gather(a_folder / "state" / "splits")
    assert report.reused >= 3 and report.computed + report.reused == 48


def test_killed_it_goes_on_and_says_what_an_uninterrupted_run_says(a_folder: Path) -> None:
    child = started(a_folder)
    child.kill()
    child.communicate(timeout=60)
    assert not (a_folder / "out").exists()
    assert main(words(a_folder, "out", "--workers", "1")) == 0
    assert gather(a_folder / "state" / "splits").reused >= 3
    again = [word.replace(str(a_folder / "state"), str(a_folder / "other")) for word in words(a_folder, "whole")]
    assert main([*again, "--workers", "1"]) == 0
    assert said_in(a_folder / "out") == said_in(a_folder / "whole")


def test_two_workers_say_what_one_says(a_folder: Path) -> None:
    pytest.importorskip("distributed", reason="dask[distributed] is not installed")
    assert main(words(a_folder, "one", "--workers", "1")) == 0
    again = [word.replace(str(a_folder / "state"), str(a_folder / "other")) for word in words(a_folder, "two")]
    assert main([*again, "--workers", "2"]) == 0
    assert gather(a_folder / "other" / "splits").computed == 48
    assert said_in(a_folder / "one") == said_in(a_folder / "two")


def said_in(folder: Path) -> list[object]:
    """Everything but the seconds."""
    content = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    for model in content["models"]:
        del model["seconds"]
    predictions = (folder / "predictions.csv").read_text(encoding="utf-8")
    return [content["models"], content["comparisons"], content["splits"], predictions]
