"""Predictions of survival for patients not seen: baseline and cuts are those of training."""

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.outcome import (
    FollowUp,
    OutcomeData,
    evaluation_times,
    folds,
    gather_predictions,
    once_each,
    predict_survival,
    repeated_splits,
    survival_predictions,
    validate,
)
from oncologyai.outcome.learners import learner

TIMES = [0.2, 0.5, 1.0]


def a_table(patients=120, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, 3))
    outcome = FollowUp(rng.exponential(np.exp(-x[:, 0])), rng.random(patients) < 0.8)
    return OutcomeData(tuple(map(str, range(patients))), ("a", "b", "c"), x, outcome)


@pytest.mark.parametrize("name", ["cox", "aft", "boosted-survival", "fine-gray", "penalised-cox", "survival-chain"])
def test_every_learner_of_survival_gives_chances_that_rise_with_time(name):
    data = a_table()
    found = survival_predictions(learner(name), data, folds(data, 2, np.random.default_rng(0)), TIMES)
    assert found.incidence.shape == (120, 3) and (np.diff(found.incidence, axis=1) >= 0).all()
    assert set(found.high) == {"median", "third quartile", "best cut"} and found.covariates is None
    order = np.argsort(found.risk[found.split == 0])
    assert (np.diff(found.incidence[found.split == 0][order][:, 1]) >= -1e-12).all()


def test_risks_are_those_of_validate():
    data = a_table()
    made = folds(data, 3, np.random.default_rng(0))
    found, judged = (f(learner("aft"), data, made, *a, seed=4) for f, a in ((survival_predictions, (TIMES,)), (validate, ())))  # fmt: skip  # noqa: E501
    np.testing.assert_array_equal(found.risk, judged.predictions)
    assert found.patients == judged.patients and found.scale == "rank"


def test_cuts_are_of_training_patients():
    data = a_table()
    training, judged = data.rows(np.arange(80)), data.rows(np.arange(80, 120))
    fitted = learner("cox").fit(training, np.random.default_rng(0))
    found = predict_survival(fitted, training, judged, TIMES)
    own = fitted.predict(training)
    np.testing.assert_array_equal(found.high["median"], found.risk > np.median(own))
    np.testing.assert_array_equal(found.high["third quartile"], found.risk > np.quantile(own, 0.75))
    names, x = found.covariates
    assert names == ("a", "b", "c") and x.shape == (40, 3)


def test_nothing_of_the_judged_patients_outcome_is_used():
    data = a_table()
    training, judged = data.rows(np.arange(80)), data.rows(np.arange(80, 120))
    fitted = learner("cox").fit(training, np.random.default_rng(0))
    other = judged.with_outcome(FollowUp(np.arange(40) + 1.0, np.ones(40)))
    first, second = (predict_survival(fitted, training, one, TIMES) for one in (judged, other))
    np.testing.assert_array_equal(first.incidence, second.incidence)
    assert all((first.high[rule] == second.high[rule]).all() for rule in first.high)


def test_who_was_judged_several_times_is_one_row_of_means():
    data = a_table()
    made = survival_predictions(learner("cox"), data, repeated_splits(data, 5, np.random.default_rng(0)), TIMES)
    found = once_each(made)
    name = next(n for n in made.patients if made.patients.count(n) > 2)
    rows, place = [n == name for n in made.patients], found.patients.index(name)
    assert len(set(found.patients)) == len(found.patients) == len(set(made.patients))
    np.testing.assert_allclose(found.incidence[place], made.incidence[rows].mean(axis=0))
    assert found.high["median"][place] == (made.high["median"][rows].mean() > 0.5)
    assert found.follow_up.times[place] == data.follow_up.times[int(name)]
    assert once_each(found) is found


def test_times_hold_the_horizons():
    found = evaluation_times(a_table().follow_up, [0.123])
    assert 0.123 in found and (np.diff(found) > 0).all() and found[0] > 0
    with pytest.raises(InputError, match="the event in at least one patient"):
        evaluation_times(FollowUp([1.0], [0]))


def test_refuses_patients_that_were_seen_and_nothing():
    data = a_table()
    fitted = learner("cox").fit(data, np.random.default_rng(0))
    with pytest.raises(InputError, match="has not seen"):
        predict_survival(fitted, data, data.rows(np.arange(3)), TIMES)
    with pytest.raises(InputError, match="at least one split"):
        gather_predictions([])
    half = learner("cox").fit(data.rows(np.arange(80)), np.random.default_rng(0))
    parts = [predict_survival(half, data.rows(np.arange(80)), data.rows(np.arange(80, 120)), t) for t in (TIMES, [0.2])]
    with pytest.raises(InputError, match="the same times"):
        gather_predictions(parts)


def test_a_cancelled_run_ends():
    class Cancelled:
        def stage(self, name, share):
            raise CancelledError

        def cancelled(self):
            return True

    data = a_table()
    with pytest.raises(CancelledError):
        survival_predictions(
            learner("cox"), data, folds(data, 2, np.random.default_rng(0)), TIMES, progress=Cancelled()
        )
