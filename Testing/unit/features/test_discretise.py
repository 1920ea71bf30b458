import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings
from oncologyai.features.discretise import bin_edges, discretise


def _levels(values, **how):
    values = np.asarray(values)
    return discretise(np.ones((1, 1, values.size), dtype=bool), values, (1.0, 1.0, 1.0), FeatureSettings(**how))


def test_bins_begin_at_multiples_of_the_width_and_are_half_open() -> None:
    found = _levels([-26.0, -25.0, 0.0, 24.9, 25.0, 130.0])
    assert found.codes[1, 1, 1:-1].tolist() == [1, 2, 3, 3, 4, 5]
    assert found.values.tolist() == [1, 2, 3, 4, 8]  # levels that no voxel has are left out, numbers kept
    assert found.counts.tolist() == [1, 1, 2, 1, 1]
    assert found.highest == 8


def test_a_count_shares_the_range_and_keeps_the_greatest_value_in_the_last_bin() -> None:
    assert _levels([0.0, 1.0, 2.0, 3.0, 4.0], bin_count=4).codes[1, 1, 1:-1].tolist() == [1, 2, 3, 4, 4]


def test_a_constant_is_one_level() -> None:
    for how in ({"bin_width": 25.0}, {"bin_count": 8}):
        found = _levels([50.0, 50.0], **how)
        assert found.counts.tolist() == [2]


def test_small_integers_do_not_overflow() -> None:
    found = _levels(np.array([0, 250, 255], dtype=np.uint8))
    assert found.codes[1, 1, 1:-1].tolist() == [1, 2, 2]
    assert found.highest == 11


def test_the_margin_is_the_greatest_distance() -> None:
    assert _levels([1.0, 2.0], distances=(1, 3)).codes.shape == (7, 7, 8)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.3, 1.0, 7.0, 25.0]), st.sampled_from(["f4", "f8"]))
def test_levels_are_those_of_a_search_through_the_edges(seed, width, kind) -> None:
    generator = np.random.default_rng(seed)
    values = np.concatenate([generator.normal(0, 40, 30), generator.integers(-9, 9, 30) * width]).astype(kind)
    how = FeatureSettings(bin_width=width)
    levels = discretise(np.ones((1, 1, values.size), dtype=bool), values, (1.0, 1.0, 1.0), how)
    found = levels.values[levels.codes[1, 1, 1:-1] - 1]
    assert np.array_equal(found, np.digitize(values, bin_edges(values, how)))


def test_too_many_bins_are_refused() -> None:
    with pytest.raises(InputError, match="bin_width: expected a width that gives at most 1000000 bins"):
        _levels([0.0, 1e9], bin_width=1.0)
