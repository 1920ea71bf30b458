"""Recursive elimination: what speaks is left, in a number that inner folds choose."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import OutcomeData, RecursiveElimination


def planted(n=200, features=30, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features))
    labels = x[:, 7] + 0.9 * x[:, 21] + rng.normal(0, 0.5, n) > 0
    return OutcomeData(tuple(map(str, range(n))), tuple(f"f{k}" for k in range(features)), x, labels)


def test_what_speaks_is_left_of_many():
    fitted = RecursiveElimination(30).fit(planted(), np.random.default_rng(0))
    assert {"f7", "f21"} <= set(fitted.kept) and len(fitted.kept) <= 20
    worth = dict(zip(fitted.kept, fitted.worth, strict=True))
    assert set(sorted(worth, key=worth.get)[-2:]) == {"f7", "f21"}
    assert fitted.curve[len(fitted.kept)] == max(auc for size, auc in fitted.curve.items() if size <= 20)
    assert fitted.curve[2] > 0.8 > fitted.curve[1]
    json.dumps(fitted.told())


def test_at_most_so_many_are_left():
    fitted = RecursiveElimination(15, most=1).fit(planted(), np.random.default_rng(0))
    assert len(fitted.kept) == 1 and set(fitted.kept) <= {"f7", "f21"}
    assert 13 in RecursiveElimination(15, most=13).fit(planted(), np.random.default_rng(0)).curve


def test_workers_change_no_number():
    one, two = (RecursiveElimination(15, workers=w).fit(planted(), np.random.default_rng(2)) for w in (1, 2))
    assert one.kept == two.kept and one.curve == two.curve and one.worth == two.worth


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"most": 0}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        RecursiveElimination(**wrong)


def test_fewer_patients_of_a_class_than_folds_are_refused():
    data = planted().with_outcome((np.arange(200) < 2).astype(int))
    with pytest.raises(InputError, match="folds"):
        RecursiveElimination().fit(data, np.random.default_rng(0))
