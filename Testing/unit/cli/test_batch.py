"""The batch command: a recipe run, looked at, mended, gathered."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import read_table
from oncologyai.cli import main
from oncologyai.imaging import write_masks, write_volume
from oncologyai.types import Mask, Volume

RECIPE = """
name: cohort
table: cases.csv
gather: features
columns: [patient]
steps:
  - name: features
    use: features
    with: {image: "{image}", masks: "{mask}", settings: {featureClass: {firstorder: [Mean]}}}
  - name: measures
    use: measure
    with: {image: "{image}", masks: "{mask}"}
"""


@pytest.fixture
def a_recipe(tmp_path: Path) -> Path:
    """A recipe over two cases, the second of which has no image yet."""
    volume = Volume(np.arange(216, dtype=np.float32).reshape(6, 6, 6), np.eye(4), "CT", "HU")
    inside = np.zeros(volume.shape, bool)
    inside[1:5, 1:5, 1:5] = True
    write_volume(volume, tmp_path / "a.nrrd")
    write_masks([Mask.on(volume, inside)], tmp_path / "a.seg.nrrd")
    (tmp_path / "cases.csv").write_text("case,patient,image,mask\na,P1,a.nrrd,a.seg.nrrd\nb,P2,b.nrrd,a.seg.nrrd\n")
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return tmp_path / "recipe.yaml"


def test_a_recipe_from_run_to_results(a_recipe: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    assert main(["batch", "run", str(a_recipe), "--out", str(out), "--workers", "1"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(
        f"{out / 'results.csv'}: 2 cases, 1 failed, 1 rows, 2 computed, 0 there before, 1 worker"
    )
    assert said.err.startswith("failed: b features: features.image: expected an existing file or folder")
    table = read_table(out / "results.csv")
    assert table.columns == ("patient", "case", "segment", "original_firstorder_Mean")
    assert table.rows == (("P1", "a", "GTV-1", 107.5),)
    assert read_table(out / "results-failures.csv").rows[0][:3] == ("b", "features", "input")

    assert main(["batch", "status", str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "cohort: 0 waiting, 0 running, 2 done, 2 failed, 0 cancelled"

    (tmp_path / "b.nrrd").write_bytes((tmp_path / "a.nrrd").read_bytes())
    assert main(["batch", "retry", str(out), "--workers", "1", "--progress", "json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    done = {"event": "done", "cases": 2, "rows": 2, "failed": 0, "computed": 0, "reused": 4}
    assert events[-1] == {**done, "table": str(out / "results.csv")}  # the same image: computed once
    assert not (out / "results-failures.csv").exists()

    words = ["batch", "results", str(out), "--step", "measures", "--out", str(tmp_path / "m.xlsx")]
    assert main([*words, "--files", str(tmp_path / "files")]) == 0
    assert (tmp_path / "m.xlsx").exists()
    assert {p.name for p in (tmp_path / "files" / "b" / "measures").iterdir()} == {"measurements.json"}


def test_the_exit_code_tells_whether_any_case_or_with_strict_every_case_went_well(
    a_recipe: Path, tmp_path: Path
) -> None:
    words = ["batch", "run", str(a_recipe), "--out", str(tmp_path / "out"), "--workers", "1"]
    assert main([*words, "--strict"]) == 2
    (tmp_path / "a.nrrd").unlink()
    assert main(words) == 2
    assert not (tmp_path / "out" / "results.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "absent"], "absent: expected the folder of a batch"),
        (["results", "absent"], "absent: expected the folder of a batch"),
        (["run", "absent.yaml", "--out", "out"], "absent.yaml: expected a recipe"),
        (["run", "recipe.yaml", "--out", "out", "--workers", "0"], "--workers: expected a number from 1"),
    ],
)
def test_what_is_not_there_is_one_line(
    words: list[str], said: str, a_recipe: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.chdir(a_recipe.parent)
    assert main(["batch", *words]) == 2
    assert f"oncology-ai: {said}" in capsys.readouterr().err
    assert not Path("out").exists()


def test_steps_and_schema_are_told(capsys) -> None:
    assert main(["batch", "steps"]) == 0
    assert "with: image!, masks!, names" in capsys.readouterr().out
    assert main(["batch", "schema"]) == 0
    assert "steps" in json.loads(capsys.readouterr().out)["required"]
