import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from oncologyai.errors import InputError
from oncologyai.metrics import farthest_pair


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_equals_the_longest_of_all_pairs(seed, count, dimensions, rank, on_lattice) -> None:
    generator = np.random.default_rng(seed)
    flat = generator.integers(0, 6, (count, rank)) if on_lattice else generator.normal(size=(count, rank))
    points = flat @ generator.normal(size=(rank, dimensions)) + 100.0
    first, last = farthest_pair(points)
    expected = pdist(points).max() if count > 1 else 0.0
    assert np.linalg.norm(points[first] - points[last]) == pytest.approx(expected, abs=1e-9)
    assert first <= last


def test_points_at_one_place_are_allowed() -> None:
    assert np.ptp(np.array(farthest_pair(np.full((9, 3), 2.5)))) >= 0
    assert farthest_pair(np.zeros((1, 2))) == (0, 0)


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((4, 4)), np.zeros(3)])
def test_refuses_what_is_no_set_of_points(points) -> None:
    with pytest.raises(InputError, match="points: expected an array of shape"):
        farthest_pair(points)
