"""Boosted trees tuned on a grid, within the training patients."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import OutcomeData, TunedTrees, discrimination


def planted(n=200, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 5))
    return OutcomeData(tuple(map(str, range(n))), tuple("abcde"), x, x[:, 1] * x[:, 3] + rng.normal(0, 0.4, n) > 0)


def test_the_best_of_the_grid_is_fitted_and_foretells_new_patients():
    fitted = TunedTrees(rounds=(5, 80), depths=(1, 3)).fit(planted(), np.random.default_rng(0))
    told = fitted.told()
    assert len(told["search"]) == 8 and told["settings"]["max_depth"] == 3  # a product needs two levels
    assert told["search"][0]["search_auc"] == max(one["search_auc"] for one in told["search"])
    new = planted(seed=1)
    assert discrimination(new, fitted.predict(new)).value > 0.75
    json.dumps(told)


def test_workers_change_no_number():
    data = planted()
    one, two = (TunedTrees(rounds=(5, 20), workers=w).fit(data, np.random.default_rng(3)) for w in (1, 2))
    np.testing.assert_array_equal(one.predict(data), two.predict(data))


def test_an_empty_grid_is_refused():
    with pytest.raises(InputError, match="combinations"):
        TunedTrees(depths=())
