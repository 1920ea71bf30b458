"""A table is written in the form that the file's name says."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from oncologyai.bundle import read_table, read_text_table, write_table_file
from oncologyai.errors import InputError
from oncologyai.types import Table

TABLE = Table("t", ("case", "n", "x", "mixed"), (("001", 1, 0.1, 1), ("b", None, 2, "two"), ("c", 3, None, 0.5)))


def test_csv_keeps_numbers(tmp_path: Path) -> None:
    write_table_file(TABLE, tmp_path / "t.csv")
    assert read_table(tmp_path / "t.csv").rows[1] == ("b", None, 2, "two")


def test_workbook_keeps_texts_as_texts(tmp_path: Path) -> None:
    write_table_file(TABLE, tmp_path / "t.xlsx")
    assert read_text_table(tmp_path / "t.xlsx").rows[0] == ("001", "1", "0.1", "1")


def test_parquet_gives_each_column_one_type(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    write_table_file(TABLE, tmp_path / "t.parquet")
    read = parquet.read_table(tmp_path / "t.parquet").to_pydict()
    assert read == {"case": ["001", "b", "c"], "n": [1, None, 3], "x": [0.1, 2.0, None], "mixed": ["1", "two", "0.5"]}
    write_table_file(Table("t", ("x",), ((math.inf,),)), tmp_path / "inf.parquet")
    assert parquet.read_table(tmp_path / "inf.parquet").to_pydict() == {"x": [math.inf]}
    write_table_file(Table("t", ("x", "y"), ()), tmp_path / "empty.parquet")
    assert parquet.read_table(tmp_path / "empty.parquet").column_names == ["x", "y"]


def test_refuses_other_endings(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"expected a name that ends in \.csv, \.xlsx, \.parquet"):
        write_table_file(TABLE, tmp_path / "t.txt")
    assert not list(tmp_path.iterdir())
