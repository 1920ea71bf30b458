"""The key opens its own study only."""

import json

import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.studies import KeyCase, PreferenceKey, read_key, write_key

KEY = PreferenceKey("a" * 64, "automatic", "manual", 5, 0.2, (KeyCase("c001", "LUNG-A", "manual"),))


def test_is_read_back_and_says_whose_a_file_is(tmp_path):
    write_key(KEY, tmp_path)
    assert read_key(tmp_path, "a" * 64) == KEY
    case = KEY.cases[0]
    assert (KEY.method_of(case, "1.nrrd"), KEY.method_of(case, "2.nrrd")) == ("manual", "automatic")


def test_absent_damaged_and_foreign_keys_are_told(tmp_path):
    with pytest.raises(MissingFileError, match="the study's key, got no such file; say where by --key"):
        read_key(tmp_path, "a" * 64)
    write_key(KEY, tmp_path)
    with pytest.raises(InputError, match="the key of study bbbbbbbbbbbb, got that of study aaaaaaaaaaaa"):
        read_key(tmp_path, "b" * 64)
    content = json.loads((tmp_path / "key.json").read_text())
    for damaged in ("", "[]", json.dumps({**content, "cases": [{"case": "c001"}]})):
        (tmp_path / "key.json").write_text(damaged)
        with pytest.raises(UnreadableFileError, match="key.json: expected what `study create` wrote"):
            read_key(tmp_path, "a" * 64)
