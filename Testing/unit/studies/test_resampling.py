"""Intervals by drawing again."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.studies import Resampling
from oncologyai.studies.resampling import crossed_mean_interval, interval_over_cases


def test_one_reader_is_the_plain_bootstrap_of_cases():
    values = np.array([[1.0] * 30 + [0.0] * 70])
    low, high = crossed_mean_interval(values, Resampling(4000))
    assert (low, high) == (pytest.approx(0.21, abs=0.02), pytest.approx(0.39, abs=0.02))  # 0.3 +- 1.96 x 0.0458


def test_readers_are_drawn_too():
    values = np.array([[1.0] * 50] * 5 + [[0.0] * 50] * 5)  # readers differ, cases do not
    low, high = crossed_mean_interval(values, Resampling(2000))
    assert low == pytest.approx(0.2, abs=0.11) and high == pytest.approx(0.8, abs=0.11)


def test_missing_answers_are_left_out():
    values = np.array([[1.0, np.nan], [1.0, 1.0]])
    assert crossed_mean_interval(values, Resampling(200)) == (1.0, 1.0)
    assert all(math.isnan(end) for end in crossed_mean_interval(np.full((2, 3), np.nan), Resampling(100)))


def test_statistic_over_cases():
    values = np.arange(101.0)
    low, high = interval_over_cases(lambda cases: float(values[cases].mean()), 101, Resampling(2000))
    assert (low, high) == (pytest.approx(44.3, abs=1.0), pytest.approx(55.7, abs=1.0))  # 50 +- 1.96 x 29.15 / 10.05
    assert all(math.isnan(end) for end in interval_over_cases(lambda _: 1.0, 0))
    assert all(math.isnan(end) for end in interval_over_cases(lambda _: math.nan, 3, Resampling(100)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"resamples": 99}, "resamples"), ({"level": 1.0}, "level"), ({"seed": -1}, "seed")],
)
def test_rejects_numbers_outside_their_range(arguments, message):
    with pytest.raises(InputError, match=message):
        Resampling(**arguments)
