"""Net benefit by hand, and for survival."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, decision_curve


def test_net_benefit_by_hand():
    chance, labels = np.array([0.9, 0.6, 0.4, 0.1]), np.array([1, 0, 1, 0])
    found = decision_curve(chance, labels, [0.5, 0.2])
    # at 0.5: one true, one false of four; at 0.2: two true, one false, which costs a quarter
    np.testing.assert_allclose(found.model, [(1 - 1) / 4, (2 - 0.25) / 4])
    np.testing.assert_allclose(found.all, [0.0, (2 - 2 * 0.25) / 4])


def test_survival_without_censoring_is_the_same_as_classes():
    rng = np.random.default_rng(3)
    chance = rng.random(80)
    days = rng.integers(1, 100, 80)
    follow_up, labels = FollowUp(days, np.ones(80)), (days <= 40).astype(int)
    levels = [0.1, 0.3, 0.6]
    np.testing.assert_allclose(
        decision_curve(chance, follow_up, levels, horizon=40.0).model, decision_curve(chance, labels, levels).model
    )


def test_nobody_treated_gains_nothing():
    assert decision_curve(np.array([0.1, 0.2]), np.array([0, 1]), [0.9]).model.tolist() == [0.0]


def test_refuses_what_is_out_of_range():
    with pytest.raises(InputError, match="thresholds"):
        decision_curve(np.array([0.1]), np.array([1]), [1.0])
    with pytest.raises(InputError, match="values from 0 to 1"):
        decision_curve(np.array([1.1]), np.array([1]), [0.5])
    with pytest.raises(InputError, match="horizon"):
        decision_curve(np.array([0.1]), FollowUp([1], [1]), [0.5])
