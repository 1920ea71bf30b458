"""A foretold Dice against the true one."""

import math

import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import assess_predictions


def test_by_hand() -> None:
    found = assess_predictions(
        [0.8, 0.6, 0.9], [0.7, 0.5, 0.9], low=[0.65, 0.55, math.nan], high=[0.95, 0.65, math.nan]
    )
    assert found.error == pytest.approx(0.2 / 3) and found.n == 3
    # the others' mean: 0.7, 0.8, 0.6
    assert found.error_of_mean == pytest.approx((0.0 + 0.3 + 0.3) / 3)
    assert found.rank_correlation == pytest.approx(1.0)
    assert (found.n_intervals, found.coverage) == (2, 0.5)


def test_rank_correlation_of_a_reversed_order() -> None:
    assert assess_predictions([0.1, 0.2, 0.3, 0.4], [0.9, 0.8, 0.7, 0.1]).rank_correlation == pytest.approx(-1.0)


def test_missing_constant_and_single_values() -> None:
    found = assess_predictions([0.5, math.nan, 0.5, 0.5], [0.5, 0.9, 0.7, 0.6])
    assert found.n == 3 and math.isnan(found.rank_correlation) and found.error == pytest.approx(0.1)
    assert math.isnan(found.coverage) and found.n_intervals == 0
    one = assess_predictions([0.5], [0.6])
    assert one.error == pytest.approx(0.1) and math.isnan(one.error_of_mean)
    assert math.isnan(assess_predictions([], []).error)
    with pytest.raises(InputError, match="predicted: expected 2 values"):
        assess_predictions([0.5], [0.6, 0.7])
