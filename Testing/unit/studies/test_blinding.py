"""The two folders of a study: apart, new, and the key opens its own study only."""

import json
from dataclasses import dataclass

import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.studies.blinding import check_case_names, check_places, read_key_file, write_key_file


@dataclass(frozen=True)
class Key:
    identity: str


def built(content: dict) -> Key:
    return Key(**content)


def test_each_case_is_there_once():
    check_case_names(["a", "b"])
    with pytest.raises(InputError, match="cases: expected at least one case, got none"):
        check_case_names([])
    with pytest.raises(InputError, match="expected each case once, got 'a' as number 1 and 3"):
        check_case_names(["a", "b", "a"])


def test_the_key_lies_outside_and_both_folders_are_new(tmp_path):
    check_places(tmp_path / "study", tmp_path / "key")
    for inside in (tmp_path / "study", tmp_path / "study" / "key"):
        with pytest.raises(InputError, match="a folder outside the readers' own"):
            check_places(tmp_path / "study", inside)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("x")
    with pytest.raises(InputError, match="a new or empty folder, got one with files"):
        check_places(tmp_path / "study", tmp_path / "full")
    write_key_file({"identity": "a"}, tmp_path / "full")
    with pytest.raises(InputError, match="no study yet, got one that is already there"):
        check_places(tmp_path / "study", tmp_path / "full")


def test_a_key_opens_its_own_study_only(tmp_path):
    with pytest.raises(MissingFileError, match="the study's key, got no such file; say where by --key"):
        read_key_file(tmp_path, "a", built)
    write_key_file({"identity": "a"}, tmp_path)
    assert read_key_file(tmp_path, "a", built) == Key("a")
    with pytest.raises(InputError, match="the key of study b, got that of study a"):
        read_key_file(tmp_path, "b", built)
    for damaged in ("", "[]", json.dumps({"identity": "a", "more": 1})):
        (tmp_path / "key.json").write_text(damaged)
        with pytest.raises(UnreadableFileError, match="key.json: expected what `study create` wrote"):
            read_key_file(tmp_path, "a", built)
