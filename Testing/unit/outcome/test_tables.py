"""Tables as users write them, brought to patients; what cannot be is refused in words."""

import numpy as np
import pandas as pd
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import Roles, counted_outcome_data, join_patients, outcome_data
from oncologyai.outcome.tables import as_missing

SURVIVAL = Roles("id", time="days", event="dead")


def a_table(**changes):
    columns = {"id": ["a", "b", "c"], "days": [10, 20, 30], "dead": [1, 0, 1], "x": [1.0, 2.0, 3.0]} | changes
    return pd.DataFrame(columns)


def test_columns_of_numbers_are_features_and_others_are_not():
    data = outcome_data(a_table(name=["p", "q", "r"], diagnostics_n=[1, 2, 3]), SURVIVAL)
    assert (data.patients, data.names) == (("a", "b", "c"), ("x",))
    assert data.follow_up.happened.tolist() == [True, False, True]


def test_marks_of_missing_values_and_decimal_commas_are_understood():
    clean = as_missing(pd.DataFrame({"a": ["1,5", "?", "N/A", "-2"], "b": ["x", "", None, "y"]}))
    np.testing.assert_array_equal(clean["a"].to_numpy(float), [1.5, np.nan, np.nan, -2.0])
    assert clean["b"].isna().tolist() == [False, True, True, False]


def test_rows_without_an_outcome_are_left_out():
    data = outcome_data(a_table(dead=[1, "?", 0]), SURVIVAL)
    assert data.patients == ("a", "c")


def test_classes_are_the_named_value_against_the_rest():
    table = a_table(status=["mutant", "wild", "mutant"])
    data = outcome_data(table, Roles("id", label="status", positive="mutant", features=("x",)))
    assert data.labels.tolist() == [1, 0, 1]
    with pytest.raises(InputError, match="a value of status: mutant, wild"):
        outcome_data(table, Roles("id", label="status", positive="Mutant", features=("x",)))


def test_categories_become_columns_against_the_most_frequent():
    table = a_table(site=["lung", "lung", "bone"])
    data = outcome_data(table, Roles("id", time="days", event="dead", categories=("site",)))
    assert data.names == ("x", "site=bone") and data.x[:, 1].tolist() == [0.0, 0.0, 1.0]


def test_event_codes_are_named():
    table = a_table(dead=["dod", "alive", "other"])
    roles = Roles("id", time="days", event="dead", censored=("alive",), competing=("other",))
    with pytest.raises(InputError, match="got 'dod'"):
        outcome_data(table, roles)
    data = outcome_data(table.replace("dod", "1"), roles)
    assert data.follow_up.events.tolist() == [1, 0, 2]


def test_rows_find_their_patient_in_the_name():
    rows = pd.DataFrame({"row": ["P-1_2018_GTV", "P-10_2018_GTV", "P-2_x"], "f": [1.0, 2.0, 3.0]})
    patients = pd.DataFrame({"pid": ["P-1", "P-10"], "days": [5, 6], "dead": [1, 1]})
    joined = join_patients(rows, patients, left_on="row", right_on="pid")
    assert joined[["pid", "f"]].to_numpy().tolist() == [["P-1", 1.0], ["P-10", 2.0]]
    by_key = join_patients(rows, patients, left_on="row", right_on="pid", key=r"P-\d+")
    assert by_key["pid"].tolist() == ["P-1", "P-10"]
    with pytest.raises(InputError, match="give a key"):
        join_patients(rows.assign(row="z"), patients, left_on="row", right_on="pid")
    with pytest.raises(InputError, match="P-1 more than once"):
        join_patients(rows, pd.concat([patients, patients]), left_on="row", right_on="pid")


def test_lesions_are_repeats_first_largest_or_gathered():
    table = pd.DataFrame(
        {"id": ["a", "a", "a", "b"], "days": [9, 9, 9, 4], "dead": [1, 1, 1, 0],
         "original_shape_MeshVolume": [1.0, 1.0, 5.0, 2.0], "x": [7.0, 7.0, 3.0, 1.0]}
    )  # fmt: skip
    with pytest.raises(InputError, match="got 2 of a"):
        outcome_data(table, SURVIVAL)
    found = {
        how: outcome_data(table, SURVIVAL, lesions=how).x[0].tolist() for how in ("first", "largest", "max", "mean")
    }
    assert found["first"] == [1.0, 7.0] and found["largest"] == [5.0, 3.0]
    assert found["max"] == [5.0, 7.0]
    assert outcome_data(table.iloc[[0, 1, 3]], SURVIVAL).patients == ("a", "b")


def test_lesions_with_an_outcome_each_stay_and_know_whose_they_are():
    table = pd.DataFrame({"id": ["a", "b", "a", "a", "c"], "necrosis": [0, 0, 1, 1, 0], "x": [1.0, 2.0, 3.0, 3.0, 4.0]})
    found, left_out = counted_outcome_data(table, Roles("id", label="necrosis"), lesions="each")
    assert found.patients == ("a #1", "b #1", "a #2", "c #1") and found.groups == ("a", "b", "a", "c")
    assert found.labels.tolist() == [0, 0, 1, 0] and dict(left_out)["exact repeats"] == 1


@pytest.mark.parametrize(
    ("changes", "roles", "message"),
    [
        ({}, Roles("id", time="Days", event="dead"), "write it days"),
        ({"days": ["ten", "20", "30"]}, SURVIVAL, "days as numbers"),
        ({"x": ["p", "q", "r"]}, SURVIVAL, "at least one column of numbers"),
        ({"x": ["p", "q", "r"]}, Roles("id", time="days", event="dead", features=("x",)), "among the categories"),
        ({"days": [-1, 2, 3]}, SURVIVAL, "at least 0"),
        ({"dead": [None, None, None]}, SURVIVAL, "patients with an outcome"),
    ],
)
def test_refuses_what_cannot_be(changes, roles, message):
    with pytest.raises(InputError, match=message):
        outcome_data(a_table(**changes), roles)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"time": "a"}, "one of them"), ({}, "neither"), ({"label": "a", "time": "b", "event": "c"}, "both"),
     ({"label": "a", "key": "("}, "a regular expression")],
)  # fmt: skip
def test_roles_name_one_outcome(given, message):
    with pytest.raises(InputError, match=message):
        Roles("id", **given)
