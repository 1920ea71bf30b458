"""A model sought at random: what it finds, and that its numbers depend on the seed alone."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import OutcomeData, RandomSearch, discrimination, repeated_splits


def planted(n=120, features=6, seed=0, product=False):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features))
    signal = 2.5 * x[:, 1] * x[:, 2] if product else 1.5 * x[:, 1]
    labels = signal + rng.normal(0, 0.7, n) > 0
    return OutcomeData(tuple(map(str, range(n))), tuple(f"f{k}" for k in range(features)), x, labels)


def test_it_foretells_new_patients_and_says_what_it_found():
    fitted = RandomSearch(10, best=3, splits=3).fit(planted(), np.random.default_rng(0))
    new = planted(seed=1)
    chance = fitted.predict(new)
    assert ((chance >= 0) & (chance <= 1)).all() and discrimination(new, chance).value > 0.8
    told = fitted.told()
    scores = [one["search_auc"] for one in told["search"]]
    assert len(scores) == 3 and scores == sorted(scores, reverse=True)
    json.dumps(told)


def test_trees_win_where_a_line_cannot():
    found = RandomSearch(25, best=5, splits=4).find(planted(300, product=True), np.random.default_rng(0))
    assert "logistic" not in found.candidates[0]


def test_workers_change_no_number():
    data = planted()
    one, two = (RandomSearch(6, 3, 2, workers=w).fit(data, np.random.default_rng(3)) for w in (1, 3))
    np.testing.assert_array_equal(one.predict(data), two.predict(data))
    assert one.found.candidates == two.found.candidates and one.found.scores == two.found.scores


def test_every_algorithm_is_drawn():
    (first,) = repeated_splits(planted(), 1, np.random.default_rng(0))
    found = RandomSearch(4, best=12, splits=1).find_in(planted(), first, np.random.default_rng(0))
    assert {name.partition(":")[0] for name in found.candidates} == {
        "boosted trees", "random forest", "logistic regression",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"best": 0}, {"splits": 0}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        RandomSearch(**wrong)


def test_too_few_of_a_class_are_refused():
    data = planted().with_outcome((np.arange(120) < 1).astype(int))
    with pytest.raises(InputError, match="test_share"):
        RandomSearch(2).fit(data, np.random.default_rng(0))
