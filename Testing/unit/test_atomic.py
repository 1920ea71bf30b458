"""Outputs appear whole or not at all."""

import os
import signal
from pathlib import Path

import pytest

from oncologyai import _atomic
from oncologyai._atomic import (
    atomic_file,
    atomic_folder,
    make_unfinished,
    remove_all_unfinished,
    remove_unfinished,
    temporary_folder,
)
from oncologyai._interrupts import is_held
from oncologyai.errors import CancelledError, OutputError


@pytest.fixture
def a_register(monkeypatch: pytest.MonkeyPatch) -> dict[Path, int]:
    """The unfinished folders of one test; those of the tests' process stay."""
    register: dict[Path, int] = {}
    monkeypatch.setattr(_atomic, "_unfinished", register)
    return register


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


def test_temporary_folder_goes_with_its_block() -> None:
    with temporary_folder("oncology-ai-test-") as folder:
        (folder / "a").write_text("")
    assert not folder.exists()


def test_whoever_ends_takes_along_what_is_unfinished(a_register: dict[Path, int], tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        atomic_file(tmp_path / "a.csv") as draft,
        atomic_folder(tmp_path / "out") as folder,
        temporary_folder("oncology-ai-test-") as temporary,
    ):
        draft.write_text("half")
        (folder / "half").write_text("")
        (temporary / "half").write_text("")
        make_unfinished("mine-", tmp_path)
        remove_all_unfinished()
        assert not list(tmp_path.iterdir())
        assert not temporary.exists()
        raise ZeroDivisionError
    assert not a_register


def test_removed_folder_is_no_longer_unfinished(a_register: dict[Path, int], tmp_path: Path) -> None:
    folder = make_unfinished("mine-", tmp_path)
    remove_unfinished(folder)
    assert not a_register
    folder.mkdir()
    remove_all_unfinished()
    assert folder.is_dir()


def test_folders_of_another_process_stay(a_register: dict[Path, int], tmp_path: Path) -> None:
    folder = make_unfinished("mine-", tmp_path)
    a_register[folder] = os.getppid()  # as a forked process finds it
    remove_all_unfinished()
    assert folder.is_dir()


def test_signal_waits_until_a_folder_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(number: int, _: object) -> None:
        if not is_held(number):
            raise CancelledError("cancelled")

    def replace(source: Path, target: Path) -> None:
        signal.raise_signal(signal.SIGINT)
        rename(source, target)

    rename = os.replace
    former = signal.signal(signal.SIGINT, handle)
    monkeypatch.setattr(os, "replace", replace)
    try:
        with pytest.raises(CancelledError), atomic_folder(tmp_path / "out") as draft:
            for name in "abc":
                (draft / name).write_text(name)
    finally:
        signal.signal(signal.SIGINT, former)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a", "b", "c"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
