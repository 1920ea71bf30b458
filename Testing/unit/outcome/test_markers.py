"""The marker chain: honest it gives chance on noise, as published it does not; a marker that is there is found."""

import json

import numpy as np
import pytest

from oncologyai.outcome import MarkerChain, OutcomeData, folds, leaking, repeated_splits, validate

SMALL = MarkerChain(forests=6, searches=8, best=3, splits=3)


def noise(features=2000, patients=120, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, features))
    names = tuple(f"f{n}" for n in range(features))
    return OutcomeData(tuple(map(str, range(patients))), names, x, rng.random(patients) < 0.4)


def marked(seed=0):
    data = noise(60, seed=seed)
    x = data.x.copy()
    x[:20, 3] = np.nan
    return data.with_x(x).with_outcome((data.x[:, 7] + 0.5 * data.x[:, 9] > 0.4).astype(int))


def test_2000_features_of_noise_and_shuffled_outcomes_give_chance():
    data = noise()
    found = validate(SMALL, data, folds(data, 3, np.random.default_rng(0)))
    assert abs(found.score.value - 0.5) < 3 * found.score.error


def test_as_published_the_same_noise_looks_like_a_marker():
    data = noise()
    chain, seen = leaking(SMALL, data, np.random.default_rng(0))
    found = validate(chain, seen, repeated_splits(seen, 10, np.random.default_rng(1)))
    assert found.score.low > 0.55 and "leaking: as published" in found.name


def test_a_marker_is_found_and_every_part_says_what_it_learned():
    data = marked()
    found = validate(SMALL, data, folds(data, 3, np.random.default_rng(0)))
    assert found.score.low > 0.75
    for told in found.told:
        assert "f7" in told["kept"] and len(told["kept"]) == 20
        assert [step["step"] for step in told["steps"]] == [
            "MissForest", "variance filter", "correlation filter", "z-score", "forest importance",
        ]  # fmt: skip
        assert len(told["model"]["search"]) == 3
        json.dumps(told)


@pytest.mark.parametrize("form", ["honest", "published"])
def test_workers_change_no_number(form):
    data, said = marked(), []
    for workers in (1, 2):
        chain = MarkerChain(forests=6, searches=4, best=2, splits=2, workers=workers)
        learner, seen = (chain, data) if form == "honest" else leaking(chain, data, np.random.default_rng(5))
        said.append(learner.fit(seen, np.random.default_rng(4)).predict(seen))
    np.testing.assert_array_equal(*said)
