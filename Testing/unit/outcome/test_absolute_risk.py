"""Chances from risks: Cox's own survival, Fine and Gray's own incidence, and what happened."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, absolute_risk, cumulative_incidence, fit_cox, fit_fine_gray


def a_study(competing, patients=400, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, 1))
    first = rng.exponential(np.exp(-x[:, 0]))
    second = rng.exponential(1.5, patients) if competing else np.full(patients, np.inf)
    end = rng.uniform(0.3, 4.0, patients)
    times = np.minimum(np.minimum(first, second), end)
    return x, FollowUp(times, np.where(times == end, 0, np.where(first < second, 1, 2)))


def test_of_a_log_hazard_it_is_coxs_own_survival():
    x, follow_up = a_study(competing=False)
    model = fit_cox(x, follow_up)
    found = absolute_risk(model.risk(x), follow_up).incidence(model.risk(x), [0.1, 0.5, 2.0])
    np.testing.assert_allclose(1 - found, model.survival(x, [0.1, 0.5, 2.0]), atol=1e-9)


def test_of_a_subdistribution_it_is_fine_and_grays_own_incidence():
    x, follow_up = a_study(competing=True)
    model = fit_fine_gray(x, follow_up)
    risk = (x - x.mean(axis=0)) @ model.coefficients
    found = absolute_risk(risk, follow_up, scale="subdistribution").incidence(risk, [0.1, 0.5, 2.0])
    np.testing.assert_allclose(found, model.incidence(x, [0.1, 0.5, 2.0]), atol=1e-9)


def test_with_competing_events_the_mean_chance_is_near_the_incidence_that_happened():
    x, follow_up = a_study(competing=True, patients=2000)
    risk = fit_cox(x, follow_up).risk(x)
    found = absolute_risk(risk, follow_up).incidence(risk, [0.3, 1.0, 2.0]).mean(axis=0)
    np.testing.assert_allclose(found, cumulative_incidence(follow_up).at([0.3, 1.0, 2.0]), atol=0.015)


def test_a_rank_is_given_the_slope_that_training_says():
    x, follow_up = a_study(competing=False)
    model = fit_cox(x, follow_up)
    times = [0.2, 1.0]
    found = absolute_risk(x[:, 0] * 1000.0, follow_up, scale="rank").incidence(x[:, 0] * 1000.0, times)
    np.testing.assert_allclose(1 - found, model.survival(x, times), atol=1e-3)
    same = absolute_risk(np.ones(400), follow_up, scale="rank").incidence(np.ones(3), times)
    assert np.ptp(same, axis=0).tolist() == [0.0, 0.0]


def test_chances_rise_with_time_and_risk_and_begin_at_0():
    x, follow_up = a_study(competing=True)
    found = absolute_risk(x[:, 0], follow_up).incidence(np.array([-2.0, 0.0, 60.0]), [0.0, 0.2, 1.0, 1e6])
    assert (np.diff(found, axis=1) >= 0).all() and found[:, 0].tolist() == [0.0] * 3 and found.max() <= 1.0
    assert (np.diff(found[:, 1]) > 0).all()


def test_refuses_what_cannot_be():
    x, follow_up = a_study(competing=False)
    with pytest.raises(InputError, match="scale"):
        absolute_risk(x[:, 0], follow_up, scale="odds")
    with pytest.raises(InputError, match="one a patient"):
        absolute_risk(x[:3, 0], follow_up)
    with pytest.raises(InputError, match="the event in at least one patient"):
        absolute_risk(x[:, 0], FollowUp(follow_up.times, np.zeros(400)))
