"""Folds over patients."""

from __future__ import annotations

from collections import Counter

import pytest

from oncologyai.errors import InputError
from oncologyai.training import split_folds

PATIENTS = [f"P{number:02d}" for number in range(23)]


def test_the_order_of_the_table_changes_nothing() -> None:
    assert split_folds(PATIENTS, 5, seed=3) == split_folds(PATIENTS[::-1], 5, seed=3)


def test_another_seed_gives_other_folds() -> None:
    assert split_folds(PATIENTS, 5, seed=3) != split_folds(PATIENTS, 5, seed=4)


def test_every_patient_is_held_out_once_and_sizes_differ_by_one_at_most() -> None:
    folds = split_folds(PATIENTS, 5)
    assert list(folds) == PATIENTS
    assert sorted(Counter(folds.values()).values()) == [4, 4, 5, 5, 5]


def test_a_patient_with_two_cases_is_in_one_fold() -> None:
    assert split_folds([*PATIENTS, *PATIENTS[:4]], 5) == split_folds(PATIENTS, 5)


def test_each_stratum_is_spread_evenly() -> None:
    strata = dict.fromkeys(PATIENTS[:9], "complete")
    folds = split_folds(PATIENTS, 4, strata=strata)
    complete = Counter(folds[name] for name in PATIENTS[:9])
    others = Counter(folds[name] for name in PATIENTS[9:])
    assert sorted(complete.values()) == [2, 2, 2, 3]
    assert sorted(others.values()) == [3, 3, 4, 4]


@pytest.mark.parametrize("folds", [1, 24])
def test_too_few_or_too_many_folds_are_refused(folds: int) -> None:
    with pytest.raises(InputError, match="folds: expected 2 to the number of patients, 23"):
        split_folds(PATIENTS, folds)
