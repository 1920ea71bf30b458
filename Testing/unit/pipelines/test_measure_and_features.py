"""Masks become rows of measurements and of features."""

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, GeometryMismatchError
from oncologyai.pipelines import features, measure
from oncologyai.types import Mask, Point, Volume

Ball = tuple[Volume, Mask, Point]


def test_each_mask_has_its_rows_and_lines(a_ball: Ball) -> None:
    volume, truth, _ = a_ball
    half = Mask.on(volume, truth.array & (np.arange(40)[None, None, :] < 20), "GTV-2")
    result = measure(volume, [truth, half])
    assert {row[0] for row in result.table.rows} == {"GTV-1", "GTV-2"}
    assert len(result.lines) == 4
    table = features(volume, [truth, half]).table
    assert [row[0] for row in table.rows] == ["GTV-1", "GTV-2"]
    assert any(name.startswith("original_firstorder_") for name in table.columns)
    assert any(name.startswith("original_shape_") for name in table.columns)


@pytest.mark.parametrize("work", [measure, features])
def test_refuses_other_grids_and_empty_masks(work: object, a_ball: Ball) -> None:
    volume, truth, _ = a_ball
    with pytest.raises(GeometryMismatchError, match="GTV-1"):
        work(volume, [Mask(truth.array, np.eye(4))])  # type: ignore[operator]
    with pytest.raises(EmptyMaskError):
        work(volume, [Mask.on(volume, np.zeros(volume.shape, bool))])  # type: ignore[operator]


def test_a_mask_too_small_for_features_has_an_empty_row_and_a_warning(a_ball: Ball) -> None:
    volume, truth, _ = a_ball
    dot = np.zeros(volume.shape, bool)
    dot[tuple(np.argwhere(truth.array)[0])] = True
    found = features(volume, [truth, Mask.on(volume, dot, "GTV-2")])
    assert None not in found.table.rows[0]
    assert found.table.rows[1][0] == "GTV-2" and set(found.table.rows[1][1:]) == {None}
    assert found.provenance.warnings[0].startswith("no features: mask GTV-2: expected an extent of several voxels")
    assert found.provenance.settings["engine"] == "oncologyai"
