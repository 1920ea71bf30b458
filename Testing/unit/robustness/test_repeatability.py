"""Repeatability: by hand, on published data, and coverage by simulation."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.robustness import repeatability

# Bland and Altman, Lancet 1986;1:307-310, table 1: two readings with a Wright peak flow meter, 17 subjects;
# their standard deviation of differences is 21.6 l/min, their coefficient twice that
FIRST = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
SECOND = [490, 397, 512, 401, 470, 611, 415, 431, 638, 429, 420, 633, 275, 492, 165, 372, 421]


def test_equals_the_published_example() -> None:
    found = repeatability(np.column_stack([FIRST, SECOND])[:, :, np.newaxis].astype(float))
    assert found.within_sd.value[0] == pytest.approx(15.3, abs=0.05)  # Bland and Altman, BMJ 1996 form of it
    # about zero mean difference: the standard deviation of differences is the root of 2 times the within-subject one
    assert found.within_sd.value[0] * math.sqrt(2) == pytest.approx(21.6, abs=0.1)
    assert found.coefficient.value[0] == pytest.approx(1.959964 * math.sqrt(2) * found.within_sd.value[0], rel=1e-6)


def test_by_hand() -> None:
    values = np.array([[[10.0], [12.0]], [[20.0], [20.0]]])  # variances 2 and 0, means 11 and 20
    found = repeatability(values)
    assert found.within_sd.value[0] == pytest.approx(1)
    assert found.within_cv.value[0] == pytest.approx(math.sqrt((2 / 121 + 0) / 2))
    assert found.within_sd.low[0] == pytest.approx(math.sqrt(2 / 7.377759), rel=1e-5)  # chi square, 2 degrees, 97.5 %


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    generator, tries = np.random.default_rng(4), 800
    values = 100 + generator.normal(0, 5, (15, 1, tries)) + generator.normal(0, 2, (15, 2, tries))
    found = repeatability(values)
    assert np.mean((found.within_sd.low <= 2) & (found.within_sd.high >= 2)) == pytest.approx(0.95, abs=0.025)
    truth = 1.959964 * math.sqrt(2) * 2
    assert np.mean((found.coefficient.low <= truth) & (found.coefficient.high >= truth)) == pytest.approx(
        0.95, abs=0.025
    )


def test_two_measurements_differ_by_less_than_the_coefficient_in_95_of_100() -> None:
    generator = np.random.default_rng(8)
    values = generator.normal(0, 3, (4000, 1, 1)) + generator.normal(0, 1, (4000, 2, 1))
    limit = repeatability(values).coefficient.value[0]
    assert np.mean(np.abs(values[:, 0] - values[:, 1]) < limit) == pytest.approx(0.95, abs=0.01)


def test_variation_is_undefined_where_a_mean_is_not_above_zero() -> None:
    found = repeatability(np.array([[[-1.0, 1.0], [1.0, 1.1]], [[2.0, 2.0], [2.1, 2.0]]]))
    assert math.isnan(found.within_cv.value[0]) and found.within_cv.value[1] > 0 and found.within_sd.value[0] > 0


def test_missing_and_constant_values() -> None:
    values = np.array([[[1.0, 3.0], [np.nan, 3.0]], [[2.0, 3.0], [4.0, 3.0]]])
    found = repeatability(values)
    assert list(found.within_sd.n) == [1, 2]
    assert found.within_sd.value[0] == pytest.approx(math.sqrt(2)) and found.within_sd.value[1] == 0
    assert np.isnan(repeatability(values[:, :1]).within_sd.value).all()
    with pytest.raises(InputError, match="values: expected subjects by measurements by features"):
        repeatability(np.ones(3))
