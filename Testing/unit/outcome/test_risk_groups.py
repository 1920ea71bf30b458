"""Cuts of risk, and that a sought cut pays for having been sought."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, best_cut, log_rank, quantile_cut


def test_quantiles_are_those_of_training():
    assert quantile_cut(np.array([1.0, 2.0, 3.0, 4.0])) == 2.5
    assert quantile_cut(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 0.75) == 4.0
    with pytest.raises(InputError, match="at least one patient"):
        quantile_cut(np.zeros(0))


def test_a_planted_cut_is_found():
    rng = np.random.default_rng(1)
    risk = rng.uniform(0, 1, 300)
    follow_up = FollowUp(rng.exponential(np.where(risk > 0.7, 0.3, 1.0)), np.ones(300))
    found = best_cut(risk, follow_up, rng, draws=199)
    assert abs(found.cut - 0.7) < 0.08 and found.p_corrected == pytest.approx(1 / 200)


def test_the_statistic_is_near_the_log_rank_tests_where_the_effect_is_small():
    rng = np.random.default_rng(4)
    risk = rng.normal(size=400)
    follow_up = FollowUp(rng.exponential(np.exp(-0.1 * risk)), rng.random(400) < 0.8)
    found = best_cut(risk, follow_up, rng, draws=19)
    plain = log_rank(follow_up.times, follow_up.happened, risk > found.cut)
    assert found.chi_square == pytest.approx(plain.statistic, rel=0.3)


def test_without_an_effect_the_corrected_p_is_honest_and_the_plain_one_is_not():
    rng = np.random.default_rng(2)
    found = [
        best_cut(rng.normal(size=60), FollowUp(rng.exponential(1, 60), np.ones(60)), rng, draws=99) for _ in range(60)
    ]
    assert np.mean([f.p < 0.05 for f in found]) > 0.15
    assert np.mean([f.p_corrected < 0.05 for f in found]) < 0.15


def test_refuses_a_risk_that_parts_nobody():
    with pytest.raises(InputError, match="too few different ones"):
        best_cut(np.ones(20), FollowUp(np.arange(20) + 1.0, np.ones(20)), np.random.default_rng(0))
