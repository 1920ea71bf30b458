"""Tables survive the way to CSV and back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncologyai.bundle import read_table, write_table
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.types import Table


@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_numbers_come_back_exactly(numbers: list[float], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("numbers") / "n.csv"
    write_table(Table("t", ("name", "value"), tuple(("a", n) for n in numbers)), path)
    assert [row[1] for row in read_table(path).rows] == numbers


def test_text_with_commas_and_empty_cells(tmp_path: Path) -> None:
    table = Table("Measurements", ("name", "value", "code"), (("a, b", 1.5, None), ('say "x"', None, "SCT:1")))
    write_table(table, tmp_path / "m.csv")
    assert read_table(tmp_path / "m.csv", "Measurements") == table
    assert b"\r" not in (tmp_path / "m.csv").read_bytes()


def test_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="expected a table"):
        read_table(tmp_path / "absent.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(UnreadableFileError, match="got an empty file"):
        read_table(tmp_path / "empty.csv")
    (tmp_path / "ragged.csv").write_text("a,b\n1\n")
    with pytest.raises(UnreadableFileError, match="line 2: expected 2 cells, got 1"):
        read_table(tmp_path / "ragged.csv")
