"""Competing risks against R's cmprsk, and by hand."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, cumulative_incidence, fit_cox, fit_fine_gray


@pytest.fixture
def failures(head_neck) -> FollowUp:
    """Locoregional failure, death before it competing."""
    first = head_neck.locoregional == 1
    codes = np.where(first, 1, np.where(head_neck.death == 1, 2, 0))
    return FollowUp(np.where(first, head_neck.locoregional_days, head_neck.death_days), codes)


def test_fine_gray_equals_crr(head_neck, failures, by_r):
    model = fit_fine_gray(head_neck[["age", "T", "N"]].to_numpy(float), failures)
    np.testing.assert_allclose(model.coefficients, by_r["fine_gray"]["coefficients"], rtol=1e-6)
    np.testing.assert_allclose(model.errors, by_r["fine_gray"]["errors"], rtol=1e-6)


def test_incidence_and_its_variance_equal_cuminc(failures, by_r):
    expected = by_r["fine_gray"]
    for event in (1, 2):
        found = cumulative_incidence(failures, event=event)
        np.testing.assert_allclose(found.at(expected["times"]), expected[f"incidence_{event}"], rtol=1e-9)
        steps = np.searchsorted(found.times, expected["times"], side="right") - 1
        np.testing.assert_allclose(found.errors[steps], expected[f"error_{event}"], rtol=1e-6)


def test_incidences_and_survival_add_up_to_one():
    follow_up = FollowUp([1, 2, 3, 4, 5, 6], [1, 2, 0, 1, 2, 1])
    first, second = (cumulative_incidence(follow_up, event=e) for e in (1, 2))
    assert float(first.at([6])[0] + second.at([6])[0]) == pytest.approx(1.0)
    # one of six; then 5/6 * 4/5 = 2/3 are left, and one of the three at risk
    np.testing.assert_allclose(first.values[:2], [1 / 6, 1 / 6 + 2 / 3 / 3])
    assert ((first.low <= first.values) & (first.values <= first.high)).all()


def test_without_competing_events_fine_gray_is_cox():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(90, 2))
    follow_up = FollowUp(rng.exponential(np.exp(-x[:, 0])), rng.random(90) < 0.7)
    np.testing.assert_allclose(fit_fine_gray(x, follow_up).coefficients, fit_cox(x, follow_up).coefficients, rtol=1e-6)


def test_predicted_incidence_rises_with_time():
    rng = np.random.default_rng(9)
    x = rng.normal(size=(150, 1))
    follow_up = FollowUp(rng.exponential(np.exp(-x[:, 0])), rng.integers(0, 3, 150))
    predicted = fit_fine_gray(x, follow_up).incidence(x[:5], [0.0, 0.1, 0.5, 1.0])
    assert (np.diff(predicted, axis=1) >= 0).all() and predicted.min() == 0.0 and predicted.max() < 1.0


def test_refuses_what_has_no_event_of_the_kind():
    with pytest.raises(InputError, match="event 3"):
        cumulative_incidence(FollowUp([1, 2], [1, 0]), event=3)
    with pytest.raises(InputError, match="the event in at least one patient"):
        fit_fine_gray(np.array([[1.0], [2.0]]), FollowUp([1, 2], [2, 0]))
