"""Medians, quartiles, means: against numpy, and where numpy gives up."""

import math

import numpy as np
import pytest

from oncologyai.metrics import summarise


def test_equals_numpy_on_random_numbers() -> None:
    values = np.random.default_rng(1).normal(size=37)
    found = summarise(values)
    assert (found.q1, found.median, found.q3) == pytest.approx(tuple(np.percentile(values, (25, 50, 75))))
    assert found.iqr == pytest.approx(found.q3 - found.q1)
    assert (found.mean, found.sd) == pytest.approx((values.mean(), values.std(ddof=1)))
    assert (found.n, found.infinite, found.minimum, found.maximum) == (37, 0, values.min(), values.max())


def test_by_hand() -> None:
    found = summarise([4.0, 1.0, 3.0, 2.0])
    assert (found.q1, found.median, found.q3, found.iqr, found.mean) == (1.75, 2.5, 3.25, 1.5, 2.5)
    assert found.sd == pytest.approx(math.sqrt(5 / 3))


def test_missing_values_are_left_out_and_infinite_ones_rank_last() -> None:
    found = summarise([math.nan, 1.0, 2.0, 3.0, math.inf])
    assert (found.n, found.infinite, found.median, found.mean) == (4, 1, 2.5, 2.0)
    assert found.q3 == math.inf and found.iqr == math.inf and found.maximum == math.inf
    every = summarise([math.inf] * 3)
    assert every.median == math.inf and math.isnan(every.iqr) and math.isnan(every.mean)


def test_one_value_and_none() -> None:
    one = summarise([7.0])
    assert (one.q1, one.median, one.q3, one.iqr, one.mean) == (7, 7, 7, 0, 7) and math.isnan(one.sd)
    none = summarise([math.nan])
    assert none.n == 0 and all(math.isnan(v) for v in none[2:])
