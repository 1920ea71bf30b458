"""Prognostic indices: what each source adds, and that indices of the same patients flatter."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, OutcomeData, PrognosticIndices, folds, leaking, survival_chain, validate
from oncologyai.outcome.learners import learner

CLINICAL = survival_chain(screen=None, correlation=None, alpha=None)


def a_table(noise=60, patients=150, seed=0):
    """Two clinical features that speak, ``noise`` radiomics features that do not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, 2 + noise))
    times = rng.exponential(np.exp(-(x[:, 0] + 0.5 * x[:, 1])))
    names = ("a", "b", *(f"r{n}" for n in range(noise)))
    sources = ("clinical", "clinical", *["radiomics"] * noise)
    outcome = FollowUp(times, rng.random(patients) < 0.7)
    return OutcomeData(tuple(map(str, range(patients))), names, x, outcome, sources=sources)


def joined(crossfit):
    return PrognosticIndices({"clinical": CLINICAL, "radiomics": survival_chain()}, crossfit)


def weight(fitted, source):
    told = fitted.told()
    return dict(zip(told["features"], told["coefficients"], strict=True)).get(source, 0.0)


def test_indices_of_the_same_patients_trust_noise_and_those_of_folds_do_not():
    data = a_table()
    published, honest = (joined(n).fit(data, np.random.default_rng(0)) for n in (0, 5))
    assert weight(published, "radiomics") > 0.6 and abs(weight(honest, "radiomics")) < 0.3
    assert weight(honest, "clinical") > 0.6
    assert (published.flattering, honest.flattering) == (True, False)
    json.dumps(honest.told())


def test_folds_do_better_in_new_patients_where_a_source_is_noise():
    data = a_table()
    made = folds(data, 4, np.random.default_rng(1))
    published, honest = (validate(joined(n), data, made).score.value for n in (0, 4))
    assert honest > published


def test_a_source_that_speaks_adds():
    data = a_table(noise=3)
    made = folds(data, 4, np.random.default_rng(1))
    parts = {"clinical": CLINICAL, "radiomics": CLINICAL}
    x = data.x.copy()
    x[:, 1], x[:, 2] = data.x[:, 2], data.x[:, 1]  # the second effect is a radiomics feature now
    data = data.with_x(x)
    both = validate(PrognosticIndices(parts, 4), data, made).score.value
    alone = validate(CLINICAL, data.of_source("clinical"), made).score.value
    assert both > alone


def test_gives_chance_on_2000_features_of_noise_and_as_published_does_not():
    data = a_table(noise=2000, patients=120)
    rng = np.random.default_rng(7)
    data = data.with_outcome(FollowUp(rng.exponential(1, 120), rng.random(120) < 0.7))
    made = folds(data, 3, np.random.default_rng(0))
    found = validate(joined(3), data, made)
    assert abs(found.score.value - 0.5) < 3 * found.score.error + 0.03
    learner_, seen = leaking(joined(3), data, np.random.default_rng(0))
    leaky = validate(learner_, seen, made)
    assert leaky.score.low > 0.55 and "leaking" in leaky.name


def test_study_files_name_a_learner_for_each_source():
    data = a_table(noise=5)
    made = learner(
        "indices", parts={"clinical": {"learner": "cox"}, "radiomics": {"learner": "survival-chain"}}, crossfit=3
    )
    fitted = made.fit(data, np.random.default_rng(0))
    assert fitted.seen == set(data.patients) and fitted.predict(data).shape == (150,)
    with pytest.raises(InputError, match="learner of clinical"):
        learner("indices", parts={"clinical": {"learner": "no"}})


def test_refuses_an_unknown_source_and_odd_folds():
    data = a_table(noise=2)
    with pytest.raises(InputError, match="sources of the study: clinical, radiomics"):
        PrognosticIndices({"vasari": CLINICAL}).fit(data, np.random.default_rng(0))
    for parts, folds_, message in (({}, 0, "at least one source"), ({"a": CLINICAL}, 1, "folds from 2")):
        with pytest.raises(InputError, match=message):
            PrognosticIndices(parts, folds_)
