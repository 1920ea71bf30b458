"""The key of a preference study: which contour is whose. It is kept away from the readers' folder.

::

    STUDY-key/
    └── key.json               method, reference, seed, share of repeats; for each case its name and what file 1 holds
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oncologyai.studies.blinding import read_key_file, write_key_file

__all__ = ["KeyCase", "PreferenceKey", "read_key", "write_key"]


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
    write_key_file(asdict(key), folder)


def read_key(folder: Path, identity: str) -> PreferenceKey:
    """Read the key of a study; raises as ``read_key_file``."""
    return read_key_file(folder, identity, _built)


def _built(content: dict[str, Any]) -> PreferenceKey:
    cases = tuple(KeyCase(**case) for case in content.pop("cases"))
    return PreferenceKey(cases=cases, **content)
