"""A sought cut pays for its optimism."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, best_cut, cut_optimism


def test_on_noise_the_corrected_c_is_near_chance_and_the_plain_one_is_not():
    rng = np.random.default_rng(0)
    found = [
        cut_optimism(rng.normal(size=60), FollowUp(rng.exponential(1, 60), np.ones(60)), rng, draws=20, permutations=19)
        for _ in range(15)
    ]
    plain, corrected = (np.mean([getattr(f, name) - 0.5 for f in found]) for name in ("c", "c_corrected"))
    assert plain > 0.04 and abs(corrected) < 0.5 * plain
    assert all(f.optimism > 0 for f in found)


def test_a_planted_cut_stays():
    rng = np.random.default_rng(1)
    risk = rng.uniform(0, 1, 200)
    follow_up = FollowUp(rng.exponential(np.where(risk > 0.6, 0.3, 1.0)), np.ones(200))
    found = cut_optimism(risk, follow_up, np.random.default_rng(2), draws=20, permutations=99)
    expected = best_cut(risk, follow_up, np.random.default_rng(2), draws=99)
    assert (found.cut, found.p, found.p_corrected) == (expected.cut, expected.p, expected.p_corrected)
    assert found.c_corrected > 0.6 and found.draws == 20


def test_refuses_too_few_samples_and_one_risk():
    follow_up = FollowUp(np.arange(20) + 1.0, np.ones(20))
    with pytest.raises(InputError, match="draws"):
        cut_optimism(np.arange(20.0), follow_up, np.random.default_rng(0), draws=1)
    with pytest.raises(InputError, match="too few different ones"):
        cut_optimism(np.ones(20), follow_up, np.random.default_rng(0))
