"""Sources averaged: each learner sees its own features, and the mean is what is said."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import (
    AveragedSources,
    Chain,
    Impute,
    LogisticRegression,
    MarkerChain,
    OutcomeData,
    Screen,
    Standardise,
    folds,
    leaking,
    validate,
)

LOGISTIC = Chain("logistic", (Impute(), Screen(0.02), Standardise()), LogisticRegression(0.1))
BOTH = AveragedSources({"seen": LOGISTIC, "measured": LOGISTIC})


def two_sources(features=20, patients=140, seed=0, signal=1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, 2 * features))
    labels = signal * (x[:, 2] + x[:, features + 3]) + rng.normal(size=patients) > 0.3
    sources = ("seen",) * features + ("measured",) * features
    names = tuple(f"{source}{n}" for n, source in enumerate(sources))
    return OutcomeData(tuple(map(str, range(patients))), names, x, labels, None, sources)


def test_the_mean_of_what_each_source_says_is_said():
    data = two_sources()
    fitted = BOTH.fit(data, np.random.default_rng(0))
    parts = [fitted.parts[source].predict(data.of_source(source)) for source in ("seen", "measured")]
    np.testing.assert_allclose(fitted.predict(data), np.mean(parts, axis=0))
    assert fitted.seen == frozenset(data.patients)
    json.dumps(fitted.told())


def test_both_say_more_than_either():
    data = two_sources()
    splits = folds(data, 4, np.random.default_rng(0))
    both = validate(BOTH, data, splits).score.value
    alone = [validate(AveragedSources({source: LOGISTIC}), data, splits).score.value for source in ("seen", "measured")]
    assert both > max(alone) > 0.6


def test_a_part_learns_the_same_whether_others_are_there_or_not():
    data = two_sources()
    both = BOTH.fit(data, np.random.default_rng(0)).parts["seen"].predict(data.of_source("seen"))
    alone = AveragedSources({"seen": LOGISTIC}).fit(data, np.random.default_rng(0)).predict(data)
    np.testing.assert_array_equal(both, alone)


def test_noise_gives_chance_and_as_published_it_does_not():
    data = two_sources(1000, signal=0.0)
    parts = {source: MarkerChain(forests=4, searches=4, best=2, splits=2) for source in ("seen", "measured")}
    learner = AveragedSources(parts)
    splits = folds(data, 3, np.random.default_rng(0))
    honest = validate(learner, data, splits)
    assert abs(honest.score.value - 0.5) < 3 * honest.score.error
    published, seen = leaking(learner, data, np.random.default_rng(0))
    found = validate(published, seen, splits)
    assert found.score.low > 0.55 and "leaking" in found.name


def test_a_source_that_is_not_there_is_named():
    with pytest.raises(InputError, match="sources of the study: measured, seen, got genes"):
        AveragedSources({"genes": LOGISTIC}).fit(two_sources(), np.random.default_rng(0))
    with pytest.raises(InputError, match="at least one source"):
        AveragedSources({})
