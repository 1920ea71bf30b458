"""What a cohort for learning must be."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, OutcomeData


def some(**changes):
    given = {"patients": ("a", "b"), "names": ("x", "y"), "x": np.array([[1.0, 2.0], [3.0, np.nan]]),
             "outcome": np.array([0, 1])} | changes  # fmt: skip
    return OutcomeData(**given)


def test_rows_and_columns_keep_what_belongs_to_them():
    data = some(batch=np.array(["p", "q"]), sources=("clinical", "radiomics"))
    assert data.rows(np.array([1])).patients == ("b",) and data.rows(np.array([False, True])).labels.tolist() == [1]
    assert data.of_source("radiomics").names == ("y",)
    assert data.rows(np.array([1])).batch.tolist() == ["q"]


def test_lesions_know_whose_they_are():
    data = some(patients=("a1", "a2"), groups=("a", "a"))
    assert data.units == ("a", "a") and data.rows(np.array([1])).groups == ("a",)
    unit, strata = data.unit_strata
    assert unit.tolist() == [0, 0] and strata.tolist() == [1]
    assert some().units == ("a", "b")


def test_survival_and_classes_are_not_taken_for_each_other():
    survival = some(outcome=FollowUp([1, 2], [1, 0]))
    assert survival.is_survival and survival.strata.tolist() == [1, 0]
    with pytest.raises(InputError, match="expected classes 0 and 1"):
        _ = survival.labels
    with pytest.raises(InputError, match="expected times and events"):
        _ = some().follow_up


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"patients": ("a", "a")}, "a more than once"),
        ({"names": ("x", "x")}, "a name more than once"),
        ({"x": np.zeros((2, 3))}, "2 patients x 2 features"),
        ({"x": np.array([[1.0, np.inf], [1.0, 2.0]])}, "infinity in y"),
        ({"outcome": np.array([0, 2])}, "each 0 or 1"),
        ({"outcome": FollowUp([1], [1])}, "2 times"),
        ({"batch": np.array(["p"])}, "batch"),
        ({"sources": ("clinical",)}, "sources"),
        ({"groups": ("p",)}, "groups"),
    ],
)
def test_refuses_what_does_not_fit(changes, message):
    with pytest.raises(InputError, match=message):
        some(**changes)
