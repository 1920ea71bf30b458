"""Agreement beyond chance, against published tables and cases known by hand."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import cohen_kappa, fleiss_kappa

# Fourteen readers, ten cases, five categories: a table much used in teaching, kappa 0.210.
TABLE = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def test_fleiss_matches_a_known_table():
    assert fleiss_kappa(np.array(TABLE)) == pytest.approx(0.210, abs=5e-4)


def test_fleiss_of_full_agreement_and_of_full_disagreement():
    assert fleiss_kappa(np.array([[3, 0], [0, 3]])) == pytest.approx(1.0)
    assert fleiss_kappa(np.array([[1, 1], [1, 1]])) == pytest.approx(-1.0)


def test_cohen_matches_a_table_known_by_hand():
    # 20 times both yes, 5 and 10 times one of them, 15 times both no: agreed 0.7, by chance 0.5
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert cohen_kappa(*zip(*pairs, strict=True)) == pytest.approx(0.4)


def test_cohen_of_full_agreement_and_of_full_disagreement():
    assert cohen_kappa(["a", "b", "c"], ["a", "b", "c"]) == pytest.approx(1.0)
    assert cohen_kappa(["a", "b"], ["b", "a"]) == pytest.approx(-1.0)


def test_one_category_alone_and_no_case_leave_kappa_undefined():
    assert math.isnan(cohen_kappa(["a", "a"], ["a", "a"]))
    assert math.isnan(cohen_kappa([], []))
    assert math.isnan(fleiss_kappa(np.array([[3, 0], [3, 0]])))
    assert math.isnan(fleiss_kappa(np.zeros((0, 2))))


def test_rejects_unequal_readers():
    with pytest.raises(InputError, match="expected 2 categories, got 1"):
        cohen_kappa(["a", "b"], ["a"])
    with pytest.raises(InputError, match="the same number of readers, at least 2, for each case, got 2 to 3"):
        fleiss_kappa(np.array([[3, 0], [1, 1]]))
    with pytest.raises(InputError, match="at least 2"):
        fleiss_kappa(np.array([[1, 0], [0, 1]]))
    with pytest.raises(InputError, match="cases by categories"):
        fleiss_kappa(np.array([3, 0]))
