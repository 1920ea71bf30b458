"""A signature refuses what does not fit, warns of what is unusual, and its parts sum to its prediction."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from oncologyai.errors import InputError, UnitsError
from oncologyai.features import FeatureSettings, comparable_settings, settings_digest
from oncologyai.outcome import (
    Given,
    ImageSettings,
    IndexModel,
    PrintedRatio,
    apply_signature,
    patient_survival,
    signature_of,
)

PATIENT = {"patient": ["A"], "age": [70.0], "volume": [30.0], "sex": ["M"]}
TREES = ("trees", "aft", "classes")


@pytest.fixture(scope="module")
def cards(kit):
    """Cards of every kind, each with its model's file."""
    made = {}
    for kind in ("cox", "logistic", *TREES):
        data = kit.some_patients(kit.outcome_of(kind))
        chain = kit.a_chain(kind).fit(data, np.random.default_rng(0))
        made[kind] = signature_of(chain, data, kit.about(kit.outcome_of(kind)))
    return made


def frame(**changes):
    return pd.DataFrame({**PATIENT, **changes})


def test_the_example_comes_out(cards):
    for card, model in cards.values():
        found = apply_signature(card, pd.DataFrame([card.example.values]), model=model)
        assert found.predictor[0] == pytest.approx(card.example.predictor, abs=card.example.tolerance)
        assert found.group[0] == card.example.group


def test_contributions_of_sums_are_exactly_the_predictor(cards):
    @settings(max_examples=60)
    @given(st.lists(st.tuples(st.floats(0, 120), st.floats(0, 5000), st.sampled_from("MF")), min_size=1, max_size=5))
    def check(patients):
        table = pd.DataFrame(patients, columns=["age", "volume", "sex"])
        for kind in ("cox", "logistic"):
            found = apply_signature(cards[kind][0], table)
            total = found.contributions.base + found.contributions.parts.sum(axis=1)
            np.testing.assert_array_equal(found.predictor, total)
            assert ((found.low <= found.value) & (found.value <= found.high)).all()
            assert ((found.value >= 0) & (found.value <= 1)).all()
            assert (np.diff(found.value[np.argsort(found.predictor)]) >= 0).all()

    check()


@pytest.mark.parametrize("kind", TREES)
def test_shap_values_sum_to_the_margin(kit, cards, kind):
    card, model = cards[kind]
    table = kit.a_table(kit.some_patients(kit.outcome_of(kind), seed=8))
    found = apply_signature(card, table, Given("patient"), model=model)
    total = found.contributions.base + found.contributions.parts.sum(axis=1)
    np.testing.assert_allclose(total, found.predictor, atol=1e-4 * np.abs(found.predictor).max())
    assert np.abs(found.contributions.parts).max() > 0


def test_a_patients_survival_falls_and_meets_the_prediction_at_the_horizon(cards, kit):
    card = cards["cox"][0]
    found = apply_signature(card, frame())
    curve = patient_survival(found, 0)
    assert curve[0] == 1.0 and (np.diff(curve) <= 0).all()
    at = card.baseline.times.index(kit.HORIZON)
    assert curve[at] == pytest.approx(1 - found.value[0], abs=1e-9)
    with pytest.raises(InputError, match="one that predicts survival"):
        patient_survival(apply_signature(cards["logistic"][0], frame()), 0)


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"age": ["old"]}, InputError, "age: expected numbers, got 'old' in line 2"),
        ({"sex": ["X"]}, InputError, "sex: expected one of M, F, got 'X' in line 2"),
        ({"sex": [None]}, InputError, "sex: expected a value of every patient"),
        ({"age": [25_550.0]}, UnitsError, "age: expected years from 0 to 120, got 25550 of A; check the unit"),
        ({"volume": [np.inf]}, InputError, "volume: expected finite numbers"),
        ({"patient": [None]}, InputError, "patient: expected a patient in every row"),
    ],
)
def test_what_does_not_fit_is_refused(cards, changes, error, told):
    with pytest.raises(error, match=told.replace("(", r"\(")):
        apply_signature(cards["cox"][0], frame(**changes), Given("patient"))


def test_a_missing_feature_is_refused_and_named(cards):
    with pytest.raises(InputError, match="volume: expected a column of the table: the signature needs it"):
        apply_signature(cards["cox"][0], frame().drop(columns="volume"))


def test_a_column_may_have_another_name(cards):
    table = frame().rename(columns={"volume": "Volume (GTV)"})
    card = cards["cox"][0]
    found = apply_signature(card, table, Given("patient", {"volume": "Volume (GTV)"}))
    assert found.predictor[0] == apply_signature(card, frame()).predictor[0]
    with pytest.raises(InputError, match="columns of the card"):
        apply_signature(card, table, Given(columns={"size": "Volume (GTV)"}))


@pytest.mark.parametrize("header", ["age [months]", "age (months)"])
def test_a_unit_in_the_header_must_be_the_cards(cards, header):
    card = cards["cox"][0]
    with pytest.raises(UnitsError, match="expected values in years, got months"):
        apply_signature(card, frame().rename(columns={"age": header}))
    right = apply_signature(card, frame().rename(columns={"age": "age [years]"}))
    assert right.predictor[0] == apply_signature(card, frame()).predictor[0]
    with pytest.raises(UnitsError, match="expected values in ml, got cm3"):
        apply_signature(card, frame(), Given(units={"volume": "cm3"}))


def test_a_patient_twice_and_a_table_without_patients_are_refused(cards):
    card = cards["cox"][0]
    with pytest.raises(InputError, match="one row a patient"):
        apply_signature(card, pd.concat([frame(), frame()]), Given("patient"))
    with pytest.raises(InputError, match="at least one patient"):
        apply_signature(card, frame().iloc[:0])
    with pytest.raises(InputError, match="a column of the table"):
        apply_signature(card, frame(), Given("name"))
    with pytest.raises(InputError, match="between 0 and 1"):
        apply_signature(card, frame(), level=1.0)


def test_a_value_outside_the_training_range_is_told_and_used(cards):
    found = apply_signature(cards["cox"][0], frame(age=[110.0]), Given("patient"))
    told = [c for c in found.cautions if c.feature == "age"]
    assert told and told[0].patient == "A" and "outside the training range" in told[0].text
    usual = apply_signature(cards["cox"][0], frame(), Given("patient"))
    assert usual.cautions == ()
    assert found.predictor[0] > usual.predictor[0]


def test_a_patient_far_from_the_cohort_is_told_with_the_distance(cards):
    found = apply_signature(cards["cox"][0], frame(age=[115.0], volume=[900.0]), Given("patient"))
    assert any("far from the cohort" in c.text for c in found.cautions)
    usual = apply_signature(cards["cox"][0], frame(), Given("patient"))
    assert found.distance[0] > usual.distance[0]
    assert usual.nearer[0] < 0.99 <= found.nearer[0]


def test_a_missing_value_is_filled_as_in_training_and_told(cards):
    card = cards["cox"][0]
    found = apply_signature(card, frame(age=["?"]), Given("patient"))
    assert found.x[0, 0] == card.features[0].imputation
    assert any("missing" in c.text and c.patient == "A" for c in found.cautions)


def with_image(card, chosen, unit="SUVbw"):
    columns = ["volume"]
    image = ImageSettings(
        modality="PT", unit=unit, settings=comparable_settings(chosen, columns), sha256=settings_digest(chosen, columns)
    )
    features = tuple(f.model_copy(update={"source": "radiomics" if f.name == "volume" else "clinical"}) for f in card.features)  # fmt: skip  # noqa: E501
    return card.model_copy(update={"image": image, "features": features})


def test_features_of_other_settings_are_refused_and_the_setting_named(cards):
    card = with_image(cards["cox"][0], FeatureSettings(bin_width=0.5))
    fits = Given("patient", settings=FeatureSettings(bin_width=0.5, families=("firstorder",)), image_unit="SUVbw")
    assert apply_signature(card, frame(), fits).cautions == ()
    with pytest.raises(InputError, match="binWidth 0.25, not 0.5"):
        apply_signature(card, frame(), Given(settings=FeatureSettings(bin_width=0.25)))
    with pytest.raises(UnitsError, match="expected values in SUVbw, got BQML"):
        apply_signature(card, frame(), Given(settings=FeatureSettings(bin_width=0.5), image_unit="BQML"))


def test_features_of_unknown_settings_are_refused_unless_the_user_says_so(cards):
    card = with_image(cards["cox"][0], FeatureSettings(bin_width=0.5))
    with pytest.raises(InputError, match="settings are known"):
        apply_signature(card, frame())
    found = apply_signature(card, frame(), Given(unchecked=True))
    assert any("nobody compared" in c.text for c in found.cautions)


def an_index(card):
    ratios = (PrintedRatio(hazard_ratio=2.0), PrintedRatio(hazard_ratio=1.5), PrintedRatio(hazard_ratio=0.5))
    model = IndexModel(coefficients=tuple(np.log([2.0, 1.5, 0.5])), printed=ratios, missing=("baseline survival",))
    scales = {"age": None, "volume": None}
    features = tuple(f.model_copy(update={"scale": scales.get(f.name, 1.0), "shift": 0.0}) for f in card.features)
    return card.model_copy(
        update={"model": model, "features": features, "baseline": None, "groups": None, "distance": None, "curves": ()}
    )


def test_an_index_without_scaling_takes_it_from_the_cohort_and_gives_no_risk(cards, kit):
    card = an_index(cards["cox"][0])
    table = kit.a_table(kit.some_patients(missing=0.0, patients=40))
    found = apply_signature(card, table, Given("patient"))
    z = (table[["age", "volume"]] - table[["age", "volume"]].mean()) / table[["age", "volume"]].std()
    expected = np.log(2.0) * z.age + np.log(1.5) * z.volume + np.log(0.5) * (table.sex == "M")
    np.testing.assert_allclose(found.predictor, expected, atol=1e-9)
    assert found.is_index and np.isnan(found.value).all() and set(found.group) == {""}
    assert sorted(found.rank) == list(range(1, 41))
    assert found.rank[np.argmax(found.predictor)] == 1
    assert any("baseline survival" in c.text for c in found.cautions)
    with pytest.raises(InputError, match="a cohort of at least 10 patients"):
        apply_signature(card, table.iloc[:5], Given("patient"))
    with pytest.raises(InputError, match="values that differ"):
        apply_signature(card, table.assign(age=60.0), Given("patient"))


def test_nothing_of_one_patient_depends_on_the_others(cards, kit):
    table = kit.a_table(kit.some_patients(seed=5, patients=30))
    for card, model in cards.values():
        together = apply_signature(card, table, Given("patient"), model=model)
        alone = apply_signature(card, table.iloc[[7]], Given("patient"), model=model)
        for name in ("predictor", "value", "low", "high", "rank", "distance", "nearer"):
            np.testing.assert_allclose(getattr(together, name)[7], getattr(alone, name)[0], atol=1e-9)
