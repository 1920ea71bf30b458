"""A correction asked for and answered through bundles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import (
    Bundle,
    CorrectionRequest,
    answer_to_correction,
    corrections_from_answer,
    read_bundle,
    write_bundle,
)
from oncologyai.errors import InputError
from oncologyai.pipelines import CorrectConfig, CorrectionHistory, correction_result
from oncologyai.segmenters import Stroke
from oncologyai.types import Mask, Volume

STROKES = (
    Stroke("outside", ((4.0, 10.0, 10.0),)),
    Stroke("inside", ((15.0, 10.0, 10.0), (15.0, 11.0, 10.5))),
)


@pytest.fixture
def a_request() -> CorrectionRequest:
    matrix = np.diag([1.0, 1.0, 1.0, 1.0])
    volume = Volume(np.random.default_rng(1).normal(0, 5, (20, 20, 20)).astype(np.float32), matrix, "CT", "HU")
    array = np.zeros(volume.shape, bool)
    array[6:14, 6:14, 3:14] = True
    mask = Mask.on(volume, array, "GTV-1")
    chance = Volume(np.where(array, 0.9, 0.1).astype(np.float32), matrix, "CT", "probability")
    said = (Stroke("inside", ((10.0, 10.0, 10.0),)),)
    return CorrectionRequest(volume, mask, STROKES, said, chance, CorrectConfig(30.0, "GTV-1 of two"))


def test_a_request_survives_its_folder(a_request: CorrectionRequest, tmp_path: Path) -> None:
    write_bundle(a_request.to_bundle("CT chest"), tmp_path / "asked")
    back = CorrectionRequest.from_bundle(read_bundle(tmp_path / "asked"))
    assert (back.strokes, back.said, back.config) == (a_request.strokes, a_request.said, a_request.config)
    np.testing.assert_array_equal(back.mask.array, a_request.mask.array)
    np.testing.assert_array_equal(back.volume.array, a_request.volume.array)
    assert back.probability is not None
    assert a_request.probability is not None
    np.testing.assert_array_equal(back.probability.array, a_request.probability.array)


def test_an_answer_gives_the_mask_after_each_stroke(a_request: CorrectionRequest, tmp_path: Path) -> None:
    history = CorrectionHistory(a_request.volume, a_request.mask)
    masks = [history.add([stroke]) for stroke in STROKES]
    answer = answer_to_correction(a_request.to_bundle("CT"), correction_result(history), masks)
    write_bundle(answer, tmp_path / "answer")
    made, seconds = corrections_from_answer(read_bundle(tmp_path / "answer"))
    for found, mask in zip(made, masks, strict=True):
        np.testing.assert_array_equal(found.mask.array, mask.array)
    assert [c.reach_mm for c in made] == pytest.approx([s.reach_mm for s in history.steps], abs=0.1)
    assert seconds == pytest.approx([s.computing_s for s in history.steps], abs=1e-3)


def test_a_request_needs_a_mask(a_request: CorrectionRequest) -> None:
    with pytest.raises(InputError, match="segmentation: expected a mask to correct, got none"):
        CorrectionRequest.from_bundle(replace(a_request.to_bundle("CT"), masks=()))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "walker"}, "settings: expected some of strokes, said, max_reach_mm, label, got method"),
        ({"strokes": [{"kind": "inside"}]}, "strokes: expected kind and points_ras of each"),
        ({"strokes": [{"kind": "left", "points_ras": [[0, 0, 0]]}]}, "stroke kind"),
        ({"strokes": [{"kind": "inside", "points_ras": [[0, 0]]}]}, "three finite numbers"),
    ],
)
def test_settings_that_are_not_meant_are_refused(
    settings: dict[str, object], message: str, a_request: CorrectionRequest
) -> None:
    with pytest.raises(InputError, match=message):
        CorrectionRequest.from_bundle(replace(a_request.to_bundle("CT"), settings=settings))


def test_another_result_is_no_answer(a_request: CorrectionRequest) -> None:
    other: Bundle = a_request.to_bundle("CT")
    with pytest.raises(InputError, match="bundle: expected a correction, with a row a mask"):
        corrections_from_answer(other)
