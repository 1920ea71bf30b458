"""The key of a diagnostic study: which case is whose, and the truth. It is kept away from the readers' folder.

::

    STUDY-key/
    └── key.json               seed, share of repeats, what was offered; for each case its name, its source, the truth
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oncologyai.studies.blinding import read_key_file, write_key_file

__all__ = ["DiagnosisKey", "DiagnosisKeyCase", "read_diagnosis_key", "write_diagnosis_key"]


@dataclass(frozen=True)
class DiagnosisKeyCase:
    """``case``: as readers know it; ``name``, ``source`` (where its files were) and ``positive``: as its table does."""

    case: str
    name: str
    source: str
    positive: bool


@dataclass(frozen=True)
class DiagnosisKey:
    """What unblinds a study: its ``identity`` is the study's own.

    ``offered`` and ``offered_positive`` count the cases that the sample was drawn from.
    """

    identity: str
    seed: int
    repeats: float
    offered: int
    offered_positive: int
    cases: tuple[DiagnosisKeyCase, ...]


def write_diagnosis_key(key: DiagnosisKey, folder: Path) -> None:
    """Write ``key.json`` into a folder."""
    write_key_file(asdict(key), folder)


def read_diagnosis_key(folder: Path, identity: str) -> DiagnosisKey:
    """Read the key of a study; raises as ``read_key_file``."""
    return read_key_file(folder, identity, _built)


def _built(content: dict[str, Any]) -> DiagnosisKey:
    cases = tuple(DiagnosisKeyCase(**case) for case in content.pop("cases"))
    return DiagnosisKey(cases=cases, **content)
