"""Calibration: a true model has slope 1, an overfitted one less; groups give what was observed."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import (
    FollowUp,
    calibration_groups,
    cox_calibration,
    fit_cox,
    kaplan_meier,
    logistic_calibration,
    misspecification_test,
)


@pytest.fixture
def a_study():
    rng = np.random.default_rng(23)
    x = rng.normal(size=(1500, 3))
    risk = x @ [0.8, -0.5, 0.0]
    days = rng.exponential(np.exp(-risk)) * 500
    end = rng.uniform(200, 3000, 1500)
    return x, risk, FollowUp(np.minimum(days, end), days <= end)


def test_the_true_risk_has_slope_one_and_twice_it_one_half(a_study):
    _, risk, follow_up = a_study
    assert abs(cox_calibration(risk, follow_up).slope - 1) < 0.1
    assert cox_calibration(risk, follow_up).p > 0.05
    assert cox_calibration(2 * risk, follow_up).slope == pytest.approx(cox_calibration(risk, follow_up).slope / 2)
    assert cox_calibration(2 * risk, follow_up).p < 1e-6


def test_a_model_that_does_not_carry_over_is_told(a_study):
    x, risk, follow_up = a_study
    assert misspecification_test(x, risk, follow_up)[2] > 0.01
    assert misspecification_test(x, x @ [0.0, 0.0, 1.0], follow_up)[2] < 1e-10


def test_the_offset_of_the_fitted_model_itself_leaves_nothing_to_say(a_study):
    x, _, follow_up = a_study
    model = fit_cox(x, follow_up)
    statistic, degrees, p = misspecification_test(x, model.risk(x), follow_up)
    assert statistic == pytest.approx(0.0, abs=1e-6) and degrees == 3 and p == pytest.approx(1.0)


def test_groups_give_one_less_kaplan_meier_without_competing_events(a_study):
    x, _, follow_up = a_study
    chance = 1 - fit_cox(x, follow_up).survival(x, [365.0])[:, 0]
    groups = calibration_groups(chance, follow_up, 365.0, count=4)
    assert sum(group.n for group in groups) == 1500
    first = chance <= np.quantile(chance, 0.25)
    curve = kaplan_meier(follow_up.times[first], follow_up.happened[first])
    at = np.searchsorted(curve.times, 365.0, side="right") - 1
    assert groups[0].observed == pytest.approx(1 - curve.survival[at], abs=0.01)
    assert all(abs(group.predicted - group.observed) < 0.07 for group in groups)
    assert all(group.low < group.observed < group.high for group in groups)


def test_chances_of_classes_have_slope_and_intercept():
    rng = np.random.default_rng(22)
    logit = rng.normal(0, 1.5, 6000)
    chance = 1 / (1 + np.exp(-logit))
    labels = (rng.random(6000) < chance).astype(int)
    found = logistic_calibration(chance, labels)
    assert found.slope == pytest.approx(1, abs=0.1) and found.intercept == pytest.approx(0, abs=0.1)
    assert found.brier == pytest.approx(np.mean((chance - labels) ** 2))
    shifted = logistic_calibration(1 / (1 + np.exp(-(2 * logit + 1))), labels)
    assert shifted.slope == pytest.approx(0.5, abs=0.05) and shifted.at_large < -0.5


def test_refuses_what_are_no_chances(a_study):
    _, risk, follow_up = a_study
    with pytest.raises(InputError, match="values from 0 to 1"):
        calibration_groups(risk, follow_up, 365.0)
    with pytest.raises(InputError, match="values from 0 to 1"):
        logistic_calibration(np.array([2.0, 0.1]), np.array([0, 1]))
    with pytest.raises(InputError, match="both classes"):
        logistic_calibration(np.array([0.2, 0.1]), np.array([1, 1]))
