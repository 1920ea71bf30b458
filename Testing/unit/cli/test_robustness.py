"""The commands of robustness, from words to files."""

import json
from pathlib import Path

import pytest

from oncologyai.bundle import write_table
from oncologyai.cli import main
from oncologyai.robustness import PlantedConfig, plant_study


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    study = plant_study(PlantedConfig(regions=8, combinations=3, patients=9, features=2))
    write_table(study.phantom, tmp_path / "phantom.csv")
    write_table(study.patients, tmp_path / "patients.csv")
    return tmp_path


PARAMETERS = ["--parameter", "kvp", "--parameter", "kernel", "--parameter", "slice_mm"]


def test_phantom_says_how_many_features_of_each_class(tables: Path, capsys: pytest.CaptureFixture) -> None:
    words = ["robustness", "phantom", str(tables / "phantom.csv"), "-o", str(tables / "out"), *PARAMETERS]
    assert (
        main(
            [
                *words,
                "--patients",
                str(tables / "patients.csv"),
                "--skip-unknown",
                "--every-combination",
                "--progress",
                "none",
            ]
        )
        == 0
    )
    said = capsys.readouterr()
    assert "2 stable, 6 harmonisable, 6 rejected" in said.out and "report.html" in said.out
    assert "note: 1 patients left out" in said.err and (tables / "out" / "harmonised.csv").is_file()


def test_phantom_speaks_json(tables: Path, capsys: pytest.CaptureFixture) -> None:
    words = ["robustness", "phantom", str(tables / "phantom.csv"), "-o", str(tables / "out"), *PARAMETERS]
    assert main([*words, "--limit", "0.95", "--progress", "json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["event"] == "done" and last["stable"] + last["harmonisable"] + last["rejected"] == 14


def test_the_sample_is_planted_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["robustness", "phantom", "--sample", "-o", str(tmp_path / "out"), "--progress", "none"]) == 0
    assert "20 stable, 60 harmonisable, 60 rejected" in capsys.readouterr().out
    assert (tmp_path / "out" / "recovered.csv").is_file()


def test_retest_takes_a_table_with_occasions(tables: Path, capsys: pytest.CaptureFixture) -> None:
    words = ["robustness", "retest", str(tables / "phantom.csv"), "-o", str(tables / "out"), "--occasion", "scan"]
    subject = [w for c in ("region", "kvp", "kernel", "slice_mm") for w in ("--subject", c)]
    assert main([*words, *subject, "--measure", "CCC", "--progress", "none"]) == 0
    assert "11 stable, 3 rejected" in capsys.readouterr().out
    assert main([*words, "--progress", "none"]) == 2
    assert "a column 'patient'" in capsys.readouterr().err


def test_combat_is_fitted_and_applied(tables: Path, capsys: pytest.CaptureFixture) -> None:
    fit = ["robustness", "combat", "fit", str(tables / "phantom.csv"), "--batch", "kernel", "--batch", "slice_mm"]
    model, out = str(tables / "m.json"), str(tables / "h.csv")
    assert main([*fit, "--patient", "region", "-o", model, "--leave-out", "scan", "--leave-out", "kvp"]) == 0
    said = capsys.readouterr()
    assert "14 features" in said.out and "median shift" in said.out and "no outcome was named" in said.err
    use = [
        "robustness",
        "combat",
        "apply",
        model,
        str(tables / "phantom.csv"),
        "--batch",
        "kernel",
        "--batch",
        "slice_mm",
    ]
    assert main([*use, "--patient", "region", "-o", out]) == 0
    said = capsys.readouterr()
    assert "48 rows, 14 features harmonised" in said.out and "48 of 48 rows are among those" in said.err


def test_errors_name_the_option(tables: Path, capsys: pytest.CaptureFixture) -> None:
    for words, message in (
        (["phantom", "--sample"], "--out: expected a folder for the results"),
        (["phantom", "-o", "x"], "phantom: expected a table, or --sample, got neither"),
        (["phantom", str(tables / "phantom.csv"), "-o", "x"], "--parameter: expected at least one scanning parameter"),
        (["phantom", str(tables / "phantom.csv"), "-o", "x", "--parameter", "mAs"], "expected a column 'mAs'"),
        (["perturb", str(tables / "phantom.csv"), "-o", "x"], "expected columns case, image, mask"),
        (["perturb", str(tables / "phantom.csv"), "-o", "x", "--chain", "Q"], "chain: expected letters of RNTVC"),
        (["retest", str(tables / "none.csv"), "-o", "x"], "no such file"),
    ):
        assert main(["robustness", *words]) == 2
        assert message in capsys.readouterr().err
