"""Combinations of parameters."""

import pytest

from oncologyai.errors import InputError
from oncologyai.robustness import combination_names


def test_numbers_are_one_however_they_are_written_and_texts_are_kept() -> None:
    found = combination_names({"slice": ["3", "3.0", "1.50"], "kernel": ["B30f", " B30f", None]})
    assert found == ("slice 3, kernel B30f", "slice 3, kernel B30f", "slice 1.5, kernel none")


def test_borders_join_values_and_belong_below() -> None:
    found = combination_names({"mAs": ["100", "100.1", "200", "201"]}, {"mAs": [100, 200]})
    assert found == ("mAs up to 100", "mAs 100-200", "mAs 100-200", "mAs above 200")


def test_bad_input() -> None:
    with pytest.raises(InputError, match="parameters: expected at least one column, got none"):
        combination_names({})
    with pytest.raises(InputError, match="parameters: expected columns of one length"):
        combination_names({"a": ["1"], "b": []})
    with pytest.raises(InputError, match="edges: expected one of a, got b"):
        combination_names({"a": ["1"]}, {"b": [1]})
    with pytest.raises(InputError, match="a: expected a number, to be put between the borders, got 'x'"):
        combination_names({"a": ["x"]}, {"a": [1]})
