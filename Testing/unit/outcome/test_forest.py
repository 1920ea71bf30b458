"""Forests by xgboost: the trees of scikit-learn, its importances, and what a forest says."""

import numpy as np
import pytest
import xgboost
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from oncologyai.outcome import OutcomeData, RandomForest
from oncologyai.outcome.forest import grow_forest, importances


def planted(n=150, features=20, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features))
    chance = 1 / (1 + np.exp(-(2 * x[:, 3] + 1.5 * x[:, 7] * x[:, 8] - 1)))
    return OutcomeData(tuple(map(str, range(n))), tuple(f"f{k}" for k in range(features)), x, rng.random(n) < chance)


# two levels: in small nodes several features part patients equally well, and either tree takes its own
def test_a_tree_of_all_patients_and_features_is_scikit_learns(monkeypatch):
    data = planted()
    y = data.labels
    weights = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    monkeypatch.setattr("oncologyai.outcome.forest._DISTINCT", 1.0)
    monkeypatch.setattr("oncologyai.outcome.forest.math.isqrt", lambda features: features)
    ours = grow_forest(data.x, y, trees=1, depth=2, seed=0, least=1e-9)
    theirs = DecisionTreeClassifier(max_depth=2, random_state=0).fit(data.x, y, sample_weight=weights)
    found = ours.predict(xgboost.DMatrix(data.x))
    np.testing.assert_allclose(found, theirs.predict_proba(data.x)[:, 1], atol=1e-6)
    np.testing.assert_allclose(importances(ours, 20), theirs.feature_importances_, atol=1e-6)


def test_a_forest_ranks_features_as_scikit_learns_does():
    data = planted()
    fitted = RandomForest(400, depth=4).fit(data, np.random.default_rng(0))
    theirs = RandomForestClassifier(400, max_depth=4, class_weight="balanced", random_state=0).fit(data.x, data.labels)
    shares = np.array(fitted.told()["importances"])
    assert np.corrcoef(shares, theirs.feature_importances_)[0, 1] > 0.95
    assert shares.argmax() == theirs.feature_importances_.argmax() == 3
    rest = planted(seed=1)
    assert np.corrcoef(fitted.predict(rest), theirs.predict_proba(rest.x)[:, 1])[0, 1] > 0.9


def test_chances_stay_within_their_range_and_depend_on_the_seed_alone():
    data = planted()
    first, again, other = (RandomForest(30, depth=None).fit(data, np.random.default_rng(s)).predict(data) for s in (0, 0, 1))  # fmt: skip  # noqa: E501
    assert ((first >= 0) & (first <= 1)).all()
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("labels", [0, 1])
def test_a_forest_of_one_class_is_refused(labels):
    data = planted().with_outcome(np.full(150, labels))
    with pytest.raises(ValueError, match="both classes in training"):
        RandomForest().fit(data, np.random.default_rng(0))


def test_trees_that_never_part_have_no_importance():
    x = np.zeros((20, 3))
    booster = grow_forest(x, np.arange(20) % 2, trees=5, depth=2, seed=0)
    assert importances(booster, 3).tolist() == [0.0, 0.0, 0.0]
