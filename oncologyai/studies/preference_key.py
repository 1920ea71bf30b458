"""The key of a preference study: which contour is whose. It is kept away from the readers' folder.

::

    STUDY-key/
    └── key.json               method, reference, seed, share of repeats; for each case its name and what file 1 holds
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError

__all__ = ["KEY_FILE", "KeyCase", "PreferenceKey", "read_key", "write_key"]

KEY_FILE = "key.json"


@dataclass(frozen=True)
class KeyCase:
    """``case``: as readers know it; ``name``: as the table does; ``first``: the method of the contour in ``1.nrrd``."""

    case: str
    name: str
    first: str


@dataclass(frozen=True)
class PreferenceKey:
    """What unblinds a study: its ``identity`` is the study's own."""

    identity: str
    method: str
    reference: str
    seed: int
    repeats: float
    cases: tuple[KeyCase, ...]

    def method_of(self, case: KeyCase, file: str) -> str:
        """Name the method whose contour of a case stands in a file ``1.nrrd`` or ``2.nrrd``."""
        second = self.reference if case.first == self.method else self.method
        return case.first if file.startswith("1.") else second


def write_key(key: PreferenceKey, folder: Path) -> None:
    """Write ``key.json`` into a folder."""
    with atomic_file(folder / KEY_FILE) as draft:
        draft.write_text(json.dumps(asdict(key), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_key(folder: Path, identity: str) -> PreferenceKey:
    """Read the key of a study.

    Parameters
    ----------
    folder : Path
        Of ``key.json``.
    identity : str
        Of the study.

    Raises
    ------
    MissingFileError
        If there is no key.
    UnreadableFileError
        If it is damaged.
    InputError
        If it belongs to another study.
    """
    path = folder / KEY_FILE
    if not path.is_file():
        raise MissingFileError(str(path), expected="the study's key", got="no such file", remedy="say where by --key")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        cases = tuple(KeyCase(**case) for case in content.pop("cases"))
        key = PreferenceKey(cases=cases, **content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFileError(str(path), expected="what `study create` wrote", got=f"{error}") from error
    if key.identity != identity:
        raise InputError(
            str(path), expected=f"the key of study {identity[:12]}", got=f"that of study {key.identity[:12]}",
            remedy="say where the right one is by --key",
        )  # fmt: skip
    return key
