"""A signature's predictions as tables: what each holds, and that they say the same."""

import numpy as np
import pytest

from oncologyai.errors import CancelledError
from oncologyai.outcome import Given, signature_of
from oncologyai.pipelines import predict_outcome
from oncologyai.types import Table

TABLE = Table(
    "t",
    ("patient", "age", "volume", "sex"),
    (("A", "70", "30", "M"), ("B", "?", "9999", "F"), ("cohort", "60", "20", "F")),
)


@pytest.fixture(scope="module")
def predicted(kit):
    found = {}
    for kind in ("cox", "logistic", "trees"):
        data = kit.some_patients(kit.outcome_of(kind))
        wide = {"features": {**kit.about().features, "volume": {"unit": "ml"}}}
        card, model = signature_of(
            kit.a_chain(kind).fit(data, np.random.default_rng(0)), data, kit.about(kit.outcome_of(kind), **wide)
        )
        found[kind] = predict_outcome(card, TABLE, Given("patient"), model=model)
    return found


def column(table, name):
    return [row[table.columns.index(name)] for row in table.rows]


def test_a_row_a_patient_with_interval_group_and_range_check(predicted):
    table = predicted["cox"].prediction
    assert column(table, "patient") == ["A", "B", "cohort"]
    assert set(column(table, "endpoint")) == {"death"} and set(column(table, "horizon_days")) == {365.0}
    for low, value, high in zip(*(column(table, name) for name in ("low", "value", "high")), strict=True):
        assert 0 <= low <= value <= high <= 1
    assert column(table, "range_check")[0] == "within the training ranges"
    assert "outside the training range" in column(table, "range_check")[1]
    assert column(table, "signature")[0] == "test 1.0.0"


def test_contributions_of_a_patient_sum_to_his_predictor(predicted):
    for kind in ("cox", "logistic"):
        result = predicted[kind]
        parts = np.array(column(result.contributions, "contribution")).reshape(3, 3).sum(axis=1)
        expected = np.array(column(result.prediction, "predictor")) - result.applied.contributions.base
        np.testing.assert_allclose(parts, expected, atol=1e-12)


def test_curves_of_survival_stand_beside_the_cohorts_and_keep_their_names_apart(predicted):
    table = predicted["cox"].curves
    assert table.columns == ("time_days", "cohort all", "cohort low", "cohort high", "A", "B", "cohort")
    assert table.rows[0][1:] == (1.0,) * 6
    at = column(table, "time_days").index(365.0)
    assert 1 - column(table, "A")[at] == pytest.approx(column(predicted["cox"].prediction, "value")[0], abs=1e-9)


def test_a_class_stands_among_the_cohorts_predictors(predicted):
    table = predicted["logistic"].curves
    assert table.columns == ("predictor", "cohort", "A", "B", "patient cohort")
    assert column(table, "A")[-3] == column(predicted["logistic"].prediction, "rank")[0]
    assert column(table, "A").count(None) == len(table.rows) - 1


def test_trees_without_recalibration_have_no_chance_but_a_place(predicted):
    table = predicted["trees"].prediction
    assert set(column(table, "value")) == {None}
    assert all(0 <= rank <= 1 for rank in column(table, "rank"))


def test_cautions_name_patient_and_feature_and_are_told_in_the_provenance(predicted):
    result = predicted["cox"]
    assert ("B", "volume") in [row[:2] for row in result.cautions.rows]
    assert any(text.startswith("B: age: missing") for text in result.provenance.warnings)
    assert result.provenance.settings["digest"] == result.applied.card.digest


def test_it_can_be_cancelled(predicted):
    class Impatient:
        def stage(self, name, share):
            pass

        def cancelled(self):
            return True

    with pytest.raises(CancelledError):
        predict_outcome(predicted["cox"].applied.card, TABLE, progress=Impatient())
