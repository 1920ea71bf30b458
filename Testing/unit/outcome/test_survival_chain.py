"""The chain of ch. 3: finds an effect, gives chance on noise, stands what one Cox model does not."""

import numpy as np

from oncologyai.outcome import FollowUp, OutcomeData, folds, leaking, survival_chain, validate


def a_table(effect, features, patients=120, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, features))
    times = rng.exponential(np.exp(-effect * x[:, 0]))
    outcome = FollowUp(times, rng.random(patients) < 0.7)
    return OutcomeData(tuple(map(str, range(patients))), tuple(f"f{n}" for n in range(features)), x, outcome)


def test_an_effect_is_found_and_its_twin_left_out():
    data = a_table(1.2, 30)
    x = data.x.copy()
    x[:, 1] = x[:, 0] + 0.05 * x[:, 1]
    fitted = survival_chain().fit(data.with_x(x, data.names), np.random.default_rng(0))
    assert len({"f0", "f1"} & set(fitted.told()["model"]["features"])) == 1


def test_gives_chance_on_2000_features_of_noise_and_leaking_does_not():
    data = a_table(0.0, 2000)
    made = folds(data, 3, np.random.default_rng(0))
    found = validate(survival_chain(), data, made)
    assert abs(found.score.value - 0.5) < 3 * found.score.error + 0.03
    chain, seen = leaking(survival_chain(), data, np.random.default_rng(0))
    assert validate(chain, seen, made).score.low > 0.6


def test_a_feature_that_orders_patients_wholly_gets_a_ridge_that_is_told():
    data = a_table(0.0, 3)
    x = data.x.copy()
    x[:, 2] = -data.follow_up.times.argsort().argsort()
    fitted = survival_chain(screen=None, correlation=None).fit(data.with_x(x, data.names), np.random.default_rng(0))
    assert fitted.told()["model"]["ridge"] > 0 and np.isfinite(fitted.predict(data)).all()


def test_parts_can_be_left_out():
    names = [step.name for step in survival_chain(screen=None, correlation=None, events_per_feature=None).steps]
    assert names == ["imputation by the median", "variance filter", "z-score"]
