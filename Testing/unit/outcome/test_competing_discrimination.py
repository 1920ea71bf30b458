"""C and area with competing events: by loops over pairs, and their limits without competing events or censoring."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, auc_at_times, competing_auc, competing_c, uno_c


def a_study(competing=True, censored=True, patients=90, seed=0):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=patients), 1)
    first = rng.exponential(np.exp(-x))
    second = rng.exponential(1.5, patients) if competing else np.full(patients, np.inf)
    end = rng.uniform(0.3, 3.0, patients) if censored else np.full(patients, np.inf)
    times = np.minimum(np.minimum(first, second), end)
    codes = np.where(times == end, 0, np.where(first < second, 1, 2))
    return x, FollowUp(np.round(times + 0.05, 2), codes)


def followed(follow_up, at):
    """The chance of not being censored by a time, events first at equal times, written out."""
    chance = 1.0
    for u in np.unique(follow_up.times[follow_up.events == 0]):
        if u <= at:
            ended = (follow_up.times == u) & (follow_up.events == 0)
            chance *= 1 - ended.sum() / (np.sum(follow_up.times > u) + ended.sum())
    return chance


def test_without_competing_events_they_are_unos_and_hung_and_chiangs():
    x, follow_up = a_study(competing=False)
    c = competing_c(x, follow_up, 1.5)
    assert c.value == pytest.approx(uno_c(x, follow_up, horizon=1.5).value, abs=1e-12)
    assert c.error == pytest.approx(uno_c(x, follow_up, horizon=1.5).error, abs=1e-12)
    assert competing_auc(x, follow_up, 1.5).value == pytest.approx(auc_at_times(x, follow_up, [1.5]).values[0])


def test_c_is_the_weighted_sum_over_pairs():
    x, f = a_study()
    agreed = total = 0.0
    for i in np.flatnonzero(f.happened & (f.times < 1.0)):
        for j in range(len(x)):
            if f.events[j] > 1 and f.times[j] <= f.times[i]:
                weight = 1 / followed(f, f.times[i]) / followed(f, f.times[j])
            elif f.times[j] > f.times[i] or (f.times[j] == f.times[i] and f.events[j] == 0):
                weight = 1 / followed(f, f.times[i]) ** 2
            else:
                continue
            total += weight
            agreed += weight * (0.5 if x[i] == x[j] else float(x[i] > x[j]))
    assert competing_c(x, f, 1.0).value == pytest.approx(agreed / total)


def test_area_is_the_weighted_sum_over_pairs():
    x, f = a_study()
    agreed = total = 0.0
    for i in np.flatnonzero(f.happened & (f.times <= 1.0)):
        for j in range(len(x)):
            if f.times[j] > 1.0:
                weight = 1 / followed(f, 1.0)
            elif f.events[j] > 1:
                weight = 1 / followed(f, f.times[j])
            else:
                continue
            weight /= followed(f, f.times[i])
            total += weight
            agreed += weight * (0.5 if x[i] == x[j] else float(x[i] > x[j]))
    assert competing_auc(x, f, 1.0).value == pytest.approx(agreed / total)


def test_weights_make_censoring_of_little_account():
    x, full = a_study(censored=False, patients=3000, seed=3)
    end = np.random.default_rng(4).uniform(0.2, 3.0, 3000)
    seen = FollowUp(np.minimum(full.times, end), np.where(full.times <= end, full.events, 0))
    for judge in (competing_c, competing_auc):
        assert judge(x, seen, 1.0).value == pytest.approx(judge(x, full, 1.0).value, abs=0.02)


def test_intervals_hold_the_value_of_many_patients():
    x, full = a_study(patients=4000, seed=5)
    truth = competing_auc(x, full, 1.0).value
    found = [competing_auc(x[part], full.of(part), 1.0) for part in np.array_split(np.arange(4000), 40)]
    inside = np.mean([one.low <= truth <= one.high for one in found])
    assert inside >= 0.85
    assert np.mean([one.error for one in found]) == pytest.approx(np.std([one.value for one in found]), rel=0.3)


def test_strata_compare_only_patients_of_one_model():
    x, f = a_study()
    half = np.arange(90) % 2
    shifted = x + 100.0 * half
    for judge in (competing_c, competing_auc):
        assert judge(shifted, f, 1.0, strata=half).value == pytest.approx(judge(x, f, 1.0, strata=half).value)
        assert judge(shifted, f, 1.0).value != pytest.approx(judge(x, f, 1.0).value)


def test_refuses_what_has_no_pair_and_a_horizon_nobody_reaches():
    x, f = a_study()
    with pytest.raises(InputError, match="whose order is known"):
        competing_c(x, FollowUp(f.times, np.where(f.events == 1, 0, f.events)), 1.0)
    with pytest.raises(InputError, match="the last seen"):
        competing_auc(x, f, 1e6)
    with pytest.raises(InputError, match="horizon"):
        competing_c(x, f, 0.0)
    with pytest.raises(InputError, match="finite values"):
        competing_c(np.full(90, np.nan), f, 1.0)
