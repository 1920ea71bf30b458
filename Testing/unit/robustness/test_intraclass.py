"""Intraclass correlation: Shrout and Fleiss' table, pingouin, and coverage by simulation."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.robustness import ICC_FORMS, intraclass_correlation

# Shrout and Fleiss 1979, table 2: six targets, four judges; coefficients of their table 4
TABLE = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)
PUBLISHED = {"1,1": 0.17, "2,1": 0.29, "3,1": 0.71}


@pytest.mark.parametrize("form", PUBLISHED)
def test_equals_shrout_and_fleiss(form: str) -> None:
    found = intraclass_correlation(TABLE[:, :, np.newaxis], form)
    assert round(float(found.value[0]), 2) == PUBLISHED[form] and found.n[0] == 6


@pytest.mark.filterwarnings("ignore")
def test_equals_pingouin_with_intervals() -> None:
    pingouin = pytest.importorskip("pingouin")
    import pandas as pd

    generator = np.random.default_rng(2)
    noisy = generator.normal(50, 10, (12, 1)) + generator.normal(0, 4, (12, 3)) + [0, 3, -2]
    for values in (TABLE, noisy):
        n, k = values.shape
        long = pd.DataFrame(
            {"target": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n), "score": values.ravel()}
        )
        theirs = pingouin.intraclass_corr(long, targets="target", raters="rater", ratings="score")
        interval = next(column for column in theirs.columns if column.startswith("CI95"))
        for (_, row), form in zip(theirs.iloc[:3].iterrows(), ICC_FORMS, strict=True):
            found = intraclass_correlation(values[:, :, np.newaxis], form)
            assert found.value[0] == pytest.approx(row["ICC"], abs=1e-9)
            # pingouin rounds its intervals to two digits
            assert (found.low[0], found.high[0]) == pytest.approx(tuple(row[interval]), abs=0.00501)


def test_a_constant_shift_counts_for_agreement_and_not_for_consistency() -> None:
    generator = np.random.default_rng(3)
    first = generator.normal(size=30)
    values = np.stack([first, first + 2], axis=1)[:, :, np.newaxis]
    assert intraclass_correlation(values, "3,1").value[0] == pytest.approx(1)
    assert intraclass_correlation(values, "2,1").value[0] < 0.5


@pytest.mark.parametrize("form", ICC_FORMS)
def test_the_interval_holds_the_truth_as_often_as_it_says(form: str) -> None:
    generator, tries = np.random.default_rng(5), 600
    values = generator.normal(size=(25, 1, tries)) * 2 + generator.normal(size=(25, 3, tries))  # 4 / (4 + 1)
    found = intraclass_correlation(values, form)
    assert np.mean((found.low <= 0.8) & (found.high >= 0.8)) == pytest.approx(0.95, abs=0.03)


def test_large_numbers_lose_no_digits() -> None:
    generator = np.random.default_rng(6)
    values = generator.normal(size=(10, 1, 1)) + generator.normal(0, 0.1, (10, 2, 1))
    for form in ICC_FORMS:
        shifted = intraclass_correlation(values + 1e8, form).value[0]
        assert shifted == pytest.approx(intraclass_correlation(values, form).value[0], abs=1e-6)


def test_without_error_it_is_one_and_without_spread_nothing() -> None:
    same = np.repeat(np.array([1.0, 2, 5])[:, np.newaxis, np.newaxis], 3, axis=1)
    for form in ICC_FORMS:
        found = intraclass_correlation(np.concatenate([same, np.full_like(same, 4.0)], axis=2), form)
        assert (found.value[0], found.low[0], found.high[0]) == pytest.approx((1, 1, 1), abs=1e-12)
        assert math.isnan(found.value[1]) and math.isnan(found.low[1])


def test_subjects_without_all_measurements_are_left_out_of_that_feature() -> None:
    values = np.stack([TABLE, TABLE], axis=2)
    values[0, 1, 1] = np.nan
    found = intraclass_correlation(values)
    assert list(found.n) == [6, 5]
    assert found.value[1] == pytest.approx(intraclass_correlation(TABLE[1:, :, np.newaxis]).value[0])


def test_bad_input() -> None:
    with pytest.raises(InputError, match="form: expected one of 1,1, 2,1, 3,1, got '4,1'"):
        intraclass_correlation(np.ones((3, 2, 1)), "4,1")
    with pytest.raises(InputError, match="values: expected subjects by measurements by features"):
        intraclass_correlation(TABLE)
