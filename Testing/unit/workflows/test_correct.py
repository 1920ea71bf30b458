"""A bundle that asks for a correction is answered as the pipeline answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import Bundle, CorrectionRequest, corrections_from_answer, read_bundle, write_bundle
from oncologyai.cli import main
from oncologyai.errors import InputError
from oncologyai.pipelines import CorrectionHistory
from oncologyai.segmenters import Stroke
from oncologyai.types import Mask, Point, Volume
from oncologyai.workflows import answer_bundle, correct_to_bundle

STROKES = (Stroke("outside", ((16.0, 0.0, 0.0),)), Stroke("inside", ((-14.0, 0.0, 0.0),)))


def ball(center: float, radius: float) -> np.ndarray:
    k, j, i = np.meshgrid(*(np.arange(n) for n in (30, 30, 50)), indexing="ij")
    return ((k - 15) * 2.0) ** 2 + ((j - 15) * 2.0) ** 2 + ((i - 25) * 2.0 - center) ** 2 <= radius**2


@pytest.fixture
def a_request() -> CorrectionRequest:
    soft = ball(0.0, 10.0) | ball(16.0, 7.0) | ball(-14.0, 6.0)
    array = np.where(soft, 40, -850) + np.random.default_rng(2).normal(0, 10, soft.shape)
    matrix = np.diag([2.0, 2.0, 2.0, 1.0])
    matrix[:3, 3] = (-50.0, -30.0, -30.0)
    volume = Volume(array.astype(np.int16), matrix, "CT", "HU")
    return CorrectionRequest(volume, Mask.on(volume, ball(0.0, 10.0) | ball(16.0, 7.0), "GTV-1"), STROKES)


def test_the_command_answers_with_the_same_voxels(a_request: CorrectionRequest, tmp_path: Path) -> None:
    write_bundle(a_request.to_bundle("CT"), tmp_path / "asked")
    assert main(["segment", "--bundle", str(tmp_path / "asked"), "--out-bundle", str(tmp_path / "answer")]) == 0
    answer = read_bundle(tmp_path / "answer")
    made, _ = corrections_from_answer(answer)
    history = CorrectionHistory(a_request.volume, a_request.mask)
    expected = history.add(STROKES)
    np.testing.assert_array_equal(made[1].mask.array, expected.array)
    np.testing.assert_array_equal(made[0].mask.array, history.undo().array)
    assert [mask.label for mask in answer.masks] == ["GTV-1 edited 1", "GTV-1 edited 2"]
    assert answer.provenance is not None
    assert answer.provenance.settings["steps"][0]["action"] == "outside"


def test_other_bundles_are_segmented(a_request: CorrectionRequest, tmp_path: Path) -> None:
    asked = Bundle("CT", "segment", "walker", a_request.volume, inside=(Point("Inside-1", (0.0, 0.0, 0.0)),))
    write_bundle(asked, tmp_path / "asked")
    answer = answer_bundle(tmp_path / "asked", tmp_path / "answer")
    assert answer.pipeline == "segment"
    assert answer.table("Measurements") is not None


def test_without_a_stroke_nothing_is_written(a_request: CorrectionRequest, tmp_path: Path) -> None:
    asked = CorrectionRequest(a_request.volume, a_request.mask, ()).to_bundle("CT")
    with pytest.raises(InputError, match="strokes: expected at least one click or scribble"):
        correct_to_bundle(asked, tmp_path / "answer")
    assert not (tmp_path / "answer").exists()
