"""What the provenances of a batch's cases have in common: how the rows of one table were made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from oncologyai.batch.gather import BatchReport

__all__ = ["provenance_beside", "shared_provenance"]

_FILES = "*.provenance.json"
_SHARED = ("pipeline", "versions", "settings")


def provenance_beside(path: Path) -> Path:
    """Give where the provenance of a table goes."""
    return path.with_suffix(".provenance.json")


def shared_provenance(report: BatchReport, step: str) -> dict[str, Any] | None:
    """Give what is the same in the provenances of a step's cases; None where a case has none, or several.

    Its ``warnings`` name what differs, and stands nowhere else in it: such as settings of which a few cases had others.
    """
    kept = []
    for (_, made), folder in report.folders.items():
        if made == step:
            files = sorted(folder.glob(_FILES))
            if len(files) != 1:
                return None
            kept.append(json.loads(files[0].read_text(encoding="utf-8")))
    if not kept:
        return None
    shared, differing = {}, []
    for part in _SHARED:
        found = [one.get(part) for one in kept]
        if all(one == found[0] for one in found):
            shared[part] = found[0]
        elif all(isinstance(one, Mapping) for one in found):
            shared[part], names = _common(found)
            differing += [f"{part}: {name}" for name in names]
    warnings = [f"cases differ in {', '.join(differing)}"] if differing else []
    return {"pipeline": "", **shared, "warnings": warnings}


def _common(found: Iterable[Any]) -> tuple[dict[str, Any], list[str]]:
    """Give the entries that all have alike, and the names of the others."""
    parts = list(found)
    names = list(dict.fromkeys(name for part in parts for name in part))
    alike = [name for name in names if all(name in part and part[name] == parts[0].get(name) for part in parts)]
    return {name: parts[0][name] for name in alike}, [name for name in names if name not in alike]
