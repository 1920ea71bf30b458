"""Tables from files to files."""

import json
from dataclasses import replace
from math import pi

import numpy as np
import pytest

from oncologyai.errors import AmbiguousStudyError, EmptyMaskError, GeometryMismatchError, InputError, UnitsError
from oncologyai.imaging import write_masks, write_rtstruct, write_volume
from oncologyai.types import Mask, Table, Volume
from oncologyai.workflows import evaluate_files, features_files, measure_files
from oncologyai.workflows.tables import measurements_json


@pytest.fixture
def some_files(tmp_path, a_volume, a_ball):
    """Image, mask, and a mask moved by one slice, with a space and letters beyond ASCII in their names."""
    names = [tmp_path / name for name in ("Bild ä.nii.gz", "Maske ö.nrrd", "moved.seg.nrrd")]
    write_volume(a_volume, names[0])
    write_masks([a_ball], names[1])
    write_masks([replace(a_ball, array=np.roll(a_ball.array, 1, axis=0))], names[2])
    return names


def test_measures_into_json(tmp_path, some_files, a_ball):
    image, mask, _ = some_files
    measure_files(image, mask, tmp_path / "deep" / "m.json", modality="CT")
    content = json.loads((tmp_path / "deep" / "m.json").read_text(encoding="utf-8"))
    values = {row["name"]: row["value"] for row in content["measurements"]}
    assert values["Volume"] == pytest.approx(np.count_nonzero(a_ball.array) * 0.008)
    assert values["Volume"] == pytest.approx(4 / 3 * pi * 1.2**3, rel=0.05)
    assert [line["name"] for line in content["lines"]] == ["label 1 long axis", "label 1 short axis"]


def test_measures_into_csv(tmp_path, some_files):
    image, mask, _ = some_files
    measure_files(image, mask, tmp_path / "m.csv")
    assert (tmp_path / "m.csv").read_text(encoding="utf-8").startswith("segment,")


def test_a_plain_pet_has_suv_where_the_user_says_so(tmp_path, a_volume, a_ball):
    pet = Volume(np.where(a_ball.array, 5.0, 1.0).astype(np.float32), a_volume.ijk_to_ras)
    write_volume(pet, tmp_path / "pet.nii.gz")
    write_masks([a_ball], tmp_path / "mask.nii.gz")
    without, said = (
        measure_files(tmp_path / "pet.nii.gz", tmp_path / "mask.nii.gz", modality="PT", unit=unit)
        for unit in (None, "SUVbw")
    )
    assert not any("SUV" in row[1] for row in without.table.rows)
    values = {row[1]: row[2] for row in said.table.rows}
    assert values["SUVmax"] == pytest.approx(5.0) and values["SUVmean"] == pytest.approx(5.0)


def test_a_unit_that_the_file_contradicts_is_refused(tmp_path, a_volume, a_ball):
    write_volume(a_volume, tmp_path / "ct.nrrd")
    write_masks([a_ball], tmp_path / "mask.nrrd")
    with pytest.raises(UnitsError, match="expected values in SUVbw, got HU"):
        measure_files(tmp_path / "ct.nrrd", tmp_path / "mask.nrrd", unit="SUVbw")


def test_features_into_csv(tmp_path, some_files):
    image, mask, _ = some_files
    result = features_files(image, mask, tmp_path / "f.csv", modality="CT")
    header, row = (tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert float(cells["original_firstorder_Mean"]) == pytest.approx(40.0)
    assert len(result.table.rows) == 1


@pytest.mark.parametrize("out", ["m.txt", "m", "m.csv.gz"])
def test_another_ending_is_refused_before_anything_is_read(tmp_path, out):
    absent = tmp_path / "absent.nrrd"
    for call in (
        lambda: measure_files(absent, absent, tmp_path / out),
        lambda: evaluate_files(absent, absent, tmp_path / out),
    ):
        with pytest.raises(InputError, match=r"--out: expected a name that ends in \.csv or \.json"):
            call()


def test_a_mask_on_another_grid_and_one_without_voxels_are_refused(tmp_path, some_files, a_ball):
    image, _, _ = some_files
    shifted = a_ball.ijk_to_ras.copy()
    shifted[0, 3] += 1.0
    write_masks([replace(a_ball, ijk_to_ras=shifted)], tmp_path / "shifted.nrrd")
    with pytest.raises(GeometryMismatchError, match="label 1"):
        measure_files(image, tmp_path / "shifted.nrrd")
    write_volume(Volume(np.zeros(a_ball.shape, np.uint8), a_ball.ijk_to_ras), tmp_path / "none.nrrd")
    with pytest.raises(EmptyMaskError, match="only empty ones"):
        measure_files(image, tmp_path / "none.nrrd")


def test_evaluates_one_structure_against_another(tmp_path, some_files, a_ball):
    _, reference, predicted = some_files
    result = evaluate_files(reference, predicted, tmp_path / "e.csv")
    values = dict(zip(result.table.columns, result.table.rows[0], strict=True))
    moved = np.roll(a_ball.array, 1, axis=0)
    expected = 2 * np.count_nonzero(a_ball.array & moved) / (2 * np.count_nonzero(a_ball.array))
    assert values["dice"] == pytest.approx(expected) and (tmp_path / "e.csv").is_file()


def test_evaluates_a_structure_set_on_its_image(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "ct")
    write_rtstruct([a_ball, replace(a_ball, label="other")], volume, tmp_path / "rs.dcm")
    write_masks([a_ball], tmp_path / "mask.seg.nrrd")
    where = {"image": tmp_path / "ct"}
    result = evaluate_files(tmp_path / "rs.dcm", tmp_path / "mask.seg.nrrd", names=("GTV-1", None), **where)
    assert dict(zip(result.table.columns, result.table.rows[0], strict=True))["dice"] == 1.0
    with pytest.raises(AmbiguousStudyError, match=r"expected one structure, got 2 \(GTV-1, other\)"):
        evaluate_files(tmp_path / "rs.dcm", tmp_path / "mask.seg.nrrd", **where)
    with pytest.raises(InputError, match="grid: expected the image that the structures were drawn on"):
        evaluate_files(tmp_path / "rs.dcm", tmp_path / "mask.seg.nrrd", names=("GTV-1", None))


def test_evaluating_a_file_without_structures_is_refused(tmp_path, some_files, a_ball: Mask):
    write_volume(Volume(np.zeros(a_ball.shape, np.uint8), a_ball.ijk_to_ras), tmp_path / "none.nrrd")
    with pytest.raises(EmptyMaskError, match="expected at least one structure"):
        evaluate_files(some_files[1], tmp_path / "none.nrrd")


def test_json_has_no_nan():
    table = Table("Rows", ("name", "value"), (("a", float("nan")), ("b", float("inf")), ("c", None), ("ü", 2)))
    assert [row["value"] for row in json.loads(measurements_json(table))["rows"]] == [None, "Infinity", None, 2]
    assert "ü" in measurements_json(table)
