"""The correction of a result as a use case."""

from __future__ import annotations

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import CorrectConfig, CorrectionHistory, correct, correction_result, hash_image
from oncologyai.segmenters import Stroke
from oncologyai.types import Mask, Volume

STROKES = (Stroke("outside", ((16.0, 0.0, 0.0),)), Stroke("inside", ((8.0, 2.0, 0.0),)))


@pytest.fixture
def a_volume() -> Volume:
    soft = ball(0.0, 10.0) | ball(16.0, 7.0)
    array = np.where(soft, 40.0, -850.0) + np.random.default_rng(2).normal(0.0, 10.0, soft.shape)
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    matrix[:3, 3] = (-50.0, -30.0, -30.0)
    return Volume(array.astype(np.float32), matrix, "CT", "HU")


def ball(center: float, radius: float) -> np.ndarray:
    k, j, i = np.meshgrid(*(np.arange(n) for n in (30, 30, 50)), indexing="ij")
    return ((k - 15) * 2.0) ** 2 + ((j - 15) * 2.0) ** 2 + ((i - 25) * 2.0 - center) ** 2 <= radius**2


@pytest.fixture
def a_mask(a_volume: Volume) -> Mask:
    return Mask.on(a_volume, ball(0.0, 10.0) | ball(16.0, 7.0), "GTV-1")


def test_it_gives_what_a_history_gives_click_by_click(a_volume: Volume, a_mask: Mask) -> None:
    history = CorrectionHistory(a_volume, a_mask)
    history.add(STROKES)
    result = correct(a_volume, a_mask, STROKES)
    np.testing.assert_array_equal(result.mask.array, history.mask.array)
    assert [s.removed_voxels for s in result.steps] == [s.removed_voxels for s in history.steps]


def test_its_provenance_tells_every_step(a_volume: Volume, a_mask: Mask) -> None:
    probability = Volume(np.zeros(a_volume.shape, np.float32), a_volume.ijk_to_ras, unit="probability")
    result = correct(a_volume, a_mask, STROKES, CorrectConfig(max_reach_mm=25.0), probability=probability)
    told = json.loads(json.dumps(result.provenance.to_dict()))
    assert told["pipeline"] == "correct"
    assert told["settings"]["correct"] == {"max_reach_mm": 25.0, "label": "GTV-1 edited"}
    assert [step["action"] for step in told["settings"]["steps"]] == ["outside", "inside"]
    assert told["settings"]["steps"][0]["points_ras"] == [[16.0, 0.0, 0.0]]
    assert told["inputs_sha256"]["GTV-1"] == hash_image(a_mask)
    assert set(told["inputs_sha256"]) == {"image", "GTV-1", "probability"}
    assert told["seconds"]["correct"] > 0.0
    assert len(result.table.rows) == 2


def test_a_history_can_be_told_as_a_result_after_undoing(a_volume: Volume, a_mask: Mask) -> None:
    history = CorrectionHistory(a_volume, a_mask, label="GTV-1 of Anna")
    history.add(STROKES)
    history.undo()
    result = correction_result(history)
    assert result.mask.label == "GTV-1 of Anna"
    assert [step.action for step in result.steps] == ["outside", "inside", "undo"]
    np.testing.assert_array_equal(result.mask.array, history.mask.array)


def test_without_a_stroke_there_is_nothing_to_correct(a_volume: Volume, a_mask: Mask) -> None:
    with pytest.raises(InputError, match="strokes: expected at least one click or scribble, got none"):
        correct(a_volume, a_mask, ())


def test_the_reach_is_above_zero() -> None:
    with pytest.raises(InputError, match="max_reach_mm: expected a number above 0 mm"):
        CorrectConfig(max_reach_mm=0.0)
