"""Cohorts as users run them: real sarcomas, a run that is killed, one that is cancelled."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oncologyai.imaging import read_masks, read_volume, write_masks
from oncologyai.types import Mask

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
RunCommand = Callable[..., Any]
METHODS = {"SUV 2.5": "over", "41 %": "share"}


@pytest.fixture(scope="module")
def a_cohort(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, str], float]]:
    """Six PETs, thresholded at SUV 2.5 and at 41 % of the lesion's largest; and their Dice by plain counting."""
    folder = tmp_path_factory.mktemp("cohort")
    lines, dices = ["case,gtv,over,share"], {}
    for patient in sorted((shared_data / "sts").glob("STS_*"))[:6]:
        pet = read_volume(patient / "PET_image.nii.gz")
        (truth,) = read_masks(patient / "PET_mask.nii.gz")
        cuts = {"SUV 2.5": 2.5, "41 %": 0.41 * float(pet.array[truth.array].max())}
        for method, cut in cuts.items():
            found = pet.array > cut
            write_masks([Mask.on(pet, found)], folder / f"{patient.name}_{METHODS[method]}.nrrd")
            shared, total = (
                np.count_nonzero(found & truth.array),
                np.count_nonzero(found) + np.count_nonzero(truth.array),
            )
            dices[patient.name, method] = 2 * shared / total
        name = patient.name
        lines.append(f"{name},{patient / 'PET_mask.nii.gz'},{name}_over.nrrd,{name}_share.nrrd")
    (folder / "cohort.csv").write_text("\n".join(lines) + "\n")
    return folder / "cohort.csv", dices


def words_of(table: Path, out: Path) -> list[str]:
    words = ["evaluate", "--cohort", str(table), "--column", "reference=gtv", "--group-by", "volume_ml,tumours"]
    words += [word for method, column in METHODS.items() for word in ("--result", f"{method}={column}")]
    return [*words, "--out", str(out)]


def start(words: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "oncologyai", *words, "--progress", "json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def wait_for_case(process: subprocess.Popen[str], number: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("name", "").startswith(f"case {number} "):
            return
    raise AssertionError("the run ended before")


def test_real_sarcomas_have_the_dice_of_plain_counting(oncology_ai: RunCommand, a_cohort, tmp_path: Path) -> None:
    table, dices = a_cohort
    done = oncology_ai(*words_of(table, tmp_path / "out"))
    assert done.code == 0, done.err
    with (tmp_path / "out" / "metrics.csv").open(encoding="utf-8", newline="") as stream:
        found = {(row["case"], row["method"]): float(row["dice"]) for row in csv.DictReader(stream)}
    assert found == pytest.approx(dices)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for method in METHODS:
        median = float(np.median([value for (_, name), value in dices.items() if name == method]))
        assert f"{median:.3f} (" in page and f"dice {median:.3g} (" in done.out


def test_a_killed_run_goes_on_and_ends_with_the_same_numbers(oncology_ai: RunCommand, a_cohort, tmp_path: Path) -> None:
    table, _ = a_cohort
    with start(words_of(table, tmp_path / "killed")) as process:
        wait_for_case(process, 4)
        process.kill()
        process.communicate()
    assert not (tmp_path / "killed" / "metrics.csv").exists()
    again = oncology_ai(*words_of(table, tmp_path / "killed"), "--progress", "json")
    assert json.loads(again.out.splitlines()[-1])["kept"] >= 3
    oncology_ai(*words_of(table, tmp_path / "whole"))
    for name in ("metrics.csv", "summary.csv", "tables/agreement.csv"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_cancelled_run_says_how_to_go_on(a_cohort, tmp_path: Path) -> None:
    with start(words_of(a_cohort[0], tmp_path / "out")) as process:
        wait_for_case(process, 3)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and len(said.strip().splitlines()) == 1
    assert "the cases done are kept, the same command goes on" in said
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["cases"]
    assert len([p for p in (tmp_path / "out" / "cases").iterdir() if p.suffix == ".json"]) >= 2
