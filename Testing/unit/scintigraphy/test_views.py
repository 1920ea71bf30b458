"""Anterior or posterior, from the uptake."""

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.scintigraphy.views import (
    _smoothed,
    anterior_score,
    is_mirror_pair,
    recognise_pair,
    recognise_single,
)
from Testing.unit.scintigraphy.conftest import draw_body


@pytest.mark.parametrize("view", ["anterior", "posterior"])
@pytest.mark.parametrize("seed", range(3))
def test_a_view_is_recognised(view: str, seed: int) -> None:
    assert recognise_single(draw_body(view, seed=seed)) == view


def test_a_pair_is_told_apart_in_either_order() -> None:
    both = [draw_body("anterior"), draw_body("posterior")]
    assert recognise_pair(both) == ("anterior", "posterior")
    assert recognise_pair(both[::-1]) == ("posterior", "anterior")


def test_score_does_not_depend_on_scale_or_on_left_and_right() -> None:
    body = draw_body("anterior")
    score = anterior_score(body)
    assert anterior_score(7.0 * body) == pytest.approx(score, abs=1e-4)
    assert anterior_score(np.ascontiguousarray(body[:, ::-1])) == pytest.approx(score, abs=0.1)


def test_opposite_cameras_see_mirror_images() -> None:
    front, back = draw_body("anterior"), draw_body("posterior")
    assert is_mirror_pair(front, back)
    assert not is_mirror_pair(front, back[:, ::-1])


@pytest.mark.parametrize("first_row", [0, 60, 470])
def test_a_region_is_smoothed_as_in_the_whole_picture(first_row: int) -> None:
    body = draw_body("anterior")
    region = (slice(first_row, first_row + 40), slice(10, 90))
    whole = ndimage.gaussian_filter(body.astype(np.float32), 2.3)
    np.testing.assert_array_equal(_smoothed(body, region, 2.3), whole[region])
