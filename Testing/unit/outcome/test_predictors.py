"""Contract of every model: it learns an effect, predicts a number a patient, tells what it learned."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import BoostedTrees, CoxRegression, FollowUp, LogisticRegression, OutcomeData, RandomForest
from oncologyai.outcome.design import discrimination

SURVIVAL = [CoxRegression(), CoxRegression(penalty=0.5), CoxRegression(alpha=0.2), BoostedTrees(60), BoostedTrees(60, survival="aft")]  # fmt: skip  # noqa: E501
CLASSES = [LogisticRegression(), RandomForest(80), BoostedTrees(60)]


def planted(survival):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 4))
    times = rng.exponential(np.exp(-1.2 * x[:, 1]))
    outcome = FollowUp(times, rng.random(200) < 0.8) if survival else (times < np.median(times)).astype(int)
    return OutcomeData(tuple(map(str, range(200))), ("a", "b", "c", "d"), x, outcome)


@pytest.mark.parametrize("model", SURVIVAL, ids=repr)
def test_survival_models_order_patients_they_have_not_seen(model):
    data = planted(survival=True)
    fitted = model.fit(data.rows(np.arange(140)), np.random.default_rng(0))
    rest = data.rows(np.arange(140, 200))
    risk = fitted.predict(rest)
    assert risk.shape == (60,) and discrimination(rest, risk).value > 0.65
    json.dumps(fitted.told())


@pytest.mark.parametrize("model", CLASSES, ids=repr)
def test_classifiers_give_chances(model):
    data = planted(survival=False)
    fitted = model.fit(data.rows(np.arange(140)), np.random.default_rng(0))
    rest = data.rows(np.arange(140, 200))
    chance = fitted.predict(rest)
    assert ((chance >= 0) & (chance <= 1)).all() and discrimination(rest, chance).value > 0.65
    json.dumps(fitted.told())
    again = model.fit(data.rows(np.arange(140)), np.random.default_rng(0)).predict(rest)
    np.testing.assert_array_equal(chance, again)


def test_elimination_leaves_what_speaks_and_says_so():
    fitted = CoxRegression(alpha=0.01).fit(planted(survival=True), np.random.default_rng(0))
    assert fitted.told()["features"] == ["b"]


def test_a_model_without_features_says_the_same_of_all():
    rng = np.random.default_rng(1)
    data = planted(survival=True).with_outcome(FollowUp(rng.exponential(1, 200), np.ones(200)))
    assert np.ptp(CoxRegression(alpha=1e-9).fit(data, rng).predict(data)) == 0.0


@pytest.mark.parametrize("model", CLASSES, ids=repr)
def test_one_class_is_refused(model):
    data = planted(survival=False)
    with pytest.raises(InputError, match="both classes in training"):
        model.fit(data.with_outcome(np.zeros(200, dtype=int)), np.random.default_rng(0))
