"""The test of signs against enumeration and closed forms."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from oncologyai.errors import InputError
from oncologyai.metrics import sign_flip_test


@given(st.lists(st.integers(-7, 7), min_size=1, max_size=9))
def test_sign_flips_equal_all_sign_patterns_counted(differences):
    sums = [abs(sum(s * abs(d) for s, d in zip(signs, differences, strict=True)))
            for signs in itertools.product((1, -1), repeat=len(differences))]  # fmt: skip
    expected = np.mean([value >= abs(sum(differences)) for value in sums])
    assert sign_flip_test(differences) == pytest.approx(expected)


@given(st.integers(0, 30), st.integers(0, 30))
def test_differences_of_one_give_the_binomial_test(wins, losses):
    expected = stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert sign_flip_test([1] * wins + [-1] * losses + [0] * 3) == pytest.approx(expected)


def test_many_cases_stay_exact_to_rounding():
    assert sign_flip_test([1] * 1200 + [-1] * 1200) == pytest.approx(1.0)
    assert sign_flip_test([3] * 1100) == pytest.approx(0.0, abs=1e-300)


def test_sign_flips_need_whole_numbers():
    with pytest.raises(InputError, match="expected whole numbers"):
        sign_flip_test([0.5, 1])
    with pytest.raises(InputError, match="up to 1000000000"):
        sign_flip_test([2_000_000] * 1000)
