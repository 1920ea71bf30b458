"""Features of one image, or of a cohort."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oncologyai.bundle import read_table
from oncologyai.cli import main
from oncologyai.features import Accelerator
from oncologyai.imaging import write_masks, write_volume
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An image, a mask, a table of two cases and a parameter file, in the current folder."""
    volume = Volume(np.arange(216, dtype=np.float32).reshape(6, 6, 6), np.eye(4), "CT", "HU")
    inside = np.zeros(volume.shape, bool)
    inside[1:5, 1:5, 1:5] = True
    write_volume(volume, tmp_path / "a.nrrd")
    write_masks([Mask.on(volume, inside)], tmp_path / "a.seg.nrrd")
    (tmp_path / "t.csv").write_text("patient,image,mask,stage\nP1,a.nrrd,a.seg.nrrd,I\nP2,b.nrrd,a.seg.nrrd,II\n")
    (tmp_path / "s.yaml").write_text("featureClass: {firstorder: [Mean]}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_image_with_a_parameter_file(a_folder: Path) -> None:
    assert main(["features", "a.nrrd", "a.seg.nrrd", "--settings", "s.yaml", "--out", "f.csv"]) == 0
    table = read_table(a_folder / "f.csv")
    assert (table.columns, table.rows) == (("segment", "original_firstorder_Mean"), (("GTV-1", 107.5),))


def test_both_conventions_stand_in_one_table(a_folder: Path) -> None:
    words = ["features", "a.nrrd", "a.seg.nrrd", "--settings", "s.yaml", "--out", "f.csv"]
    assert main([*words, "--conventions", "both"]) == 0
    table = read_table(a_folder / "f.csv")
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert row["original_firstorder_Mean"] == row["ibsi_stat_mean"] == 107.5
    assert main([*words, "--conventions", "mine"]) == 2


def test_a_cohort_goes_to_one_table_and_goes_on(a_folder: Path, capsys) -> None:
    words = ["features", "--cohort", "t.csv", "--settings", "s.yaml", "--keep", "stage", "--workers", "1"]
    assert main([*words, "--out", "f.csv"]) == 0
    assert "2 cases, 1 failed, 1 rows, 1 computed, 0 there before" in capsys.readouterr().out
    table = read_table(a_folder / "f.csv")
    assert table.columns == ("patient", "stage", "case", "segment", "original_firstorder_Mean")
    assert table.rows == (("P1", "I", "P1", "GTV-1", 107.5),)
    assert read_table(a_folder / "f-failures.csv").rows[0][0] == "P2"
    assert main([*words, "--out", "f.csv", "--strict"]) == 2
    assert "0 computed, 1 there before" in capsys.readouterr().out
    assert (a_folder / "f-state" / "batch.sqlite").exists()


def test_a_cohort_has_parts_of_lesions_and_conventions_as_one_image_has(a_folder: Path) -> None:
    more = ["--settings", "s.yaml", "--ring-mm", "1", "--conventions", "both"]
    assert main(["features", "a.nrrd", "a.seg.nrrd", *more, "--out", "one.csv"]) == 0
    assert main(["features", "--cohort", "t.csv", *more, "--out", "all.csv", "--workers", "1"]) == 0
    one, whole = read_table(a_folder / "one.csv"), read_table(a_folder / "all.csv")
    assert len(one.rows) == 2
    assert whole.columns == ("patient", "case", *one.columns)
    assert [row[2:] for row in whole.rows] == list(one.rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "expected an image and its masks, or --cohort TABLE, got neither"),
        (["a.nrrd"], "got an image without masks"),
        (["a.nrrd", "a.seg.nrrd", "--cohort", "t.csv"], "got both"),
        (["a.nrrd", "a.seg.nrrd", "--keep", "stage"], "--keep: expected --cohort TABLE with it"),
        (["--cohort", "t.csv", "--voxel-based", "Mean"], "--cohort: expected a table, got --voxel-based"),
        (["--cohort", "t.csv", "--out", "f.txt"], "--out: expected a name that ends in .csv, .xlsx, .parquet"),
        (["--cohort", "t.csv", "--settings", "absent"], "--settings: expected a parameter file, or one of"),
    ],
)
def test_refuses_what_does_not_go_together(words: list[str], said: str, a_folder: Path, capsys) -> None:
    assert main(["features", *words]) == 2
    assert said in capsys.readouterr().err
    assert not (a_folder / "features-state").exists()


def test_a_device_that_cannot_be_had_is_refused_in_one_line(a_folder: Path, monkeypatch, capsys) -> None:
    words = ["features", "a.nrrd", "a.seg.nrrd", "--settings", "s.yaml", "--out", "f.csv"]
    assert main([*words, "--device", "tpu"]) == 2
    assert "device: expected cpu, cuda, cuda:N or auto, got 'tpu'" in capsys.readouterr().err
    assert main(["features", "--cohort", "t.csv", "--device", "tpu", "--out", "f.csv"]) == 2
    monkeypatch.setitem(sys.modules, "torch", None)
    capsys.readouterr()
    assert main([*words, "--device", "cuda"]) == 3
    assert main([*words[:3], "--voxel-based", "firstorder_Mean", "--out", "m", "--device", "cuda"]) == 3
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 2
    assert "torch: expected to be installed for features on a graphics card" in told[0]
    assert not (a_folder / "f.csv").exists()


def test_auto_is_the_processor_where_there_is_no_card(a_folder: Path, monkeypatch) -> None:
    monkeypatch.setattr("oncologyai.features.accelerator.choose_device", lambda _: "cpu")
    assert main(["features", "a.nrrd", "a.seg.nrrd", "--settings", "s.yaml", "--out", "f.csv", "--device", "auto"]) == 0
    assert json.loads((a_folder / "f.provenance.json").read_text())["device"] == "cpu"


def test_a_shortage_on_the_card_is_told_and_changes_nothing(a_folder: Path, monkeypatch, capsys) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")

    def short(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    (a_folder / "s.yaml").write_text("imageType: {LoG: {sigma: [1.0]}}\nfeatureClass: {firstorder: [Mean]}\n")
    for name in ("features", "feature_maps"):
        pipeline = importlib.import_module(f"oncologyai.pipelines.{name}")
        monkeypatch.setattr(pipeline, "find_accelerator", lambda _: Accelerator("cpu"))
    words = ["features", "a.nrrd", "a.seg.nrrd", "--settings", "s.yaml"]
    assert main([*words, "--out", "card.csv"]) == 0
    monkeypatch.setattr(torch, "matmul", short)
    assert main([*words, "--out", "loops.csv"]) == 0
    assert (
        capsys.readouterr()
        .err.strip()
        .endswith("note: LoG images: the memory of cpu did not do; computed on the processor")
    )
    one, other = (read_table(a_folder / name).rows[0][1] for name in ("card.csv", "loops.csv"))
    assert one == pytest.approx(other, rel=1e-12)
    assert main([*words, "--voxel-based", "firstorder_Mean", "--out", "maps"]) == 0
    assert "note: LoG images" in capsys.readouterr().err


def test_pyradiomics_runs_on_the_processor_only(a_folder: Path, monkeypatch, capsys) -> None:
    pipeline = importlib.import_module("oncologyai.pipelines.features")
    monkeypatch.setattr(pipeline, "find_accelerator", lambda _: Accelerator("cuda"))
    words = ["features", "a.nrrd", "a.seg.nrrd", "--settings", "s.yaml", "--engine", "pyradiomics"]
    assert main([*words, "--out", "f.csv"]) == 2
    assert "device: expected cpu for the engine pyradiomics, got cuda" in capsys.readouterr().err
