"""Slices are drawn in order, every one is seen, and what is said of them comes back to its place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncologyai.errors import InputError
from oncologyai.inference import draw_slices, gather_slices, slice_views

COUNTS = st.integers(1, 90)


@given(COUNTS, COUNTS, st.integers(0, 1000))
def test_drawn_slices_are_in_order_and_as_even_as_can_be(count, wanted, seed):
    found = draw_slices(count, wanted, np.random.default_rng(seed))
    assert len(found) == wanted and (np.diff(found) >= 0).all() and found.min() >= 0 and found.max() < count
    times = np.bincount(found, minlength=count)
    assert times.max() - times.min() <= 1


def test_drawing_depends_on_the_generator():
    drawn = [draw_slices(40, 10, np.random.default_rng(seed)).tolist() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


@given(COUNTS, COUNTS)
def test_views_show_every_slice(count, wanted):
    views = slice_views(count, wanted)
    assert len(views) == -(-count // wanted)
    assert {int(n) for view in views for n in view} == set(range(count))
    assert all((np.diff(view) >= 0).all() and len(view) == wanted for view in views)


@given(COUNTS, COUNTS)
def test_what_is_said_of_slices_comes_back_to_them(count, wanted):
    image = np.random.default_rng(count).random((count, 2, 3)).astype(np.float32)
    views = slice_views(count, wanted)
    np.testing.assert_allclose(gather_slices([image[view] for view in views], views, count), image, rtol=1e-6)


def test_slices_that_no_view_shows_lie_between_those_shown():
    values = np.stack([np.zeros((1, 1)), np.ones((1, 1))])
    found = gather_slices([values], [np.array([0, 4])], 6)[:, 0, 0]
    np.testing.assert_allclose(found, [0, 0.25, 0.5, 0.75, 1, 1])


def test_refuses_no_slices_and_other_numbers_of_views():
    with pytest.raises(InputError, match="count"):
        draw_slices(0, 3, np.random.default_rng(0))
    with pytest.raises(InputError, match="wanted"):
        slice_views(3, 0)
    with pytest.raises(InputError, match="one a view"):
        gather_slices([np.zeros((2, 1, 1))], slice_views(9, 2), 9)
