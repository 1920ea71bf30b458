"""A request for a study of outcome: the study file, and a table that stands in no file yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai.bundle.tables import write_table
from oncologyai.types import Table

__all__ = ["STUDY_FILE", "STUDY_TABLE", "write_study_files"]

STUDY_FILE, STUDY_TABLE = "study.yaml", "table.csv"


def write_study_files(study: Mapping[str, Any], folder: Path, table: Table | None = None) -> Path:
    """Write a study file (JSON, which YAML is a form of) and, where one is given, ``table.csv`` beside it.

    Returns
    -------
    Path
        The study file.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    if table is not None:
        with atomic_file(folder / STUDY_TABLE) as draft:
            write_table(table, draft)
    with atomic_file(folder / STUDY_FILE) as draft:
        draft.write_text(json.dumps(study, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder / STUDY_FILE
