"""Cox's model against R's coxph, and what it refuses."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, fit_cox

COHORTS = ("small", "head_neck", "glioma", "lung1")


@pytest.mark.parametrize(("a_cohort", "name"), [(n, n) for n in COHORTS], indirect=["a_cohort"])
def test_equals_coxph(a_cohort, by_r, name):
    expected = by_r[name]
    model = fit_cox(a_cohort.x, a_cohort.follow_up)
    assert (model.n, model.events) == (expected["n"], expected["events"])
    np.testing.assert_allclose(model.coefficients, expected["coefficients"], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(model.errors, expected["errors"], rtol=1e-6)
    assert [model.null_log_likelihood, model.log_likelihood] == pytest.approx(expected["log_likelihood"], rel=1e-10)
    at_zero = model.hazard[-1] * np.exp(-model.means @ model.coefficients)
    assert at_zero == pytest.approx(expected["hazard_end"], rel=1e-6)


def test_the_scale_of_a_covariate_is_of_no_account():
    rng = np.random.default_rng(1)
    x, follow_up = rng.normal(size=(80, 2)), FollowUp(rng.exponential(100, 80), rng.random(80) < 0.7)
    first, second = fit_cox(x, follow_up), fit_cox(x * [1e6, 1e-6], follow_up)
    np.testing.assert_allclose(first.risk(x), second.risk(x * [1e6, 1e-6]), atol=1e-8)


def test_predicted_survival_falls_with_time_and_with_risk():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(120, 1))
    follow_up = FollowUp(rng.exponential(100 * np.exp(-x[:, 0])), rng.random(120) < 0.8)
    predicted = fit_cox(x, follow_up).survival(np.array([[-1.0], [1.0]]), [0, 10, 50, 200])
    assert (np.diff(predicted, axis=1) <= 0).all() and (predicted[1, 1:] < predicted[0, 1:]).all()
    assert predicted[:, 0].tolist() == [1.0, 1.0]


def test_a_penalty_shrinks_and_lets_more_covariates_than_events_in():
    rng = np.random.default_rng(3)
    x, follow_up = rng.normal(size=(20, 40)), FollowUp(rng.exponential(100, 20), np.ones(20))
    weak, strong = (float(np.abs(fit_cox(x, follow_up, penalty=p).coefficients).sum()) for p in (1.0, 100.0))
    assert strong < weak


def test_without_covariates_it_is_the_baseline():
    model = fit_cox(np.zeros((4, 0)), FollowUp([1, 2, 3, 4], [1, 0, 1, 0]))
    assert model.hazard.tolist() == pytest.approx([0.25, 0.75])


@pytest.mark.parametrize(
    ("x", "events", "message"),
    [
        ([[1.0], [1.0], [1.0]], [1, 1, 0], "x1, the same for all at risk"),
        ([[1.0, 2.0], [2.0, 4.0], [5.0, 10.0]], [1, 1, 1], "which the others give"),
        ([[1.0], [2.0], [3.0]], [0, 0, 0], "the event in at least one patient"),
        ([[1.0], [float("nan")], [3.0]], [1, 1, 0], "a missing one in x1"),
        ([[3.0], [2.0], [1.0]], [1, 1, 1], "grows without limit"),
        ([[3.0], [2.0]], [1, 1, 1], "3 rows"),
    ],
)
def test_refuses_what_cannot_be_estimated(x, events, message):
    with pytest.raises(InputError, match=message):
        fit_cox(np.array(x), FollowUp([1, 2, 3], events))
