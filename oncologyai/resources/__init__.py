"""Files the library reads at run time, by name."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path

from oncologyai._checks import check_choice
from oncologyai.types import Code, Terminology

__all__ = ["resource_path", "terminology", "terminology_names"]


def resource_path(name: str) -> Path:
    """Give the path of a resource file, such as ``terminology.json``."""
    return Path(str(resources.files(__name__) / name))


@cache
def _entries() -> dict[str, Terminology]:
    raw = json.loads(resource_path("terminology.json").read_text(encoding="utf-8"))
    return {
        name: Terminology(
            category=Code(*entry["category"]),
            type=Code(*entry["type"]),
            modifier=Code(*entry["modifier"]) if "modifier" in entry else None,
            rgb=(entry["rgb"][0], entry["rgb"][1], entry["rgb"][2]),
        )
        for name, entry in raw.items()
    }


def terminology_names() -> tuple[str, ...]:
    """Give the names that ``terminology`` knows."""
    return tuple(_entries())


def terminology(name: str) -> Terminology:
    """Give the SNOMED CT terminology of a structure by our short name (``tumour``, ``lung_left``, ...).

    Raises
    ------
    InputError
        If the name is unknown.
    """
    check_choice(name, terminology_names(), "terminology")
    return _entries()[name]
