"""Content decides, not names or times; what has not changed is hashed once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from oncologyai.batch.fingerprint import Fingerprints
from oncologyai.errors import MissingFileError


def test_a_file_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert Fingerprints().of(tmp_path / "a", "x") == hashlib.sha256(b"abc").hexdigest()


def test_a_folder_depends_on_names_and_content_of_its_files_and_on_nothing_else(tmp_path: Path) -> None:
    def made(name: str, files: dict[str, str]) -> str:
        for inner, text in files.items():
            place = tmp_path / name / inner
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return Fingerprints().of(tmp_path / name, "x")

    first = made("one", {"1.dcm": "a", "deep/2.dcm": "b"})
    assert first == made("two", {"1.dcm": "a", "deep/2.dcm": "b", ".DS_Store": "x"})
    assert first != made("three", {"1.dcm": "a", "deep/2.dcm": "c"})
    assert first != made("four", {"1.dcm": "a", "deep/3.dcm": "b"})


def test_what_is_known_is_not_read_again_unless_it_changed(tmp_path: Path) -> None:
    place = tmp_path / "a"
    place.write_text("abc")
    first = Fingerprints()
    sha256 = first.of(place, "x")
    facts = place.stat()
    place.write_text("xyz")  # same size, and soon the same time: who looks at these alone sees no change
    os.utime(place, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    second = Fingerprints(first.new)
    assert (second.of(place, "x"), second.new) == (sha256, [])
    os.utime(place, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    third = Fingerprints(first.new)
    assert third.of(place, "x") == hashlib.sha256(b"xyz").hexdigest()
    assert [Path(file.path).name for file in third.new] == ["a"]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="features.image: expected an existing file or folder"):
        Fingerprints().of(tmp_path / "absent", "features.image")
