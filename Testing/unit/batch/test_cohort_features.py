"""Features of a cohort in one table, each case as it comes out alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from oncologyai import pipelines
from oncologyai.batch import BatchOptions, features_cohort
from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings
from oncologyai.imaging import read_masks, read_volume, write_masks, write_volume
from oncologyai.types import Mask, Volume

ONE = BatchOptions(workers=1)
SETTINGS = {"settings": {"featureClass": {"firstorder": ["Mean", "Maximum"], "shape": ["VoxelVolume"]}}}


@pytest.fixture
def a_cohort(tmp_path: Path) -> Path:
    """Three images of 8x8x8 with two structures each, the third damaged, in a table."""
    numbers = np.random.default_rng(5)
    matrix = np.diag([-1.0, -1.0, 2.0, 1.0])
    for name in ("p1", "p2", "p3"):
        volume = Volume(numbers.normal(100, 20, (8, 8, 8)).astype(np.float32), matrix, "CT", "HU")
        inner = np.zeros(volume.shape, bool)
        inner[2:6, 2:6, 2:6] = True
        outer = np.zeros(volume.shape, bool)
        outer[1:7, 1:7, 6:8] = True
        write_volume(volume, tmp_path / f"{name}.nrrd")
        write_masks([Mask.on(volume, inner, "GTV-1"), Mask.on(volume, outer, "GTV-2")], tmp_path / f"{name}.seg.nrrd")
    (tmp_path / "p3.nrrd").write_bytes(b"NRRD0004\nnothing")
    lines = ["patient,ct,mask,stage", "p1,p1.nrrd,p1.seg.nrrd,I", "p2,p2.nrrd,p2.seg.nrrd::GTV-2,III"]
    lines += ["p3,p3.nrrd,p3.seg.nrrd,II", "p4,,p3.seg.nrrd,II"]
    (tmp_path / "cohort.csv").write_text("\n".join(lines) + "\n")
    return tmp_path / "cohort.csv"


def test_one_table_of_all_cases_equal_to_each_alone(a_cohort: Path, tmp_path: Path) -> None:
    report = features_cohort(
        a_cohort, tmp_path / "state", columns={"image": "ct"}, keep=["stage"], settings=SETTINGS, options=ONE
    )
    features = ("original_shape_VoxelVolume", "original_firstorder_Maximum", "original_firstorder_Mean")
    assert report.table.columns[:4] == ("patient", "stage", "case", "segment")
    assert sorted(report.table.columns[4:]) == sorted(features)
    assert [row[:4] for row in report.table.rows] == [
        ("p1", "I", "p1", "GTV-1"),
        ("p1", "I", "p1", "GTV-2"),
        ("p2", "III", "p2", "GTV-2"),
    ]
    volume = read_volume(tmp_path / "p2.nrrd")
    masks = read_masks(tmp_path / "p2.seg.nrrd", grid=volume, names=["GTV-2"])
    chosen = FeatureSettings(families={"firstorder": ("Mean", "Maximum"), "shape": ("VoxelVolume",)})
    alone = pipelines.features(volume, masks, chosen).table
    found = dict(zip(report.table.columns, report.table.rows[2], strict=True))
    assert [found[name] for name in alone.columns] == list(alone.rows[0])
    assert [(f.case, f.kind) for f in report.failures] == [("p3", "input"), ("p4", "input")]
    assert report.failures[1].reason == "features.image: expected a value, got an empty cell"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "expected a column image .*name it with --column image=COLUMN"),
        ({"columns": {"image": "pet"}}, "--column image: expected one of ct, mask, patient, stage, got 'pet'"),
        ({"columns": {"picture": "ct"}}, "--column: expected one of case, image"),
        ({"columns": {"image": "ct"}, "keep": ["age"]}, "--keep: expected one of ct, "),
        (
            {"columns": {"image": "ct"}, "settings": {"bins": 3}},
            "argument of features: expected one of .*settings.*got 'bins'",
        ),
    ],
)
def test_refuses_tables_and_settings_before_anything_starts(
    given: dict[str, object], message: str, a_cohort: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        features_cohort(a_cohort, tmp_path / "state", options=ONE, **given)  # type: ignore[arg-type]
    assert not (tmp_path / "state").exists()
