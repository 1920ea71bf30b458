"""Low and high risk: predicted beside observed."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, cumulative_incidence, kaplan_meier, log_rank, risk_strata

TIMES = np.array([0.2, 0.5])


def a_study(patients=200):
    rng = np.random.default_rng(0)
    high = np.arange(patients) % 2 == 1
    times = rng.exponential(np.where(high, 0.4, 1.0))
    codes = rng.choice([0, 1, 2], patients, p=[0.2, 0.6, 0.2])
    chance = np.where(high[:, None], 0.6, 0.2) + np.array([0.0, 0.1])
    return high, FollowUp(times, codes), chance


def test_groups_hold_their_own_curves_and_the_mean_of_what_was_predicted():
    high, follow_up, chance = a_study()
    found = risk_strata("median", high, follow_up, TIMES, chance)
    assert (found.low.n, found.high.n) == (100, 100)
    assert found.high.predicted.tolist() == pytest.approx([0.6, 0.7])
    expected = kaplan_meier(follow_up.times[high], follow_up.happened[high])
    np.testing.assert_array_equal(found.high.observed.survival, expected.survival)
    incidence = cumulative_incidence(follow_up.of(high))
    np.testing.assert_array_equal(found.high.incidence.values, incidence.values)
    assert found.log_rank == log_rank(follow_up.times, follow_up.happened, high)
    assert found.ratio_low > 1.2 and found.ratio_low < found.hazard_ratio < found.ratio_high
    assert found.high.competing == int((follow_up.events[high] == 2).sum())


def test_a_group_without_patients_or_events_has_no_ratio():
    high, follow_up, chance = a_study()
    alone = risk_strata("median", np.ones(200, dtype=bool), follow_up, TIMES, chance)
    assert alone.low.n == 0 and math.isnan(alone.hazard_ratio) and math.isnan(alone.log_rank.p)
    none = FollowUp(follow_up.times, np.where(high, follow_up.events, 0))
    quiet = risk_strata("median", high, none, TIMES, chance)
    assert math.isnan(quiet.hazard_ratio) and quiet.low.incidence is None


def test_refuses_other_shapes():
    high, follow_up, chance = a_study()
    with pytest.raises(InputError, match="as the follow-up"):
        risk_strata("median", high[:5], follow_up, TIMES, chance)
