"""Scans to a trained model with calibration and card, by the command that users call."""

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from oncologyai.cli import main
from oncologyai.models import load_any_card
from oncologyai.samples import CENTRES, draw_cohort, make_cohort_case, write_bonescan_cohort
from oncologyai.scintigraphy import WholeBodyScan, load_bonescan_model
from oncologyai.workflows import train_bonescan_network
from oncologyai.workflows.bonescan_scans import coarse_camera

SMALL = {
    "name": "trial", "data": {"kind": "synthetic", "centres": {"A": 16, "B": 12}, "seed": 1, "coarse": True},
    "picture": {"height": 64, "width": 32}, "widths": [[4], [6], [8]], "hidden": 12, "trained_blocks": 3,
    "validation": 4, "epochs": 2, "steps": 3, "device": "cpu", "threads": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def a_training(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished training on scans of the generator."""
    folder = tmp_path_factory.mktemp("bonescan")
    (folder / "small.yaml").write_text(yaml.safe_dump(SMALL))
    assert main(["train", "bonescan", str(folder / "small.yaml"), "-o", str(folder / "run")]) == 0
    return folder


def test_the_card_tells_training_calibration_and_thresholds(a_training: Path) -> None:
    card = load_any_card(a_training / "run" / "model")
    assert card.task == "bone-scan" and card.demonstration and card.digest
    assert card.training.patients == 24 and card.training.synthetic
    assert [threshold.rule for threshold in card.full.thresholds] == ["youden", "sensitivity-0.90", "sensitivity-0.95"]
    assert card.full.calibration.scans == 4 and card.full.calibration.prevalence == 0.5
    assert card.fast is not None and len(card.fast.members[0].ranges) == 3 and not card.full.members[0].ranges
    assert card.recipe["steps"] == 3 and "model" not in card.recipe


def test_the_model_says_of_held_out_scans_what_the_table_says(a_training: Path) -> None:
    classifier = load_bonescan_model(a_training / "run" / "model", threads=1)
    fast = load_bonescan_model(a_training / "run" / "model", threads=1, fast=True)
    rows = list(csv.DictReader((a_training / "run" / "held-out.csv").read_text().splitlines()))
    assert sorted(row["label"] for row in rows) == ["0", "0", "1", "1"]
    row = rows[0]
    drawn = draw_cohort(row["centre"], 16, camera=coarse_camera(CENTRES[row["centre"]].camera))
    case = next(one for one in drawn if one.name == row["case"])
    views = make_cohort_case(case).views
    scan = WholeBodyScan(views["anterior"], views["posterior"])
    found = classifier.classify(scan)
    assert found.logit == pytest.approx(float(row["logit_full"]), abs=1e-5)
    assert fast.classify(scan).logit == pytest.approx(float(row["logit_fast"]), abs=1e-5)
    assert found.interval is not None and 0.0 <= found.interval[0] <= found.probability <= found.interval[1] <= 1.0


def test_a_table_of_scans_is_learned_from(tmp_path: Path) -> None:
    cases = draw_cohort("A", 12, camera=coarse_camera(CENTRES["A"].camera))
    table = write_bonescan_cohort(cases, tmp_path / "scans")
    (tmp_path / "small.yaml").write_text(yaml.safe_dump({**SMALL, "validation": 2, "epochs": 1, "fast": False}))
    told: list[tuple[str, ...]] = []
    result = train_bonescan_network(str(tmp_path / "small.yaml"), tmp_path / "run", table=table, on_epoch=told.append)
    assert result["finished"] and len(told) == 1 and len(told[0]) == 7
    card = load_any_card(Path(result["model"]))
    assert card.task == "bone-scan" and not card.demonstration and card.fast is None


@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_same_model(a_training: Path, tmp_path: Path) -> None:
    longer = {**SMALL, "epochs": 60, "steps": 20}
    (tmp_path / "long.yaml").write_text(yaml.safe_dump(longer))
    command = [sys.executable, "-m", "oncologyai", "train", "bonescan", str(tmp_path / "long.yaml"), "-o"]
    process = subprocess.Popen(
        [*command, str(tmp_path / "killed")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    log = tmp_path / "killed" / "member-1" / "log.csv"
    until = time.monotonic() + 200.0
    while not log.is_file() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    done = len(log.read_text().splitlines()) - 1
    assert 1 <= done < 60, "it was to be killed in the middle"
    subprocess.run([*command, str(tmp_path / "killed")], check=True, capture_output=True)
    subprocess.run([*command, str(tmp_path / "whole")], check=True, capture_output=True)
    cards = [json.loads((tmp_path / name / "model" / "card.json").read_text()) for name in ("killed", "whole")]
    assert cards[0]["files"] == cards[1]["files"]
    assert np.allclose(*(cards[n]["full"]["calibration"]["slope"] for n in (0, 1)), rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scan,metastases\nnowhere,1\n", "line 2: expected a scan, got nothing"),
        ("scan,label\n.,1\n", "a column metastases, got scan, label"),
        ("scan,metastases\n.,\n", "line 2: expected a metastases, got an empty cell"),
        ("scan,metastases\n", "at least one scan, got none"),
    ],
)
def test_a_table_that_is_not_usable_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    (tmp_path / "scans.csv").write_text(text)
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(SMALL))
    arguments = ["train", "bonescan", str(tmp_path / "small.yaml"), "-o", str(tmp_path / "run")]
    assert main([*arguments, "--table", str(tmp_path / "scans.csv")]) == 2
    assert message in capsys.readouterr().err


def test_recipes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "recipes", "--bonescan"]) == 0
    assert capsys.readouterr().out.split() == ["ch7", "demo", "small"]
