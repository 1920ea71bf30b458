"""The body in a planar picture."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scintigraphy.outline import is_shown_inverted, lie_of, outline_body, seam_between_bodies
from Testing.unit.scintigraphy.conftest import draw_body


@pytest.mark.parametrize("view", ["anterior", "posterior"])
@pytest.mark.parametrize("scale", [0.01, 1.0, 300.0])
def test_outline_is_the_body_whatever_the_scale(view: str, scale: float) -> None:
    outline = outline_body(draw_body(view) * scale)
    assert outline.rows == (pytest.approx(46, abs=8), pytest.approx(440, abs=8))
    assert outline.columns == (pytest.approx(13, abs=6), pytest.approx(115, abs=6))
    assert outline.mask[165, 64]
    assert not outline.mask[5, 5]


@pytest.mark.parametrize(("turns", "lie"), [(0, "upright"), (1, "sideways"), (2, "upside down"), (3, "sideways")])
@pytest.mark.parametrize("view", ["anterior", "posterior"])
def test_lie_is_told_in_each_turn(turns: int, lie: str, view: str) -> None:
    assert lie_of(outline_body(np.rot90(draw_body(view), turns))) == lie


def test_trunk_alone_is_no_whole_body() -> None:
    assert lie_of(outline_body(draw_body("anterior")[100:300])) == "no whole body"


def test_pixels_that_are_not_square_are_allowed_for() -> None:
    thin = draw_body("anterior")[::4]
    assert lie_of(outline_body(thin), (4.0, 1.0)) == "upright"
    assert lie_of(outline_body(thin)) != "upright"


@pytest.mark.parametrize("shift", [0, 3])
def test_seam_lies_between_two_bodies(shift: int) -> None:
    both = np.hstack([draw_body("anterior"), np.roll(draw_body("posterior"), shift, axis=1)])
    assert seam_between_bodies(outline_body(both)) == 128
    assert seam_between_bodies(outline_body(draw_body("anterior"))) is None


def test_small_markers_are_not_the_body() -> None:
    marked = draw_body("anterior")
    marked[4:10, 4:10] = 60.0
    assert outline_body(marked).rows == outline_body(draw_body("anterior")).rows


def test_bright_corners_say_that_much_is_dark() -> None:
    body = draw_body("posterior")
    assert not is_shown_inverted(body)
    assert is_shown_inverted(body.max() - body)


def test_rejects_what_is_no_picture() -> None:
    with pytest.raises(InputError, match="an empty picture"):
        outline_body(np.ones((64, 64)))
    with pytest.raises(InputError, match="finite values .* 16x16 or more"):
        outline_body(np.ones((4, 64)))


def test_an_outline_follows_the_values_and_not_the_array() -> None:
    picture = draw_body("anterior")
    first = outline_body(picture)
    again = outline_body(picture.copy())
    np.testing.assert_array_equal(first.mask, again.mask)
    picture[:200] = 0.0  # the same array, another picture
    assert outline_body(picture).rows[0] > first.rows[0] + 100
    with pytest.raises(ValueError, match="read-only"):
        first.mask[0, 0] = True


@pytest.mark.parametrize("cut", [0, 1])
def test_a_fine_picture_has_the_outline_of_its_squares_of_pixels(cut: int) -> None:
    coarse = draw_body("anterior")
    fine = np.kron(coarse, np.ones((2, 2)))[:, : 2 * coarse.shape[1] - cut]
    known, outline = outline_body(coarse), outline_body(fine)
    np.testing.assert_array_equal(outline.mask, np.kron(known.mask, np.ones((2, 2), bool))[:, : fine.shape[1]])
    assert outline.rows == (2 * known.rows[0], 2 * known.rows[1])
