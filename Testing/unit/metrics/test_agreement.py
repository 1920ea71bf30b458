"""Bland and Altman: by hand, and the coverage of the intervals by simulation."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import bland_altman


def test_by_hand() -> None:
    found = bland_altman([10.0, 20, 30, 40], [11.0, 23, 32, 42])  # differences 1, 3, 2, 2
    sd = math.sqrt(2 / 3)
    assert found.bias.value == 2 and found.sd == pytest.approx(sd) and found.n == 4
    assert found.lower.value == pytest.approx(2 - 1.959964 * sd, abs=1e-6)
    assert found.upper.value == pytest.approx(2 + 1.959964 * sd, abs=1e-6)
    t = 3.182446305  # 97.5 % quantile of Student's t, 3 degrees
    assert found.bias.high == pytest.approx(2 + t * sd / 2)
    assert found.upper.low == pytest.approx(found.upper.value - t * sd * math.sqrt(1 / 4 + 1.959964**2 / 6), abs=1e-6)
    assert list(found.means) == [10.5, 21.5, 31, 41] and list(found.differences) == [1, 3, 2, 2]


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    generator, held = np.random.default_rng(3), np.zeros(3)
    for _ in range(400):
        first = generator.normal(size=30) * 10
        found = bland_altman(first, first + generator.normal(1.0, 2.0, size=30))
        truth = (1.0, 1.0 - 1.96 * 2, 1.0 + 1.96 * 2)
        held += [i.low <= v <= i.high for i, v in zip((found.bias, found.lower, found.upper), truth, strict=True)]
    assert held / 400 == pytest.approx([0.95] * 3, abs=0.04)


def test_missing_pairs_are_left_out_and_few_give_nan() -> None:
    found = bland_altman([1.0, math.nan, 3.0, math.inf], [2.0, 2.0, 5.0, 1.0])
    assert found.n == 2 and found.bias.value == 1.5
    one = bland_altman([1.0], [2.0])
    assert one.bias.value == 1.0 and math.isnan(one.bias.low) and math.isnan(one.upper.value)
    assert math.isnan(bland_altman([], []).bias.value)
    with pytest.raises(InputError, match="measured: expected 2 numbers, one a reference, got 1"):
        bland_altman([1.0, 2.0], [1.0])


def test_equal_measurements_have_no_spread() -> None:
    found = bland_altman([5.0, 5.0, 5.0], [5.0, 5.0, 5.0])
    assert tuple(found.bias) == (0, 0, 0) and tuple(found.upper) == (0, 0, 0)
