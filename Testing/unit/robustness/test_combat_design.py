"""Covariates as columns."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.robustness.combat_design import code_covariates, covariate_columns


def test_texts_become_a_column_a_category_but_the_first_and_numbers_stay() -> None:
    given = {"stage": ["II", "I", "III"], "age": [60.0, 70, 80]}
    coded = code_covariates(given)
    assert coded[0].categories == ("I", "II", "III") and coded[1].categories == ()
    assert covariate_columns(coded, given, 3).tolist() == [[1, 0, 60], [0, 0, 70], [0, 1, 80]]
    assert covariate_columns((), {}, 2).shape == (2, 0)


def test_new_rows_are_coded_as_the_old_ones() -> None:
    coded = code_covariates({"stage": ["I", "II"]})
    assert covariate_columns(coded, {"stage": ["II"]}, 1).tolist() == [[1]]
    with pytest.raises(InputError, match="covariate stage: expected one of I, II, got IV"):
        covariate_columns(coded, {"stage": ["IV"]}, 1)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="covariate age: expected texts or numbers, got both"):
        code_covariates({"age": ["old", 4.0]})  # type: ignore[dict-item, list-item]
    coded = code_covariates({"age": [1.0, 2.0]})
    with pytest.raises(InputError, match="covariate age: expected finite numbers, got nan"):
        covariate_columns(coded, {"age": [1.0, np.nan]}, 2)
    with pytest.raises(InputError, match="covariate age: expected 3 values, one a row, got 2"):
        covariate_columns(coded, {"age": [1.0, 2.0]}, 3)
