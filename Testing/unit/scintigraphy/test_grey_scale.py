"""The level that is shown black."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scintigraphy import GREY_REFERENCES, grey_picture, upper_level
from oncologyai.types import Volume


def a_view(hot: float = 1000.0) -> Volume:
    """A body of about 40 counts with one hot spot, on a background of none."""
    picture = np.zeros((1, 200, 100), np.float32)
    picture[0, 20:180, 30:70] = np.random.default_rng(5).poisson(40.0, (160, 40))
    picture[0, 100:104, 48:52] = hot
    return Volume(picture, np.eye(4), "NM", "counts")


def test_one_hot_spot_does_not_set_the_usual_level():
    usual = upper_level(a_view())
    assert 45.0 < usual < 80.0
    assert upper_level(a_view(hot=50_000.0)) == usual


def test_the_references_go_from_faint_to_maximum():
    levels = [upper_level(a_view(), name) for name in ("faint", "usual", "maximum")]
    assert levels == sorted(levels)
    assert levels[-1] == 1000.0
    assert set(GREY_REFERENCES) == {"faint", "usual", "maximum"}


def test_percent_scales_the_level():
    assert upper_level(a_view(), "maximum", 25.0) == pytest.approx(250.0)


def test_the_picture_is_white_without_uptake_and_black_from_the_level_on():
    picture = grey_picture(a_view(), "maximum", 50.0)
    assert (picture.dtype, picture.shape) == (np.uint8, (200, 100))
    assert picture[0, 0] == 255
    assert picture[101, 50] == 0
    assert 225 < picture[50, 50] < 250


def test_a_view_of_hardly_any_counts_has_a_level_too():
    picture = np.zeros((1, 200, 100), np.float32)
    picture[0, 20:180:40, 30:70:20] = 1.0
    assert upper_level(Volume(picture, np.eye(4), "NM", "counts")) == 1.0


@pytest.mark.parametrize(
    ("reference", "percent", "told"),
    [("brightest", 100.0, "reference"), ("usual", 0.0, "percent"), ("usual", float("nan"), "percent")],
)
def test_refuses_what_is_no_level(reference, percent, told):
    with pytest.raises(InputError, match=told):
        upper_level(a_view(), reference, percent)


def test_refuses_an_empty_view():
    with pytest.raises(InputError, match="empty"):
        upper_level(Volume(np.ones((1, 40, 20), np.float32), np.eye(4), "NM", "counts"))
