"""Learners by name: every one of the registry learns, options are checked, lists of them are tuned inside."""

import dataclasses

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import (
    LEARNERS,
    Choice,
    FollowUp,
    OutcomeData,
    folds,
    leaking,
    learner,
    learner_options,
    validate,
)

SURVIVAL = {"aft", "boosted-survival", "cox"}


def patients(survival, effect=1.5, n=120, features=6, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features))
    if survival:
        outcome = FollowUp(rng.exponential(np.exp(-effect * x[:, 2])), rng.random(n) < 0.8)
    else:
        outcome = (effect * x[:, 2] + rng.logistic(size=n) > 0).astype(int)
    return OutcomeData(tuple(map(str, range(n))), tuple(f"f{k}" for k in range(features)), x, outcome)


@pytest.mark.parametrize("name", ["aft", "boosted-classes", "boosted-survival", "cox", "logistic", "random-forest"])
def test_every_learner_finds_an_effect_and_says_what_it_learned(name):
    data = patients(name in SURVIVAL)
    found = validate(learner(name), data, folds(data, 3, np.random.default_rng(0)))
    assert found.score.value > 0.65
    assert all("model" in told for told in found.told)


CHAINS = {
    "markers": {"forests": 3, "searches": 5, "best": 2, "splits": 2},
    "radiation-effects": {"rounds": 10},
    "average": {"parts": {source: {"learner": "logistic"} for source in "ab"}},
}


@pytest.mark.parametrize("name", CHAINS)
def test_chains_of_classes_find_an_effect_too(name):
    data = patients(survival=False, features=8)
    data = dataclasses.replace(data, sources=("a",) * 4 + ("b",) * 4)
    found = validate(learner(name, **CHAINS[name]), data, folds(data, 3, np.random.default_rng(0)))
    assert found.score.value > 0.6 and found.told


def test_a_part_of_an_average_is_checked():
    with pytest.raises(InputError, match="learner of a"):
        learner("average", parts={"a": {"learner": "oracle"}})


@pytest.mark.parametrize("name", sorted(LEARNERS))
def test_every_learner_has_options_with_types(name):
    assert set(learner_options(name)) <= set(LEARNERS[name].__annotations__) | {"inner_folds"}


def test_lists_of_options_are_tuned_within_the_training_patients():
    made = learner("cox", penalty=[0.01, 10.0], screen=[None, 0.1], most=3, inner_folds=4)
    assert isinstance(made, Choice) and made.count == 4
    assert [chain.name for chain in made.chains][-1] == "Cox (penalty 10.0, screen 0.1)"
    assert all(chain.model.most == 3 for chain in made.chains)


def test_a_choice_as_published_is_made_by_everybody_and_flatters_on_noise():
    data = patients(True, effect=0.0, features=600)
    tuned = learner("cox", penalty=[0.1, 1.0], screen=0.01, most=8)
    leaky, seen = leaking(tuned, data, np.random.default_rng(0))
    assert validate(leaky, seen, folds(seen, 3, np.random.default_rng(1))).score.low > 0.6
    honest = validate(tuned, data, folds(data, 3, np.random.default_rng(1)))
    assert abs(honest.score.value - 0.5) < 3 * honest.score.error


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("coxx", {}, "learner: expected one of"),
        ("cox", {"depth": 3}, "option of cox: expected one of alpha, correlation, fallback, most"),
        ("cox", {"penalty": "much"}, "cox.penalty: expected a valid number"),
        ("cox", {"penalty": []}, "cox.penalty: expected a valid number"),
        ("random-forest", {"trees": 2.5}, "random-forest.trees: expected a valid integer"),
        ("cox", {"penalty": [*range(15)], "alpha": [*range(15)]}, "expected at most 200 combinations, got 225"),
    ],
)
def test_what_cannot_be_is_refused(name, options, said):
    with pytest.raises(InputError, match=said):
        learner(name, **options)
