"""Each row of a table is a case with a name of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncologyai.batch import read_cases
from oncologyai.errors import InputError


def table(folder: Path, text: str) -> Path:
    (folder / "t.csv").write_text(text)
    return folder / "t.csv"


@pytest.mark.parametrize(
    ("text", "column", "names"),
    [
        ("case,patient\n001,A\n1,A\n", "", ("001", "1")),
        ("patient,x\nA,1\nB,1\nA,2\n", "", ("A-1", "B", "A-2")),
        ("x\n7\n8\n", "", ("1", "2")),
        ("patient,study\nA,s1\nA,s2\n", "study", ("s1", "s2")),
    ],
)
def test_names_of_cases(text: str, column: str, names: tuple[str, ...], tmp_path: Path) -> None:
    assert read_cases(table(tmp_path, text), case_column=column).names == names


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("case\na\na\n", "", "expected each case once, got a twice"),
        ("case,x\na,1\n,2\n", "", "t.csv row 2: expected a case, got an empty cell"),
        ("case\na\n", "study", r"expected a column of t.csv \(case\), got 'study'"),
        ("case\n", "", "expected a row a case, got none"),
    ],
)
def test_refuses_tables_without_distinct_cases(text: str, column: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        read_cases(table(tmp_path, text), case_column=column)
