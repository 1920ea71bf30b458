"""Survival of groups: against the product and the sums written out."""

import math
import sys

import numpy as np
import pytest
from scipy.stats import chi2, norm

from oncologyai.errors import InputError, MissingDependencyError
from oncologyai.outcome import censor_at, kaplan_meier, log_rank, split_at_median

# Freireich's leukaemia trial, weeks of remission; + means censored (tabulated in every textbook).
MERCAPTOPURINE = ([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
                  [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])  # fmt: skip
PLACEBO = ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [1] * 21)


def plain_log_rank(t: np.ndarray, e: np.ndarray, g: np.ndarray) -> float:
    observed, expected, variance = 0.0, 0.0, 0.0
    for time in np.unique(t[e]):
        n, n1 = np.sum(t >= time), np.sum((t >= time) & g)
        d, d1 = np.sum((t == time) & e), np.sum((t == time) & e & g)
        observed, expected = observed + d1, expected + d * n1 / n
        variance += d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1) if n > 1 else 0.0
    return float((observed - expected) ** 2 / variance)


def test_curve_of_a_published_trial() -> None:
    found = kaplan_meier(*MERCAPTOPURINE)
    at = dict(zip(found.times, found.survival, strict=True))
    # published: 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448
    for week, survival in ((6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)):
        assert at[week] == pytest.approx(survival, abs=5e-4)
    assert (found.n, found.events, found.median) == (21, 9, 23)
    assert [found.at_risk(week) for week in (0, 10, 23, 36)] == [21, 15, 6, 0]
    assert len(found.censored) == 12


def test_interval_is_greenwoods_on_the_double_log_scale() -> None:
    times, events = (np.array(v) for v in MERCAPTOPURINE)
    found = kaplan_meier(times, events)
    terms = [(np.sum((times == w) & (events == 1)), np.sum(times >= w)) for w in (6, 7, 10)]
    survival = math.prod(1 - d / n for d, n in terms)
    error = math.sqrt(sum(d / (n * (n - d)) for d, n in terms)) / math.log(survival)
    low, high = sorted(survival ** math.exp(sign * norm.ppf(0.975) * error) for sign in (-1, 1))
    at = int(np.flatnonzero(found.times == 10)[0])
    assert (found.low[at], found.high[at]) == pytest.approx((low, high))


def test_log_rank_of_a_published_trial_and_written_out() -> None:
    t = np.array(MERCAPTOPURINE[0] + PLACEBO[0], float)
    e = np.array(MERCAPTOPURINE[1] + PLACEBO[1], bool)
    g = np.arange(42) >= 21
    found = log_rank(t, e, g)
    assert found.statistic == pytest.approx(16.79, abs=5e-3)  # published
    assert found.statistic == pytest.approx(plain_log_rank(t, e, g))
    assert found.p == pytest.approx(chi2.sf(found.statistic, 1))


COHORTS = ("small", "head_neck", "glioma", "lung1")


@pytest.mark.parametrize(("a_cohort", "name"), [(n, n) for n in COHORTS], indirect=["a_cohort"])
def test_curves_with_intervals_and_the_log_rank_test_equal_r(a_cohort, by_r, name) -> None:
    expected, follow_up = by_r[name], a_cohort.follow_up
    groups = {"below": ~a_cohort.group, "above": a_cohort.group}
    whole = {"survival": expected["survival"], "low": expected["low"], "high": expected["high"], "n": expected["n"]}
    for wanted, chosen in ((whole, np.ones(len(follow_up), bool)), *((expected[k], groups[k]) for k in groups)):
        found = kaplan_meier(follow_up.times[chosen], follow_up.happened[chosen])
        assert found.n == wanted["n"]
        steps = np.searchsorted(found.times, expected["times"], side="right") - 1
        for values, key in ((found.survival, "survival"), (found.low, "low"), (found.high, "high")):
            for value, by in zip(values[steps], wanted[key], strict=True):
                if by is not None:  # R gives no interval before the first event and at 0
                    assert value == pytest.approx(by, abs=1e-9)
        if "at_risk" in wanted:
            assert [found.at_risk(at) for at in expected["times"]] == wanted["at_risk"]
    test = log_rank(follow_up.times, follow_up.happened, a_cohort.group)
    assert test.statistic == pytest.approx(expected["log_rank"], rel=1e-9)
    assert test.p == pytest.approx(expected["log_rank_p"], abs=1e-9)


def test_horizon_ends_the_follow_up() -> None:
    times, events = censor_at([10, 3000, 3001, 5000], [True, True, True, False], 3000)
    assert list(times) == [10, 3000, 3000, 3000] and list(events) == [True, True, False, False]
    with pytest.raises(InputError, match="horizon_days: expected a number above 0 days"):
        censor_at([1], [True], 0)


def test_split_at_the_median() -> None:
    middle, high = split_at_median([1, 2, 3, math.nan, 3])
    assert middle == 2.5 and list(high) == [False, False, True, False, True]
    assert not split_at_median([4, 4, 4])[1].any()
    assert math.isnan(split_at_median([])[0])


def test_degenerate_groups_give_nan() -> None:
    assert math.isnan(log_rank([1, 2], [True, True], [True, True]).p)
    assert math.isnan(log_rank([1, 2], [False, False], [True, False]).p)
    assert log_rank([1, 1, 1, 1], [True] * 4, [True, False, True, False]).p == pytest.approx(1.0)
    nobody = kaplan_meier([], [])
    assert nobody.n == 0 and math.isnan(nobody.survival[0])
    nobody_died = kaplan_meier([5, 6], [False, False])
    assert nobody_died.median == math.inf and nobody_died.survival[-1] == 1.0
    assert kaplan_meier([5.0], [True]).survival[-1] == 0.0


def test_refuses_what_cannot_be() -> None:
    with pytest.raises(InputError, match="times: expected finite days of at least 0"):
        kaplan_meier([-1.0], [True])
    with pytest.raises(InputError, match="events: expected 2 values"):
        kaplan_meier([1.0, 2.0], [True])
    with pytest.raises(InputError, match="group: expected 1 values"):
        log_rank([1.0], [True], [True, False])


def test_without_lifelines_the_error_names_the_extra(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "lifelines", None)
    with pytest.raises(MissingDependencyError, match=r"survival curves.*pip install 'oncologyai\[stats\]'"):
        kaplan_meier([1.0], [True])
