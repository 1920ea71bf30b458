"""Tables of features: which columns are features, and what is missing."""

from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError, MissingFileError
from oncologyai.workflows.feature_rows import read_feature_rows, shared_features

TABLE = "patient,scanner,site text,diagnostics_Versions,a,b,empty\n001,S1,x,3.1,1.5,,\n002,S2,y,3.1,NA,4,\n"


def a_table(tmp_path: Path, text: str = TABLE, name: str = "f.csv") -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def test_columns_of_numbers_are_features_and_names_stay_as_they_are_written(tmp_path: Path) -> None:
    rows = read_feature_rows(a_table(tmp_path), ["patient", "scanner"])
    assert rows.features == ("a", "b") and rows.names("patient") == ("001", "002")
    assert np.array_equal(rows.values, [[1.5, np.nan], [np.nan, 4.0]], equal_nan=True)
    assert "site text, empty" in rows.notes[0] and len(rows.sha256) == 64


def test_features_are_chosen_by_pattern(tmp_path: Path) -> None:
    path = a_table(tmp_path, "id,original_x,wavelet_x,wavelet_y\n1,1,2,3\n")
    assert read_feature_rows(path, ["id"], only=["wavelet_*"], leave_out=["*_y"]).features == ("wavelet_x",)


def test_columns_are_read_as_numbers_or_texts(tmp_path: Path) -> None:
    rows = read_feature_rows(a_table(tmp_path), ["patient", "scanner"])
    assert rows.numbers_or_texts("patient") == [1.0, 2.0] and rows.numbers_or_texts("scanner") == ["S1", "S2"]
    with pytest.raises(InputError, match="f.csv line 2, b: expected a value, got an empty cell"):
        rows.names("b")


def test_rows_are_found_by_their_cells(tmp_path: Path) -> None:
    rows = read_feature_rows(a_table(tmp_path), ["patient", "scanner"])
    assert rows.matching({}) == [0, 1] and rows.matching({"scanner": "S2"}) == [1]
    with pytest.raises(InputError, match="f.csv: expected rows with scanner=S9, got none"):
        rows.matching({"scanner": "S9"})


def test_several_tables_share_features(tmp_path: Path) -> None:
    first = read_feature_rows(a_table(tmp_path, "id,a,b\n1,1,2\n", "1.csv"), ["id"])
    second = read_feature_rows(a_table(tmp_path, "id,c,b\n1,5,6\n", "2.csv"), ["id"])
    names, values = shared_features([first, second])
    assert names == ("b",) and [v.tolist() for v in values] == [[[2.0]], [[6.0]]]
    third = read_feature_rows(a_table(tmp_path, "id,z\n1,5\n", "3.csv"), ["id"])
    with pytest.raises(InputError, match="3.csv: expected features of 1.csv, got none of them"):
        shared_features([first, third])


def test_bad_tables(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no such file"):
        read_feature_rows(tmp_path / "none.csv", ["patient"])
    with pytest.raises(InputError, match="f.csv: expected a column 'id', got patient, scanner"):
        read_feature_rows(a_table(tmp_path), ["id"])
    with pytest.raises(InputError, match="f.csv: expected rows, got none"):
        read_feature_rows(a_table(tmp_path, "id,a\n"), ["id"])
    path = a_table(tmp_path, "id,t\n1,x\n")
    with pytest.raises(InputError, match="f.csv: expected at least one column of numbers"):
        read_feature_rows(path, ["id"])
    assert read_feature_rows(path, ["id"], need_features=False).values.shape == (1, 0)
