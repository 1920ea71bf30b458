"""ComBat on tables: what is left out, and what is said about leakage."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import BatchedRows, fit_harmonisation, harmonise_table
from oncologyai.robustness import CombatConfig


def some_rows(seed: int = 0, n: int = 30, **rest) -> BatchedRows:
    generator = np.random.default_rng(seed)
    batches = tuple("ab"[k % 2] for k in range(n))
    shift = np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 1.0]])
    values = generator.normal(size=(n, 3)) + shift[[b == "b" for b in batches] * np.ones(n, int)]
    given = {"covariates": {}, "outcomes": {}, **rest}
    return BatchedRows(tuple(f"p{seed}-{k}" for k in range(n)), batches, ("x", "y", "z"), values, **given)


def gap(rows: BatchedRows, values: np.ndarray) -> np.ndarray:
    place = np.array(rows.batches) == "b"
    return np.abs(values[place].mean(axis=0) - values[~place].mean(axis=0))


def test_estimates_of_training_rows_bring_test_rows_together() -> None:
    train, test = some_rows(1, 200), some_rows(2, 200)
    model = fit_harmonisation(train).model
    found = harmonise_table(model, test)
    assert gap(test, test.values).max() > 2.5 and gap(test, found.values).max() < 0.4
    assert not any("among those that ComBat was fitted on" in note for note in found.notes)


def test_rows_that_were_fitted_on_are_told() -> None:
    train = some_rows(1)
    notes = harmonise_table(fit_harmonisation(train).model, train).notes
    assert "30 of 30 rows are among those that ComBat was fitted on" in notes[0]


def test_features_with_missing_values_are_left_out_of_the_fit_and_stay() -> None:
    rows = some_rows(1)
    rows.values[3, 1] = np.nan
    fitted = fit_harmonisation(rows)
    assert fitted.model.features == ("x", "z") and "1 features lack a value" in fitted.notes[0]
    found = harmonise_table(fitted.model, some_rows(2))
    assert found.values.shape == (30, 2) and "1 columns of numbers are not in the estimates" in found.notes[-1]
    rows.values[:, :] = np.nan
    with pytest.raises(InputError, match="features: expected at least one without a missing value"):
        fit_harmonisation(rows)


def test_a_confounded_outcome_and_one_among_covariates_are_told() -> None:
    plain = some_rows(1)
    outcome = [1.0 if b == "a" else 0.0 for b in plain.batches]
    outcome[0] = 0.0
    rows = replace(plain, covariates={"Death": outcome}, outcomes={"death": outcome})
    notes = fit_harmonisation(rows).notes
    assert any("Death is an outcome and a covariate" in note for note in notes)
    assert any("death differs between batches" in note for note in notes)
    assert any("no outcome was named" in note for note in fit_harmonisation(plain).notes)


def test_batches_are_summed_up() -> None:
    table = fit_harmonisation(some_rows(1), CombatConfig(empirical_bayes=False)).batches
    assert [row[:2] for row in table.rows] == [("a", 15), ("b", 15)] and table.rows[0][2] > 0.3


def test_rows_without_a_feature_are_refused() -> None:
    model = fit_harmonisation(some_rows(1)).model
    few = some_rows(2)
    with pytest.raises(
        InputError, match="features: expected every feature that ComBat was fitted on, got 1 missing, as x"
    ):
        harmonise_table(model, replace(few, features=("y", "z"), values=few.values[:, 1:]))
