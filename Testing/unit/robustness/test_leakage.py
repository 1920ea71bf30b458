"""What is said when harmonisation knows too much."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.robustness import confounding_note, covariate_note, fit_combat, overlap_note


def test_rows_that_were_fitted_on_are_known_again(three_scanners) -> None:
    data = three_scanners
    names = [f"p{n}" for n in range(len(data.values))]
    model = fit_combat(data.values, data.batches, data.features, row_names=names)
    assert "2 of 3 rows are among those that ComBat was fitted on" in overlap_note(model, ["p1", "p2", "new"])
    assert overlap_note(model, ["new"]) == ""
    assert overlap_note(fit_combat(data.values, data.batches, data.features), ["p1"]) == ""


def test_an_outcome_among_the_covariates_is_told() -> None:
    assert "Survival is an outcome and a covariate" in covariate_note(["age", "Survival"], ["survival"])
    assert covariate_note(["age"], ["survival"]) == ""


def test_an_outcome_that_differs_between_batches_is_told() -> None:
    batches = ["a"] * 30 + ["b"] * 30
    assert "death differs between batches (p = " in confounding_note(
        batches, [1.0] * 25 + [0.0] * 30 + [1.0] * 5, "death"
    )
    assert confounding_note(batches, ["yes", "no"] * 30, "death") == ""
    generator = np.random.default_rng(1)
    times = [*generator.normal(5, 1, 30), *generator.normal(7, 1, 30)]
    assert "time differs between batches" in confounding_note(batches, times, "time")
    assert confounding_note(batches, generator.normal(size=60).tolist(), "time") == ""


def test_nothing_to_compare_says_nothing() -> None:
    assert confounding_note(["a", "a"], [1.0, 2.0], "x") == ""
    assert confounding_note(["a", "b"], [1.0, math.nan], "x") == ""
    assert confounding_note(["a", "b"], [None, None], "x") == ""
    with pytest.raises(InputError, match="x: expected 1 values, one a row, got 2"):
        confounding_note(["a"], [1.0, 2.0], "x")
