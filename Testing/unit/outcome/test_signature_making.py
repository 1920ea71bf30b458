"""A fitted chain becomes a card that gives what the chain gives, and says how sure it is."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import (
    Chain,
    Correlation,
    CoxRegression,
    FollowUp,
    Given,
    HeldOut,
    Impute,
    LogisticRegression,
    OutcomeData,
    RandomForest,
    Standardise,
    apply_signature,
    fit_cox,
    folds,
    hazard_covariance,
    signature_of,
    validate,
)

KINDS = ("cox", "ridge", "logistic", "trees", "aft", "classes")
REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "signature.json"


def made(kit, kind, data=None, **changes):
    data = data or kit.some_patients(kit.outcome_of(kind))
    chain = kit.a_chain(kind).fit(data, np.random.default_rng(0))
    card, model = signature_of(chain, data, kit.about(kit.outcome_of(kind), **changes))
    return chain, data, card, model


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_orders_patients_as_its_chain_does(kit, kind):
    chain, data, card, model = made(kit, kind)
    found = apply_signature(card, kit.a_table(data), Given("patient"), model=model)
    expected = chain.predict(data)
    if kind in ("logistic", "classes"):
        expected = np.log(expected / (1 - expected))
    assert found.patients == data.patients
    np.testing.assert_allclose(found.predictor, expected, atol=1e-6 if kind in ("cox", "ridge", "logistic") else 1e-4)


@pytest.mark.parametrize("kind", ("cox", "ridge"))
def test_the_survival_of_a_card_is_that_of_coxs_model(kit, kind):
    chain, data, card, _ = made(kit, kind)
    found = apply_signature(card, kit.a_table(data), Given("patient"))
    inside = chain.transform(data)
    survival = chain.model.model.survival(inside.x[:, chain.model.chosen], [kit.HORIZON])[:, 0]
    np.testing.assert_allclose(1 - found.value, survival, atol=1e-9)
    assert ((found.low < found.value) & (found.value < found.high)).all()


def test_the_chance_of_a_card_is_that_of_the_regression(kit):
    chain, data, card, _ = made(kit, "logistic")
    found = apply_signature(card, kit.a_table(data), Given("patient"))
    np.testing.assert_allclose(found.value, chain.predict(data), atol=1e-9)


def test_intervals_of_survival_equal_those_of_r():
    n = np.arange(60)
    x = np.stack([(n * 13) % 17 / 17, (n * 29) % 11 / 11], axis=1)
    follow_up = FollowUp((n * 37) % 23 + 1.0, (n * 7) % 5 < 3)
    model = fit_cox(x, follow_up)
    new = np.array([[0.1, 0.9], [0.5, 0.5], [0.95, 0.2]]) - model.means
    by_r = json.loads(REFERENCE.read_text(encoding="utf-8"))
    for time in ("3", "9", "15"):
        log_hazard, covariance = hazard_covariance(model, x, follow_up, float(time))
        design = np.column_stack([np.ones(3), new])
        half = 1.959963984540054 * np.sqrt(np.einsum("ij,jk,ik->i", design, covariance, design))
        middle = log_hazard + new @ model.coefficients
        for name, value in (("survival", middle), ("low", middle + half), ("high", middle - half)):
            np.testing.assert_allclose(np.exp(-np.exp(value)), by_r[time][name], atol=1e-12)


@pytest.mark.parametrize("kind", ("survival", "class"))
def test_the_interval_covers_the_truth_as_often_as_it_says(kit, kind):
    rng = np.random.default_rng(4)
    patient, effect, inside, draws = np.array([1.0, -0.5]), np.array([0.7, -0.4]), 0, 300
    frame = pd.DataFrame({"a": [patient[0]], "b": [patient[1]]})
    steps, true = (Impute(), Standardise()), 0.0
    for _ in range(draws):
        x = rng.normal(size=(150, 2))
        if kind == "survival":
            times, stop = rng.exponential(500 * np.exp(-(x @ effect))), rng.uniform(100, 1500, 150)
            outcome = FollowUp(np.minimum(times, stop), times <= stop)
            true = 1 - np.exp(-365.0 / (500 * np.exp(-(patient @ effect))))
            chain = Chain("cox", steps, CoxRegression())
        else:
            outcome = (rng.random(150) < 1 / (1 + np.exp(-(x @ effect)))).astype(int)
            true = 1 / (1 + np.exp(-(patient @ effect)))
            chain = Chain("logistic", steps, LogisticRegression(strength=1e4, balanced=False))
        data = OutcomeData(tuple(map(str, range(150))), ("a", "b"), x, outcome)
        card, _ = signature_of(chain.fit(data, rng), data, kit.about(kind, features={}, example={}))
        found = apply_signature(card, frame)
        inside += int(found.low[0] <= true <= found.high[0])
    assert abs(inside / draws - 0.95) < 3 * np.sqrt(0.95 * 0.05 / draws)


def test_trees_give_no_chance_unless_held_out_predictions_say_how_far_they_can_be_believed(kit):
    _, data, card, model = made(kit, "trees")
    found = apply_signature(card, kit.a_table(data), Given("patient"), model=model)
    assert not card.gives_chance
    assert np.isnan(found.value).all()
    assert set(found.group) == {"low", "high"}


@pytest.mark.parametrize("kind", ("trees", "aft", "classes"))
def test_trees_that_are_recalibrated_give_as_many_events_as_there_were(kit, kind):
    data = kit.some_patients(kit.outcome_of(kind), patients=300)
    judged = validate(kit.a_chain(kind), data, folds(data, 5, np.random.default_rng(3)))
    order = {name: n for n, name in enumerate(judged.patients)}
    held = judged.predictions[[order[name] for name in data.patients]]
    if kind == "classes":
        held = np.log(held / (1 - held))
    chain = kit.a_chain(kind).fit(data, np.random.default_rng(0))
    kept = HeldOut(held, "five folds")
    card, _ = signature_of(chain, data, kit.about(kit.outcome_of(kind), example={}), held_out=kept)
    again = card.model.recalibration
    middle = again.intercept + again.slope * held
    chance = 1 / (1 + np.exp(-middle)) if kind == "classes" else 1 - np.exp(-np.exp(middle))
    by_then = data.labels.mean() if kind == "classes" else 1 - card.curves[0].survival[4]  # a year
    assert 0.2 < again.slope < 3.0
    assert abs(chance.mean() - by_then) < 0.05


def test_what_the_chain_learned_stands_in_the_card(kit):
    _, data, card, _ = made(kit, "cox")
    age = card.features[0]
    known = data.x[~np.isnan(data.x[:, 0]), 0]
    assert age.imputation == pytest.approx(np.median(known))
    assert age.missing == int(np.isnan(data.x[:, 0]).sum())
    assert age.range == (known.min(), known.max())
    assert card.cohort.patients == len(data)
    assert card.cohort.events == int(data.follow_up.happened.sum())
    assert card.example is not None and card.digest


def test_no_time_of_a_card_is_that_of_a_patient(kit):
    _, data, card, _ = made(kit, "cox")
    own = {t for t in data.follow_up.times if t != kit.HORIZON}
    for curve in (card.baseline, *card.curves):
        assert not own & set(curve.times)


def test_selection_leaves_features_out_of_the_card(kit):
    data = kit.some_patients()
    doubled = OutcomeData(data.patients, (*data.names, "twin"), data.x[:, [0, 1, 2, 1]] + 0.0, data.outcome)
    chain = Chain("c", (Impute(), Correlation(0.9, "first"), Standardise()), CoxRegression(alpha=0.05))
    card, _ = signature_of(chain.fit(doubled, np.random.default_rng(0)), doubled, kit.about(example={}))
    assert "twin" not in [feature.name for feature in card.features]


def test_scaling_twice_and_imputing_after_it_is_one_shift_and_scale(kit):
    data = kit.some_patients()
    filled = np.where(np.isnan(data.x), 60.0, data.x)
    whole = data.with_x(filled)
    chain = Chain("c", (Standardise(), Standardise(), Impute()), CoxRegression()).fit(whole, np.random.default_rng(0))
    card, _ = signature_of(chain, whole, kit.about())
    found = apply_signature(card, kit.a_table(whole), Given("patient"))
    np.testing.assert_allclose(found.predictor, chain.predict(whole), atol=1e-9)
    assert card.features[0].imputation == pytest.approx(np.median(filled[:, 0]))


def test_a_card_of_other_patients_is_refused(kit):
    chain, data, _, _ = made(kit, "cox")
    with pytest.raises(InputError, match="the patients that the chain was fitted on"):
        signature_of(chain, data.rows(np.arange(50)), kit.about())


def test_what_a_card_cannot_hold_is_refused(kit):
    data = kit.some_patients("class")
    rng = np.random.default_rng(0)
    forest = Chain("forest", (Impute(),), RandomForest(5)).fit(data, rng)
    with pytest.raises(InputError, match="Cox's model, logistic regression or boosted trees"):
        signature_of(forest, data, kit.about("class"))
    weighted = Chain("weighted", (Impute(),), LogisticRegression()).fit(data, rng)
    with pytest.raises(InputError, match="balanced=False"):
        signature_of(weighted, data, kit.about("class"))
    chain = kit.a_chain("logistic").fit(data, rng)
    with pytest.raises(InputError, match="survival with a horizon"):
        signature_of(chain, data, kit.about("survival"))
    other = replace(chain, steps=(("ComBat", object()),))
    with pytest.raises(InputError, match="imputation by a value, scaling and selection"):
        signature_of(other, data, kit.about("class"))


def test_a_horizon_that_nobody_reached_is_refused(kit):
    data = kit.some_patients()
    model = fit_cox(data.x[:, 1:], data.follow_up)
    with pytest.raises(InputError, match="the longest follow-up"):
        hazard_covariance(model, data.x[:, 1:], data.follow_up, 1e5)
    with pytest.raises(InputError, match="by which the event has happened"):
        hazard_covariance(model, data.x[:, 1:], data.follow_up, 1e-6)


def test_competing_events_are_refused(kit):
    data = kit.some_patients()
    codes = np.where(np.arange(len(data)) % 7 == 0, 2, data.follow_up.events)
    both = data.with_outcome(FollowUp(data.follow_up.times, codes))
    chain = kit.a_chain("cox").fit(both, np.random.default_rng(0))
    with pytest.raises(InputError, match="no competing ones"):
        signature_of(chain, both, kit.about())
