"""Each use case does one case: files into its folder, rows back, the same as its command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from oncologyai.batch import STEPS
from oncologyai.batch.step import checked_arguments
from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.imaging import read_masks, read_volume, write_masks, write_volume
from oncologyai.progress import Silent
from oncologyai.samples import write_sample
from oncologyai.types import Mask, Table, Volume


@pytest.fixture
def a_lesion(tmp_path: Path) -> Path:
    """A folder with a CT of a ball of 60 HU in -800 HU, and masks of it: the ball, and an empty one."""
    matrix = np.diag([-1.0, -1.0, 2.0, 1.0])
    k, j, i = np.meshgrid(*[np.arange(24)] * 3, indexing="ij")
    ball = (2 * (k - 12)) ** 2 + (j - 12) ** 2 + (i - 12) ** 2 <= 64
    noise = np.random.default_rng(2).normal(0, 10, ball.shape)
    volume = Volume((np.where(ball, 60, -800) + noise).astype(np.float32), matrix, "CT", "HU")
    write_volume(volume, tmp_path / "ct.nrrd")
    write_masks([Mask.on(volume, ball, "GTV-1")], tmp_path / "gtv.seg.nrrd")
    write_masks([Mask.on(volume, np.zeros_like(ball), "none")], tmp_path / "none.seg.nrrd")
    return tmp_path


def done(name: str, folder: Path, **arguments: object) -> tuple[Path, Table]:
    """Do a step as a worker does."""
    place = folder / f"out-{name}"
    place.mkdir()
    step = STEPS[name]
    table = step.load()(place, progress=Silent(), **checked_arguments(step, arguments))
    assert table is not None
    for output in step.outputs.values():
        assert (place / output).exists(), f"{name} makes no {output}"
    return place, table


def test_segment_measure_evaluate_and_features_go_hand_in_hand(a_lesion: Path) -> None:
    centre = read_volume(a_lesion / "ct.nrrd").ras_from_ijk([12, 12, 12])
    seed = ",".join(f"{v:g}" for v in centre)
    ct = str(a_lesion / "ct.nrrd")
    segmented, table = done("segment", a_lesion, image=ct, inside=seed, modality="CT", max_distance_mm="15")
    mask = str(segmented / "segmentation.seg.nrrd")
    assert (table.columns, table.rows[0][0]) == (("segment", "volume_ml", "trust"), "GTV-1")

    _, table = done("evaluate", a_lesion, reference=str(a_lesion / "gtv.seg.nrrd"), predicted=mask)
    assert dict(zip(table.columns, table.rows[0], strict=True))["dice"] > 0.9

    place, table = done("measure", a_lesion, image=ct, masks=mask)
    assert ("GTV-1", "Volume") in {row[:2] for row in table.rows}
    assert json.loads((place / "measurements.json").read_text())["measurements"]

    place, table = done("features", a_lesion, image=ct, masks=mask, settings={"featureClass": {"shape": []}})
    assert table.columns[1].startswith("original_shape_")
    assert json.loads((place / "features.provenance.json").read_text())["pipeline"] == "features"


def test_features_take_settings_from_one_place(a_lesion: Path) -> None:
    (a_lesion / "p.yaml").write_text("featureClass: {firstorder: [Mean]}\n")
    given = {"image": str(a_lesion / "ct.nrrd"), "masks": str(a_lesion / "gtv.seg.nrrd")}
    _, table = done("features", a_lesion, **given, parameters=str(a_lesion / "p.yaml"))
    assert table.columns == ("segment", "original_firstorder_Mean")
    function = STEPS["features"].dependencies
    assert function({"parameters": a_lesion / "p.yaml"}) != function({"preset": "default"})
    with pytest.raises(InputError, match="one of preset, parameters and settings, got preset and settings"):
        function({"preset": "default", "settings": {"setting": {}}})
    with pytest.raises(InputError, match="features.preset: expected one of "):
        function({"preset": "absent"})


def test_features_of_nothing_are_refused(a_lesion: Path) -> None:
    with pytest.raises(EmptyMaskError, match="expected a structure with voxels"):
        done("features", a_lesion, image=str(a_lesion / "ct.nrrd"), masks=str(a_lesion / "none.seg.nrrd"))


def test_preprocess_takes_masks_along(a_lesion: Path) -> None:
    chain = {"name": "mine", "steps": [{"step": "ResampleToSpacing", "spacing_mm": [2, 2, 2]}]}
    (a_lesion / "mine.json").write_text(json.dumps(chain))
    given = {"image": str(a_lesion / "ct.nrrd"), "masks": str(a_lesion / "gtv.seg.nrrd")}
    place, table = done("preprocess", a_lesion, **given, fitted=str(a_lesion / "mine.json"))
    assert table.rows[0][:4] == ("CT", "HU", "2x2x2", 1)
    volume = read_volume(place / "image.nrrd")
    mask = read_masks(place / "masks.seg.nrrd", grid=volume)[0]
    before = read_masks(a_lesion / "gtv.seg.nrrd")[0].volume_ml
    assert abs(mask.volume_ml - before) / before < 0.15
    with pytest.raises(InputError, match="expected either preset or fitted, got neither"):
        STEPS["preprocess"].dependencies({})


def test_run_and_convert_a_study(tmp_path: Path) -> None:
    truth = write_sample("ct", tmp_path / "study", seed=1)
    seeds = ";".join(",".join(f"{v:g}" for v in seed) for seed in truth.seeds_ras)
    place, table = done("run", tmp_path, study=str(tmp_path / "study"), inside=seeds)
    assert ("GTV-1", "Volume") in {row[:2] for row in table.rows}
    assert not (place / "scene.mrb").exists()
    place, table = done("convert", tmp_path, study=str(tmp_path / "study"))
    files = [row[table.columns.index("file")] for row in table.rows]
    assert all((place / str(file)).exists() for file in files if file)
