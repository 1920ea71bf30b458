"""ComBat in a chain: estimated on training patients, by centre; a centre that was not there is an error."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import Chain, ComBat, LogisticRegression, OutcomeData, external_split, folds, validate
from oncologyai.robustness import apply_combat, fit_combat

RNG = np.random.default_rng(0)


def centres(n=120, seed=0, outcome=None):
    rng = np.random.default_rng(seed)
    batch = np.array(["p", "q"])[np.arange(n) % 2]
    x = rng.normal(size=(n, 6))
    labels = x[:, 1] + rng.normal(0, 0.5, n) > 0 if outcome is None else outcome
    x = np.where((batch == "q")[:, None], 3.0 * x + 5.0, x)
    return OutcomeData(tuple(map(str, range(n))), tuple("abcdef"), x, labels, batch)


def test_estimates_of_training_are_applied_to_others():
    data = centres()
    training, new = data.rows(np.arange(80)), data.rows(np.arange(80, 120))
    fitted = ComBat().fit(training, RNG)
    model = fit_combat(training.x, list(training.batch), training.names)
    np.testing.assert_array_equal(fitted.apply(new).x, apply_combat(model, new.x, list(new.batch)))
    means = [fitted.apply(new).x[new.batch == name].mean(axis=0) for name in "pq"]
    assert np.abs(means[0] - means[1]).max() < 1.5 < np.abs(data.x[1::2].mean(axis=0) - data.x[::2].mean(axis=0)).min()
    assert fitted.told()["patients_by_centre"] == {"p": 40, "q": 40}
    json.dumps(fitted.told())


def test_a_chain_with_it_sees_through_the_centres():
    data = centres()
    splits = folds(data, 4, np.random.default_rng(0))
    with_, without = (validate(Chain("c", steps, LogisticRegression()), data, splits).score.value for steps in ((ComBat(),), ()))  # fmt: skip  # noqa: E501
    assert with_ > 0.85 and with_ > without


def test_a_centre_that_was_not_in_training_is_an_error_with_what_to_do():
    data = centres()
    chain = Chain("c", (ComBat(),), LogisticRegression())
    new = OutcomeData(data.patients, data.names, data.x, data.labels, np.repeat(["p", "q", "r"], 40))
    with pytest.raises(InputError, match="centre: expected one of training: p, q, got r; ComBat knows no shift"):
        validate(chain, new, external_split(new, ["p", "q"], ["r"]))


def test_without_centres_it_is_refused():
    data = centres()
    alone = OutcomeData(data.patients, data.names, data.x, data.labels)
    with pytest.raises(InputError, match="batch: expected a column of centres"):
        ComBat().fit(alone, RNG)
    one = OutcomeData(data.patients, data.names, data.x, data.labels, np.full(120, "p"))
    with pytest.raises(InputError, match="batches: expected at least two"):
        ComBat().fit(one, RNG)
