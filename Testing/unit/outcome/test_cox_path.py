"""The elastic net of Cox's model against scikit-survival, by its conditions, and at its ends."""

import numpy as np
import pytest
from sksurv.linear_model import CoxnetSurvivalAnalysis
from sksurv.util import Surv

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, fit_cox, fit_cox_path, partial_log_likelihood


def a_study(patients=90, features=25, seed=0, ties=True):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, 8)) @ rng.normal(size=(8, features)) + 0.4 * rng.normal(size=(patients, features))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    times = rng.exponential(np.exp(-0.8 * x[:, 0] + 0.5 * x[:, 1]))
    return x, FollowUp(np.ceil(20 * times) if ties else times, rng.random(patients) < 0.8)


@pytest.mark.parametrize("share", [1.0, 0.5])
@pytest.mark.parametrize("ties", [True, False])
@pytest.mark.parametrize("size", [(90, 25), (60, 200)], ids=str)
def test_coefficients_equal_scikit_survival(share, ties, size):
    x, follow_up = a_study(*size, ties=ties)
    path = fit_cox_path(x, follow_up, lasso_share=share, count=20, smallest=0.15)
    other = CoxnetSurvivalAnalysis(l1_ratio=share, alphas=path.penalties, tol=1e-15, max_iter=1_000_000)
    other.fit(x, Surv.from_arrays(follow_up.happened, follow_up.times))
    np.testing.assert_allclose(path.coefficients, other.coef_.T, atol=2e-5)


def test_no_coefficient_can_be_moved_to_gain():
    x, follow_up = a_study(60, 300, seed=2)
    path = fit_cox_path(x, follow_up, lasso_share=0.7, count=8, smallest=0.2)
    at, n, step = -1, len(x), 1e-4
    best = path.coefficients[at]
    assert 3 < np.count_nonzero(best) < 60

    def loss(b):
        penalty = path.penalties[at] * (0.7 * np.abs(b).sum() + 0.15 * b @ b)
        return -float(partial_log_likelihood(x @ b, follow_up)) / n + penalty

    moves = [best + sign * step * np.eye(300)[j] for j in range(300) for sign in (-1, 1)]
    assert min(loss(b) for b in moves) >= loss(best) - 1e-9


def test_the_first_penalty_leaves_nothing_and_the_next_something():
    x, follow_up = a_study()
    path = fit_cox_path(x, follow_up)
    counts = np.count_nonzero(path.coefficients, axis=1)
    assert counts[0] == 0 and counts[1] >= 1 and counts[-1] > 5
    assert (np.diff(path.log_likelihoods) > 0).all() and (np.diff(path.penalties) < 0).all()


def test_nearly_without_a_penalty_it_is_coxs_model():
    x, follow_up = a_study(200, 3, ties=False)
    found = fit_cox_path(x, follow_up, penalties=[1e-2, 1e-4, 1e-7])
    np.testing.assert_allclose(found.coefficients[-1], fit_cox(x, follow_up).coefficients, atol=1e-4)
    np.testing.assert_allclose(found.log_likelihoods[-1], fit_cox(x, follow_up).log_likelihood, atol=1e-4)
    np.testing.assert_allclose(found.risk(x)[:, -1], fit_cox(x, follow_up).risk(x), atol=1e-3)


def test_equal_columns_share_an_elastic_net_and_a_path_ends_before_too_many_features():
    x, follow_up = a_study()
    twice = np.concatenate([x, x[:, :1]], axis=1)
    found = fit_cox_path(twice, follow_up, lasso_share=0.5, count=10, smallest=0.3).coefficients[-1]
    assert found[0] == pytest.approx(found[-1], abs=1e-4) and found[0] != 0
    short = fit_cox_path(x, follow_up, most=3)
    assert np.count_nonzero(short.coefficients, axis=1).max() <= 3 and len(short.penalties) < 40


def test_patients_who_can_be_told_apart_end_the_path():
    x = np.linspace(-2, 2, 12)[:, None]
    path = fit_cox_path(x, FollowUp(np.arange(12, 0, -1), np.ones(12)), smallest=1e-6, count=60)
    assert np.isfinite(path.coefficients).all() and len(path.penalties) < 60


def test_the_likelihood_is_that_of_each_column():
    x, follow_up = a_study(ties=False)
    model = fit_cox(x[:, :2], follow_up)
    both = partial_log_likelihood(np.stack([model.risk(x[:, :2]), np.zeros(len(x))], axis=1), follow_up)
    assert both == pytest.approx([model.log_likelihood, model.null_log_likelihood])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lasso_share": 0.0}, "lasso_share"),
        ({"penalties": [0.1, 0.2]}, "falling numbers"),
        ({"penalties": []}, "falling numbers"),
        ({"names": ["a"]}, "names"),
        ({"count": 0}, "count"),
        ({"smallest": 2.0}, "smallest"),
    ],
)
def test_refuses_what_is_out_of_range(change, message):
    with pytest.raises(InputError, match=message):
        fit_cox_path(*a_study(), **change)


def test_refuses_missing_values_and_nobody_with_the_event():
    x, follow_up = a_study()
    with pytest.raises(InputError, match="the event in at least one patient"):
        fit_cox_path(x, FollowUp(follow_up.times, np.zeros(len(x))))
    x[0, 0] = np.nan
    with pytest.raises(InputError, match="rows of finite values"):
        fit_cox_path(x, follow_up)
    with pytest.raises(InputError, match="one a patient"):
        partial_log_likelihood(np.zeros(3), follow_up)
