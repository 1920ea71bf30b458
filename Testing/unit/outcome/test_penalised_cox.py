"""The penalty is chosen within the training patients; on noise it leaves nothing, or chance."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import Chain, FollowUp, OutcomeData, PenalisedCox, Standardise, folds, validate
from oncologyai.outcome.learners import learner


def a_table(effect, features=60, patients=120, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, features))
    times = rng.exponential(np.exp(-effect * (x[:, 4] - x[:, 9])))
    outcome = FollowUp(times, rng.random(patients) < 0.7)
    return OutcomeData(tuple(map(str, range(patients))), tuple(f"f{n}" for n in range(features)), x, outcome)


def test_finds_what_speaks_and_says_what_it_chose():
    data = a_table(1.0)
    fitted = PenalisedCox(lasso_share=0.9).fit(data, np.random.default_rng(0))
    told = fitted.told()
    sizes = dict(zip(told["features"], told["coefficients"], strict=True))
    strongest = sorted(sizes, key=lambda name: -abs(sizes[name]))[:2]
    assert set(strongest) == {"f4", "f9"} and sizes["f4"] > 0 > sizes["f9"] and told["gain"] > 5
    json.dumps(told)
    names, x = fitted.covariates(data)
    assert names == tuple(told["features"]) and x.shape == (120, len(names))


def test_where_nothing_speaks_it_may_say_the_same_of_all():
    left = [
        len(PenalisedCox(count=12).fit(a_table(0.0, seed=seed), np.random.default_rng(0)).told()["features"])
        for seed in range(6)
    ]
    assert min(left) == 0


def test_gives_chance_on_2000_features_of_noise():
    data = a_table(0.0, features=2000, seed=3)
    chain = Chain("net", (Standardise(),), PenalisedCox(count=10, smallest=0.3, inner_folds=3))
    found = validate(chain, data, folds(data, 3, np.random.default_rng(0)))
    assert abs(found.score.value - 0.5) < 3 * found.score.error + 0.03


def test_an_effect_is_found_in_patients_it_has_not_seen():
    data = a_table(1.0)
    made = learner("penalised-cox", inner_folds=3, count=15)
    assert validate(made, data, folds(data, 3, np.random.default_rng(0))).score.low > 0.6


def test_the_same_seed_gives_the_same_penalty():
    data = a_table(0.6)
    first, again = (PenalisedCox().fit(data, np.random.default_rng(5)).predict(data) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("change", [{"lasso_share": 0}, {"count": 1}, {"smallest": 1.0}, {"inner_folds": 1}])
def test_refuses_what_is_out_of_range(change):
    with pytest.raises(InputError, match=next(iter(change))):
        PenalisedCox(**change)
