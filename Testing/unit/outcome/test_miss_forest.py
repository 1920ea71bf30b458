"""MissForest: gaps are foretold by the other features, from what training patients taught."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import Impute, MissForest, OutcomeData


def planted(n=160, seed=0, gaps=0.25):
    """A number and a code that follow from two others, and the truth behind their gaps."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, n))
    number = 2 * a - b + rng.normal(0, 0.2, n)
    code = np.where(a > 0.5, 3.0, np.where(a > -0.5, 2.0, 1.0))
    whole = np.stack([a, b, number, code, rng.normal(size=n)], axis=1)
    x = whole.copy()
    x[rng.random(n) < gaps, 2] = np.nan
    x[rng.random(n) < gaps, 3] = np.nan
    return OutcomeData(tuple(map(str, range(n))), ("a", "b", "number", "code", "noise"), x, np.arange(n) % 2), whole


def test_gaps_of_new_patients_are_foretold_better_than_by_the_median():
    training, _ = planted()
    new, truth = planted(seed=1)
    gaps = np.isnan(new.x)
    found = MissForest().fit(training, np.random.default_rng(0)).apply(new).x
    median = Impute().fit(training, np.random.default_rng(0)).apply(new).x
    assert not np.isnan(found).any()
    np.testing.assert_array_equal(found[~gaps], new.x[~gaps])
    number, code = gaps[:, 2], gaps[:, 3]
    assert np.mean((found[number, 2] - truth[number, 2]) ** 2) < 0.25 * np.mean((median[number, 2] - truth[number, 2]) ** 2)  # fmt: skip  # noqa: E501
    assert set(found[:, 3]) <= {1.0, 2.0, 3.0}
    assert np.mean(found[code, 3] == truth[code, 3]) > 0.75


def test_new_patients_teach_nothing():
    """What fills a patient's gap is the same whoever comes with him, and whatever his outcome."""
    training, _ = planted()
    new, _ = planted(seed=1)
    fitted = MissForest().fit(training, np.random.default_rng(0))
    alone = fitted.apply(new.rows(np.arange(5))).x
    np.testing.assert_array_equal(fitted.apply(new).x[:5], alone)
    other = training.with_outcome(1 - training.labels)
    again = MissForest().fit(other, np.random.default_rng(0)).apply(new).x
    np.testing.assert_array_equal(fitted.apply(new).x, again)


def test_what_was_whole_in_training_is_filled_by_its_mean_or_most_frequent_code():
    training, _ = planted(gaps=0.0)
    fitted = MissForest().fit(training, np.random.default_rng(0))
    assert fitted.rounds == 0 and fitted.told() == {"missing_in_training": {}, "rounds": 0}
    new = training.with_x(np.full_like(training.x, np.nan)).rows(np.arange(2))
    filled = fitted.apply(new).x[0]
    codes, counts = np.unique(training.x[:, 3], return_counts=True)
    assert filled[3] == codes[counts.argmax()]
    np.testing.assert_allclose(filled[[0, 1, 2]], training.x[:, :3].mean(axis=0))


def test_a_feature_that_nobody_has_is_0_and_helps_no_other():
    training, _ = planted()
    x = training.x.copy()
    x[:, 4] = np.nan
    fitted = MissForest().fit(training.with_x(x), np.random.default_rng(0))
    assert (fitted.apply(training.with_x(x)).x[:, 4] == 0).all()
    assert all(4 not in forest.others for forest in fitted.forests)
    assert fitted.told()["missing_in_training"]["noise"] == 160
    json.dumps(fitted.told())


def test_a_lone_feature_has_no_others_to_be_foretold_by():
    data = OutcomeData(tuple("abcd"), ("x",), np.array([[1.5], [np.nan], [2.5], [3.5]]), np.array([0, 1, 0, 1]))
    assert MissForest().fit(data, np.random.default_rng(0)).apply(data).x[1, 0] == 2.5


def test_a_forest_sees_at_most_so_many_of_the_others():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 60))
    x[:10, 0] = np.nan
    data = OutcomeData(tuple(map(str, range(40))), tuple(map(str, range(60))), x, np.arange(40) % 2)
    (forest,) = MissForest(predictors=7).fit(data, rng).forests
    assert len(forest.others) == 7 and 0 not in forest.others


@pytest.mark.parametrize("wrong", [{"trees": 0}, {"rounds": 0}, {"predictors": 0}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        MissForest(**wrong)
