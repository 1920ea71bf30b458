"""The nomogram says what the model says."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, OutcomeData, chain_nomogram, fit_cox, nomogram
from oncologyai.outcome.learners import learner

RANGES = {"age": (30.0, 80.0), "dose": (0.0, 10.0)}


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(0)
    x = np.stack([rng.uniform(30, 80, 200), rng.uniform(0, 10, 200)], axis=1)
    times = rng.exponential(500 * np.exp(-0.04 * (x[:, 0] - 55) + 0.1 * x[:, 1]))
    return fit_cox(x, FollowUp(times, rng.random(200) < 0.8), names=["age", "dose"])


def test_points_stand_for_the_models_survival(model):
    made = nomogram(model, RANGES, 365.0)
    for age, dose in ((30.0, 10.0), (55.0, 2.0), (80.0, 0.0), (90.0, -3.0)):
        points = made.total({"age": age, "dose": dose})
        assert made.survival([points])[0] == pytest.approx(model.survival([[age, dose]], [365.0])[0, 0])


def test_the_strongest_feature_reaches_100_and_the_least_risk_is_0(model):
    made = nomogram(model, RANGES, 365.0)
    age, dose = made.scales
    assert (age.at(30.0), age.at(80.0)) == pytest.approx((0.0, 100.0))
    assert (
        dose.at(10.0) == pytest.approx(0.0) and 0 < dose.at(0.0) < 100
    )  # protects: its least risk is its greatest value
    assert made.most == pytest.approx(100.0 + dose.at(0.0))


def test_features_that_were_scaled_are_read_in_their_own_unit(model):
    rng = np.random.default_rng(0)
    x = np.stack([rng.uniform(30, 80, 200), rng.uniform(0, 10, 200)], axis=1)
    times = rng.exponential(500 * np.exp(-0.04 * (x[:, 0] - 55) + 0.1 * x[:, 1]))
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    scaled = fit_cox((x - mean) / deviation, FollowUp(times, rng.random(200) < 0.8), names=["age", "dose"])
    scaling = {name: (mean[n], deviation[n]) for n, name in enumerate(("age", "dose"))}
    made = nomogram(scaled, RANGES, 365.0, scaling=scaling)
    points = made.total({"age": 60.0, "dose": 5.0})
    assert made.survival([points])[0] == pytest.approx(model.survival([[60.0, 5.0]], [365.0])[0, 0], rel=1e-6)


def test_round_chances_stand_where_they_belong(model):
    made = nomogram(model, RANGES, 365.0)
    chances, points = made.chance_ticks()
    assert len(chances) > 2
    np.testing.assert_allclose(made.survival(points), chances)


def test_refuses_what_has_no_ruler(model):
    with pytest.raises(InputError, match="none of dose"):
        nomogram(model, {"age": (1.0, 2.0)}, 365.0)
    with pytest.raises(InputError, match="days from the first event"):
        nomogram(model, RANGES, 1e-9)
    with pytest.raises(InputError, match="none of dose"):
        nomogram(model, RANGES, 365.0).total({"age": 3.0})
    empty = fit_cox(np.zeros((4, 0)), FollowUp([1, 2, 3, 4], [1, 1, 1, 0]))
    with pytest.raises(InputError, match="model: expected features"):
        nomogram(empty, {}, 2.0)


def test_a_chain_is_read_in_the_features_own_units():
    rng = np.random.default_rng(3)
    x = np.stack([rng.uniform(30, 80, 150), rng.uniform(0, 5000, 150)], axis=1)
    times = rng.exponential(500 * np.exp(-0.03 * (x[:, 0] - 55) - x[:, 1] / 4000))
    data = OutcomeData(tuple(map(str, range(150))), ("age", "volume"), x, FollowUp(times, rng.random(150) < 0.8))
    fitted = learner("cox").fit(data, rng)
    made = chain_nomogram(fitted, data, 300.0)
    predicted = fitted.model.model.survival(fitted.transform(data).x, [300.0])[:, 0]
    points = [made.total(dict(zip(data.names, row, strict=True))) for row in x]
    np.testing.assert_allclose(made.survival(points), predicted, rtol=1e-9)
    with pytest.raises(InputError, match="ends in Cox's model"):
        chain_nomogram(learner("aft").fit(data, rng), data, 300.0)
