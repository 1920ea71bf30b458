"""Tables that people keep, read as text and written as workbooks."""

import gzip
import math
import sys
from datetime import datetime

import openpyxl
import pytest

from oncologyai.bundle import is_workbook, read_text_table, write_table_file, write_workbook
from oncologyai.errors import InputError, MissingDependencyError, MissingFileError, UnreadableFileError
from oncologyai.types import Table


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_reads_csv_of_every_dialect_as_text(tmp_path, mark) -> None:
    path = tmp_path / "Fälle.csv"
    lines = [["case", "dice", "note"], ["001", "0.90", '"two\nlines"'], ["", "", ""], ["002", "", " ö "]]
    path.write_text("\n".join(mark.join(line) for line in lines), encoding="utf-8-sig")
    table = read_text_table(path)
    assert table.columns == ("case", "dice", "note") and table.name == "Fälle"
    assert table.rows == (("001", "0.90", "two\nlines"), ("002", None, "ö"))
    kept = read_text_table(path, keep_blank=True)
    assert kept.rows == (table.rows[0], (None, None, None), table.rows[1])


def test_reads_a_sheet_of_a_workbook_as_text(tmp_path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["case", "n", "day", "ok", None])
    book.active.append(["001", 5.0, datetime(2026, 1, 2), True, None])
    book.active.append(["x", 0.25, None])
    book.create_sheet("second").append(["only"])
    book.save(tmp_path / "t.xlsx")
    assert is_workbook(tmp_path / "t.xlsx") and not is_workbook(tmp_path / "t.csv")
    table = read_text_table(tmp_path / "t.xlsx")
    assert table.columns == ("case", "n", "day", "ok")
    assert table.rows == (("001", "5", "2026-01-02", "1"), ("x", "0.25", None, None))
    assert read_text_table(tmp_path / "t.xlsx", sheet="second").columns == ("only",)
    with pytest.raises(InputError, match="--sheet: expected one of Sheet, second, got 'third'"):
        read_text_table(tmp_path / "t.xlsx", sheet="third")


def test_written_workbooks_are_read_again(tmp_path) -> None:
    tables = [Table("Summary", ("a", "b"), (("x", 0.5), (None, math.inf))), Table("N" * 40, ("c",), ())]
    write_workbook(tables, tmp_path / "w.xlsx")
    assert read_text_table(tmp_path / "w.xlsx").rows == (("x", "0.5"), (None, "inf"))
    assert openpyxl.load_workbook(tmp_path / "w.xlsx").sheetnames == ["Summary", "N" * 31]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "got an empty table"),
        (b"a,a\n1,2\n", "got a twice"),
        (b"a,b\n1,2,3\n", "line 2: expected 2 cells, got 3"),
        (b"a\n\xff\n", "expected a CSV in UTF-8, got byte 2 that is not; save it as UTF-8"),
    ],
)
def test_refuses_tables_that_are_none(tmp_path, content, said) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UnreadableFileError, match=said):
        read_text_table(tmp_path / "t.csv")


def test_parquet_is_read_as_text_that_gives_the_same_numbers(tmp_path) -> None:
    table = Table("t", ("case", "x", "n"), (("001", 0.1 + 0.2, 3), ("b", None, None), (None, float("nan"), None)))
    write_table_file(table, tmp_path / "t.parquet")
    found = read_text_table(tmp_path / "t.parquet")
    assert found.columns == table.columns and found.rows[0] == ("001", "0.30000000000000004", "3")
    assert found.rows[1:] == (("b", None, None),)
    assert len(read_text_table(tmp_path / "t.parquet", keep_blank=True).rows) == 3
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(UnreadableFileError, match="expected a Parquet table, got a damaged one"):
        read_text_table(tmp_path / "bad.parquet")


def test_a_packed_csv_is_read_as_if_it_were_not(tmp_path) -> None:
    text = "case;x\r\n001;ö\r\n"
    (tmp_path / "t.csv").write_bytes(text.encode())
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert read_text_table(tmp_path / "t.csv.gz").rows == read_text_table(tmp_path / "t.csv").rows == (("001", "ö"),)
    for damaged in (b"no gzip", gzip.compress(text.encode())[:-9]):
        (tmp_path / "t.csv.gz").write_bytes(damaged)
        with pytest.raises(UnreadableFileError, match="expected a CSV packed by gzip, got a damaged one"):
            read_text_table(tmp_path / "t.csv.gz")


def test_refuses_a_damaged_workbook_and_no_file(tmp_path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(UnreadableFileError, match="expected an Excel workbook, got a damaged one"):
        read_text_table(tmp_path / "t.xlsx")
    with pytest.raises(MissingFileError, match="expected a table"):
        read_text_table(tmp_path / "absent.csv")


def test_without_openpyxl_the_error_names_the_extra(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    (tmp_path / "t.xlsx").write_bytes(b"")
    for call in (lambda: read_text_table(tmp_path / "t.xlsx"), lambda: write_workbook([], tmp_path / "o.xlsx")):
        with pytest.raises(MissingDependencyError, match=r"Excel workbooks.*oncologyai\[stats\]"):
            call()
