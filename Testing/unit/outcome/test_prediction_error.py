"""AUC at times and Brier scores against scikit-survival, and by hand."""

import numpy as np
import pytest
from sksurv.metrics import brier_score, concordance_index_ipcw, cumulative_dynamic_auc, integrated_brier_score
from sksurv.util import Surv

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, auc_at_times, brier_scores, fit_cox, harrell_c, uno_c


@pytest.fixture(scope="module")
def a_study():
    """Training and test follow-up with ties, covariates, and times within both."""
    rng = np.random.default_rng(11)
    x = rng.normal(size=(240, 2))
    days = np.ceil(rng.exponential(400 * np.exp(-x[:, 0])))
    end = np.ceil(rng.uniform(50, 1500, 240))
    follow_up = FollowUp(np.minimum(days, end), days <= end)
    first = np.arange(240) < 160
    model = fit_cox(x[first], follow_up.of(first))
    keep = ~first & (follow_up.times < follow_up.times[first].max())
    return x[keep], model, follow_up.of(first), follow_up.of(keep), np.array([60.0, 200.0, 400.0, 700.0])


def as_surv(follow_up):
    return Surv.from_arrays(follow_up.happened, follow_up.times)


def test_auc_equals_scikit_survival(a_study):
    x, model, training, test, times = a_study
    values, mean = cumulative_dynamic_auc(as_surv(training), as_surv(test), model.risk(x), times)
    found = auc_at_times(model.risk(x), test, times, training=training)
    np.testing.assert_allclose(found.values, values, atol=1e-9)
    assert found.mean == pytest.approx(mean, abs=1e-9)


def test_brier_scores_equal_scikit_survival(a_study):
    x, model, training, test, times = a_study
    predicted = model.survival(x, times)
    _, values = brier_score(as_surv(training), as_surv(test), predicted, times)
    found = brier_scores(predicted, test, times, training=training)
    np.testing.assert_allclose(found.values, values, atol=1e-9)
    expected = integrated_brier_score(as_surv(training), as_surv(test), predicted, times)
    assert found.integrated == pytest.approx(expected, abs=1e-9)


def test_unos_c_equals_scikit_survival(a_study):
    x, model, training, test, _ = a_study
    expected = concordance_index_ipcw(as_surv(training), as_surv(test), model.risk(x), tau=700.0)[0]
    found = uno_c(model.risk(x), test, training=training, horizon=700.0)
    assert found.value == pytest.approx(expected, abs=1e-9)


def test_without_censoring_they_are_the_plain_ones():
    follow_up = FollowUp([1, 2, 3, 4], [1, 1, 1, 1])
    assert auc_at_times(np.array([4.0, 1.0, 2.0, 3.0]), follow_up, [2.5]).values[0] == pytest.approx(2 / 4)
    predicted = np.array([[0.1], [0.4], [0.8], [0.9]])
    expected = (0.1**2 + 0.4**2 + 0.2**2 + 0.1**2) / 4
    found = brier_scores(predicted, follow_up, [2.5])
    assert found.values[0] == pytest.approx(expected)
    assert found.null[0] == pytest.approx(0.25)


def test_a_good_model_beats_everybodys_curve(a_study):
    x, model, training, test, times = a_study
    found = brier_scores(model.survival(x, times), test, times, training=training)
    assert (found.values < found.null).all()
    assert harrell_c(model.risk(x), test).value > 0.65


@pytest.mark.parametrize("times", [[], [400.0, 200.0], [1e6], [0.0]])
def test_refuses_times_outside_the_follow_up(a_study, times):
    x, model, _, test, _ = a_study
    with pytest.raises(InputError, match="rising days"):
        auc_at_times(model.risk(x), test, times)


def test_refuses_predictions_that_are_no_chances(a_study):
    _, _, _, test, times = a_study
    with pytest.raises(InputError, match="values from 0 to 1"):
        brier_scores(np.full((len(test), len(times)), 1.5), test, times)
