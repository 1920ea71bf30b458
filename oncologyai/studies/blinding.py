"""What keeps a study blind: readers get one folder, the key lies in another, cases have names that say nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.studies.reader_study import STUDY_FILE

__all__ = ["KEY_FILE", "check_case_names", "check_places", "read_key_file", "write_key_file"]

KEY_FILE = "key.json"


class _Key(Protocol):
    @property
    def identity(self) -> str: ...


_AnyKey = TypeVar("_AnyKey", bound=_Key)


def check_case_names(names: Sequence[str]) -> None:
    """Raise InputError unless there is a case and each is there once."""
    if not names:
        raise InputError("cases", expected="at least one case", got="none")
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if name in seen:
            raise InputError("cases", expected="each case once", got=f"{name!r} as number {seen[name]} and {number}")
        seen[name] = number


def check_places(out: Path, key_folder: Path) -> None:
    """Raise InputError unless both folders are new or empty and the key's is not inside the readers'."""
    if out.resolve() == key_folder.resolve() or out.resolve() in key_folder.resolve().parents:
        raise InputError(
            "key", expected="a folder outside the readers' own", got=str(key_folder), remedy="keep the key apart"
        )
    for folder, file in ((out, STUDY_FILE), (key_folder, KEY_FILE)):
        if (folder / file).exists():
            raise InputError(
                str(folder), expected="no study yet", got=f"one that is already there ({file})",
                remedy="choose another folder; readers are added by `study add`",
            )  # fmt: skip
        if folder.is_dir() and any(folder.iterdir()):
            raise InputError(str(folder), expected="a new or empty folder", got="one with files")


def write_key_file(content: Mapping[str, Any], folder: Path) -> None:
    """Write ``key.json`` into a folder."""
    with atomic_file(folder / KEY_FILE) as draft:
        draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_key_file(folder: Path, identity: str, build: Callable[[dict[str, Any]], _AnyKey]) -> _AnyKey:
    """Read the key of a study.

    Parameters
    ----------
    folder : Path
        Of ``key.json``.
    identity : str
        Of the study.
    build : callable
        Makes the key of the file's content.

    Raises
    ------
    MissingFileError
        If there is no key.
    UnreadableFileError
        If it is damaged, or of another kind of study.
    InputError
        If it belongs to another study.
    """
    path = folder / KEY_FILE
    if not path.is_file():
        raise MissingFileError(str(path), expected="the study's key", got="no such file", remedy="say where by --key")
    try:
        key = build(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFileError(str(path), expected="what `study create` wrote", got=f"{error}") from error
    if key.identity != identity:
        raise InputError(
            str(path), expected=f"the key of study {identity[:12]}", got=f"that of study {key.identity[:12]}",
            remedy="say where the right one is by --key",
        )  # fmt: skip
    return key
