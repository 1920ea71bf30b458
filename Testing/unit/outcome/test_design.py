"""Honest validation: who is judged by what, and that leaks show while honest chains give chance on noise."""

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.outcome import (
    BoostedTrees,
    Chain,
    Choice,
    Correlation,
    CoxRegression,
    FollowUp,
    Impute,
    LogisticRegression,
    OutcomeData,
    RandomForest,
    Screen,
    Split,
    Standardise,
    discrimination,
    external_split,
    folds,
    leaking,
    repeated_splits,
    validate,
)

COX = Chain("cox", (Impute(), Correlation(0.85), Standardise(), Screen(0.01)), CoxRegression(penalty=0.1, most=10))
CLASSIFIERS = [LogisticRegression(0.1), RandomForest(60), BoostedTrees(30)]


def noise(features, survival, patients=120, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, features))
    outcome = FollowUp(rng.exponential(1, patients), rng.random(patients) < 0.6) if survival else rng.integers(0, 2, patients)  # fmt: skip  # noqa: E501
    return OutcomeData(tuple(map(str, range(patients))), tuple(f"f{n}" for n in range(features)), x, outcome)


def classifier(model):
    return Chain(model.name, (Impute(), Screen(0.02), Standardise()), model)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_survival_chains_give_chance_on_2000_features_of_noise(seed):
    data = noise(2000, survival=True, seed=seed)
    found = validate(COX, data, folds(data, 4, np.random.default_rng(seed)))
    assert abs(found.score.value - 0.5) < 3 * found.score.error + 0.03


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda m: m.name)
def test_classifiers_give_chance_on_2000_features_of_noise(model):
    data = noise(2000, survival=False)
    found = validate(classifier(model), data, folds(data, 4, np.random.default_rng(0)))
    assert abs(found.score.value - 0.5) < 3 * found.score.error


@pytest.mark.parametrize("chain", [COX, classifier(CLASSIFIERS[0])], ids=["cox", "logistic"])
def test_a_chain_that_leaks_is_caught_by_the_same_test(chain):
    data = noise(2000, survival=chain is COX)
    leaky, seen = leaking(chain, data, np.random.default_rng(0))
    found = validate(leaky, seen, folds(seen, 4, np.random.default_rng(0)))
    assert found.score.low > 0.6
    assert "leaking" in found.name


def test_an_effect_is_found():
    data = noise(50, survival=True)
    times = np.random.default_rng(5).exponential(np.exp(-1.5 * data.x[:, 7]))
    data = data.with_outcome(FollowUp(times, np.ones(len(data))))
    found = validate(COX, data, folds(data, 4, np.random.default_rng(0)))
    assert found.score.low > 0.7
    assert all("f7" in told["kept"] for told in found.told)


def test_every_patient_is_judged_once_by_folds_with_their_share_of_events():
    data = noise(2, survival=False, patients=103)
    made = folds(data, 5, np.random.default_rng(0))
    assert sorted(np.concatenate([s.test for s in made])) == list(range(103))
    shares = [int(data.labels[s.test].sum()) for s in made]
    assert max(shares) - min(shares) <= 1


def lesions(patients=60, seed=0):
    """One to four lesions a patient; the outcome is the lesion's."""
    rng = np.random.default_rng(seed)
    whose = np.repeat(np.arange(patients), rng.integers(1, 5, patients))
    x = rng.normal(size=(len(whose), 8)) + rng.normal(size=(patients, 8))[whose]
    labels = (x[:, 2] + rng.normal(size=len(whose)) > 1.0).astype(int)
    names = tuple(f"l{n}" for n in range(len(whose)))
    return OutcomeData(names, tuple(map(str, range(8))), x, labels, groups=tuple(f"p{n}" for n in whose))


@pytest.mark.parametrize("make", [lambda d, r: folds(d, 4, r), lambda d, r: repeated_splits(d, 5, r)])
def test_lesions_of_a_patient_stay_together(make):
    data = lesions()
    for split in make(data, np.random.default_rng(1)):
        sides = [set(data.rows(rows).units) for rows in (split.train, split.test)]
        assert not sides[0] & sides[1] and len(sides[0] | sides[1]) == 60
        assert len(split.train) + len(split.test) == len(data)
    found = validate(classifier(CLASSIFIERS[0]), data, make(data, np.random.default_rng(1)))
    assert set(found.units) <= {f"p{n}" for n in range(60)} and found.score.value > 0.6


def test_a_split_through_a_patient_is_refused():
    data = lesions()
    rows = np.arange(len(data))
    inside = next(n for n in range(1, len(data)) if data.groups[n] == data.groups[n - 1])
    with pytest.raises(InputError, match="no patient on both sides"):
        validate(classifier(CLASSIFIERS[0]), data, (Split("through", rows[:inside], rows[inside:]),))


def test_what_is_said_of_the_training_patients_is_kept_for_thresholds():
    data = noise(20, survival=False)
    made = folds(data, 3, np.random.default_rng(0))
    found = validate(classifier(CLASSIFIERS[0]), data, made)
    assert [len(one) for one in found.training] == [len(split.train) for split in made]
    assert found.units == found.patients


def test_predictions_are_the_same_in_any_order_of_splits_and_with_the_same_seed():
    data = noise(20, survival=False)
    made = folds(data, 3, np.random.default_rng(0))
    first = validate(classifier(CLASSIFIERS[1]), data, made, seed=4)
    again = validate(classifier(CLASSIFIERS[1]), data, made, seed=4)
    np.testing.assert_array_equal(first.predictions, again.predictions)


def test_repeated_splits_judge_patients_several_times():
    data = noise(5, survival=True)
    made = repeated_splits(data, 6, np.random.default_rng(0))
    found = validate(COX, data, made)
    assert len(found.values) == 6 and len(found.patients) == sum(len(s.test) for s in made)
    assert all(round(0.3 * 120) - 1 <= len(s.test) <= round(0.3 * 120) + 1 for s in made)


def test_more_repeats_do_not_make_the_interval_of_the_same_patients_narrow():
    data = noise(5, survival=False)
    errors = [
        validate(classifier(CLASSIFIERS[0]), data, repeated_splits(data, n, np.random.default_rng(0))).score.error
        for n in (8, 32)
    ]
    assert errors[1] > 0.75 * errors[0]


def test_centres_are_on_one_side_each():
    data = noise(3, survival=True, patients=40)
    data = OutcomeData(data.patients, data.names, data.x, data.outcome, np.repeat(["p", "q"], 20))
    (split,) = external_split(data, ["p"], ["q"])
    assert (split.train.tolist(), split.test.tolist()) == (list(range(20)), list(range(20, 40)))
    for sides, message in ((["p"], ["p"]), "p on both"), ((["p"], ["r"]), "got r"), ((["p"], []), "one side only"):
        with pytest.raises(InputError, match=message):
            external_split(data, *sides)


def test_a_choice_is_made_within_the_training_patients():
    data = noise(30, survival=False, patients=160)
    labels = (data.x[:, 3] + np.random.default_rng(6).normal(0, 0.7, 160) > 0).astype(int)
    data = data.with_outcome(labels)
    good = classifier(CLASSIFIERS[0])
    bad = Chain("bad", (Impute(), Standardise()), RandomForest(1, depth=1))
    found = validate(Choice("best of two", (bad, good)), data, folds(data, 3, np.random.default_rng(0)))
    assert {told["chain"] for told in found.told} == {good.name}
    assert found.score.value > 0.8


def test_the_area_is_that_of_the_roc_curve():
    from sklearn.metrics import roc_auc_score

    data = noise(1, survival=False)
    risk = np.round(np.random.default_rng(7).normal(size=len(data)), 1)
    assert discrimination(data, risk).value == pytest.approx(roc_auc_score(data.labels, risk))


def test_who_was_learned_from_is_not_judged():
    data = noise(3, survival=True)
    overlap = Split("overlap", np.arange(60), np.arange(50, 90))
    with pytest.raises(InputError, match="no patient on both sides"):
        validate(COX, data, (overlap,))


def test_other_features_than_those_of_training_are_refused():
    data = noise(3, survival=True)
    fitted = COX.fit(data, np.random.default_rng(0))
    with pytest.raises(InputError, match="without f2"):
        fitted.predict(data.columns([0, 1]))


@pytest.mark.parametrize("count", [1, 60])
def test_folds_that_cannot_be_are_refused(count):
    with pytest.raises(InputError, match="folds"):
        folds(noise(2, survival=False, patients=100), count, np.random.default_rng(0))


def test_a_cancelled_validation_ends():
    class Cancelled:
        def stage(self, name, share):
            raise CancelledError

        def cancelled(self):
            return True

    data = noise(3, survival=True)
    with pytest.raises(CancelledError):
        validate(COX, data, folds(data, 3, np.random.default_rng(0)), progress=Cancelled())
