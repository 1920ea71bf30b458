"""Outputs appear whole or not at all."""

from pathlib import Path

import pytest

from oncologyai._atomic import atomic_file, atomic_folder
from oncologyai.errors import OutputError


def test_file_appears_only_when_the_block_ends_well(tmp_path: Path) -> None:
    target = tmp_path / "new folder" / "Größe.csv"
    with atomic_file(target) as draft:
        draft.write_text("1")
        assert not target.exists()
    assert target.read_text() == "1"
    assert [p.name for p in target.parent.iterdir()] == ["Größe.csv"]


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), atomic_file(target) as draft:
        draft.write_text("half")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_folder_replaces_files_of_the_same_name_and_keeps_others(tmp_path: Path) -> None:
    target = tmp_path / "out"
    (target / "pictures").mkdir(parents=True)
    (target / "pictures" / "old.png").write_text("")
    (target / "mine.txt").write_text("keep")
    with atomic_folder(target) as draft:
        (draft / "pictures").mkdir()
        (draft / "report.html").write_text("new")
    assert (target / "mine.txt").read_text() == "keep"
    assert not (target / "pictures" / "old.png").exists()
    assert (target / "report.html").read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_failed_folder_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), atomic_folder(tmp_path / "out") as draft:
        (draft / "half").write_text("")
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_refuses_a_file_where_a_folder_is_meant(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="expected a folder, got a file"), atomic_folder(tmp_path / "out"):
        pytest.fail("must not be entered")


def test_names_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = tmp_path / "file" / "below" / "a.csv"
    with pytest.raises(OutputError, match=r"a\.csv: expected a place that can be written"), atomic_file(place):
        pytest.fail("must not be entered")
