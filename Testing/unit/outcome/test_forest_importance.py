"""Features by their importance over many forests."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import ForestImportance, OutcomeData


def planted(n=120, features=40, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features))
    labels = x[:, 4] + 0.8 * x[:, 9] + rng.normal(0, 0.6, n) > 0.3
    return OutcomeData(tuple(map(str, range(n))), tuple(f"f{k}" for k in range(features)), x, labels)


def test_what_speaks_stays_in_the_order_of_the_table_and_is_worth_most():
    fitted = ForestImportance(20, 5).fit(planted(), np.random.default_rng(0))
    assert len(fitted.kept) == 5 and {"f4", "f9"} <= set(fitted.kept)
    assert list(fitted.kept) == sorted(fitted.kept, key=lambda name: int(name[1:]))
    worth = dict(zip(fitted.kept, fitted.worth, strict=True))
    assert sorted(worth, key=worth.get)[-2:] == ["f9", "f4"]
    assert fitted.apply(planted(seed=1)).names == fitted.kept
    json.dumps(fitted.told())


def test_workers_change_no_number_and_the_seed_does():
    data = planted()
    one, two, other = (
        ForestImportance(12, 5, workers=w).fit(data, np.random.default_rng(s)).worth
        for w, s in ((1, 0), (2, 0), (1, 1))
    )
    assert one == two != other


def test_few_features_all_stay():
    data = planted(features=12)
    assert ForestImportance(5, 20).fit(data, np.random.default_rng(0)).kept == data.names


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"most": 0}, {"least_trees": 400}, {"least_depth": 7}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        ForestImportance(**wrong)


def test_one_class_is_refused():
    data = planted().with_outcome(np.zeros(120, dtype=int))
    with pytest.raises(InputError, match="both classes"):
        ForestImportance(2).fit(data, np.random.default_rng(0))
