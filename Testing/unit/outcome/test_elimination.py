"""Fast backward elimination: what stays, and that it agrees with fitting again where effects are clear."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, backward_elimination, fit_cox


@pytest.fixture
def a_model():
    rng = np.random.default_rng(12)
    x = rng.normal(size=(300, 5))
    days = rng.exponential(np.exp(-x[:, 1] + 0.8 * x[:, 3]))
    return x, FollowUp(days, np.ones(300))


def test_effects_stay_and_noise_goes(a_model):
    x, follow_up = a_model
    assert {1, 3} <= set(backward_elimination(fit_cox(x, follow_up), alpha=0.01))
    assert backward_elimination(fit_cox(x, follow_up), alpha=1e-6) == (1, 3)


def test_nothing_stays_without_an_effect_and_all_with_alpha_one(a_model):
    x, follow_up = a_model
    noise = x[:, [0, 2, 4]]
    assert backward_elimination(fit_cox(noise, follow_up), alpha=1e-9) == ()
    assert backward_elimination(fit_cox(noise, follow_up), alpha=1.0) == (0, 1, 2)


def test_the_wald_tests_are_those_of_a_model_fitted_again_to_first_order():
    rng = np.random.default_rng(13)
    x = rng.normal(size=(4000, 3))
    x[:, 2] += 0.5 * x[:, 0]
    follow_up = FollowUp(rng.exponential(np.exp(-0.3 * x[:, 0])), np.ones(4000))
    full = fit_cox(x, follow_up)
    others = [0, 1]
    moved = full.coefficients[others] - full.covariance[others, 2] * full.coefficients[2] / full.covariance[2, 2]
    np.testing.assert_allclose(moved, fit_cox(x[:, others], follow_up).coefficients, atol=0.003)


def test_refuses_an_alpha_that_is_no_share(a_model):
    x, follow_up = a_model
    with pytest.raises(InputError, match="alpha"):
        backward_elimination(fit_cox(x, follow_up), alpha=2.0)
