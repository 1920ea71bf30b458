"""Rows of tables that users bring."""

import math

import pytest

from oncologyai.errors import InputError
from oncologyai.studies import cell_number, table_cells
from oncologyai.types import Table

TABLE = Table("t", ("a", "b"), (("1", None), (None, None), ("x", "y")))


def test_each_row_that_holds_something_has_its_line():
    assert list(table_cells(TABLE, "t.csv", ("a", ""))) == [
        ("t.csv line 2", {"a": "1", "b": ""}),
        ("t.csv line 4", {"a": "x", "b": "y"}),
    ]


def test_a_missing_column_is_told_before_any_row_is_read():
    with pytest.raises(InputError, match="t.csv: expected a column 'c', got a, b; name the column by its option"):
        table_cells(TABLE, "t.csv", ("a", "c"))


def test_numbers_are_finite_and_empty_ones_missing():
    assert cell_number("1.5", "x") == 1.5
    assert math.isnan(cell_number("", "x"))
    for text in ("a", "inf", "-1"):
        with pytest.raises(InputError, match="x: expected a finite number from 0"):
            cell_number(text, "x", least=0.0)
