"""Results go where people look for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncologyai.batch import BatchReport, Failure, copy_files, write_results
from oncologyai.bundle import read_table
from oncologyai.errors import InputError
from oncologyai.types import Table


def report(tmp_path: Path, **changes: object) -> BatchReport:
    folder = tmp_path / "store"
    (folder / "deep").mkdir(parents=True, exist_ok=True)
    for name in ("deep/a.txt", "result.json"):
        (folder / name).write_text("abc")
    content = {
        "name": "b",
        "cases": ("A/1", "B"),
        "tables": {"f": Table("f", ("case", "x"), (("A/1", 1.5),)), "g": Table("g", ("case", "y"), (("A/1", 2),))},
        "main": "f",
        "failures": (Failure("B", "f", "broken", "input"),),
        "folders": {("A/1", "f"): folder},
        "computed": 1,
        "reused": 0,
        "unfinished": 0,
    }
    return BatchReport(**{**content, **changes})  # type: ignore[arg-type]


def test_rows_and_failures_stand_side_by_side(tmp_path: Path) -> None:
    found = write_results(report(tmp_path), tmp_path / "out.csv")
    assert [path.name for path in found] == ["out.csv", "out-failures.csv"]
    assert read_table(tmp_path / "out.csv").rows == (("A/1", 1.5),)
    assert read_table(tmp_path / "out-failures.csv").rows == (("B", "f", "input", "broken"),)
    write_results(report(tmp_path, failures=()), tmp_path / "out.csv", step="g")
    assert read_table(tmp_path / "out.csv").columns == ("case", "y")
    assert not (tmp_path / "out-failures.csv").exists()
    write_results(report(tmp_path, tables={}, main=""), tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_an_unknown_step_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--step: expected one of f, g"):
        write_results(report(tmp_path), tmp_path / "out.csv", step="h")


def test_files_lie_under_the_names_of_their_cases(tmp_path: Path) -> None:
    assert copy_files(report(tmp_path), tmp_path / "files") == 1
    assert copy_files(report(tmp_path), tmp_path / "files") == 1
    assert [str(p.relative_to(tmp_path / "files")) for p in (tmp_path / "files").rglob("*") if p.is_file()] == [
        "A-1/f/deep/a.txt"
    ]
    with pytest.raises(InputError, match="two alike"):
        copy_files(report(tmp_path, cases=("A/1", "a?1")), tmp_path / "files")
