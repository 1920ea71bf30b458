"""The screen of many features equals a model fitted for each."""

import numpy as np
import pytest
from scipy import stats

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, fit_cox, univariate_cox


@pytest.mark.parametrize("a_cohort", ["small", "head_neck"], indirect=True)
def test_each_column_equals_a_model_of_its_own(a_cohort):
    found = univariate_cox(a_cohort.x, a_cohort.follow_up)
    for n in range(a_cohort.x.shape[1]):
        alone = fit_cox(a_cohort.x[:, [n]], a_cohort.follow_up)
        assert found.coefficients[n] == pytest.approx(alone.coefficients[0], rel=1e-6)
        assert found.errors[n] == pytest.approx(alone.errors[0], rel=1e-6)
        ratio = 2 * (alone.log_likelihood - alone.null_log_likelihood)
        assert found.p[n] == pytest.approx(stats.chi2.sf(ratio, 1), rel=1e-6)


def test_constant_and_separating_columns_have_no_estimate():
    times = np.arange(1.0, 11.0)
    x = np.stack([np.full(10, 3.0), -times, np.sin(times)], axis=1)
    found = univariate_cox(x, FollowUp(times, np.ones(10)))
    assert np.isnan(found.coefficients).tolist() == [True, True, False]


def test_noise_has_small_p_as_rarely_as_it_should():
    rng = np.random.default_rng(5)
    found = univariate_cox(rng.normal(size=(100, 2000)), FollowUp(rng.exponential(1, 100), rng.random(100) < 0.6))
    assert 0.03 < float((found.p < 0.05).mean()) < 0.08


def test_refuses_missing_values():
    with pytest.raises(InputError, match="rows of finite values"):
        univariate_cox(np.array([[np.nan], [1.0]]), FollowUp([1, 2], [1, 1]))
