"""The tables of a study of outcome as files: read, joined, looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oncologyai.bundle import check_table_ending, read_text_table, write_table_file
from oncologyai.errors import InputError
from oncologyai.outcome import (
    CohortConfig,
    Finding,
    JoinedTables,
    StudyConfig,
    StudyData,
    check_study_tables,
    frame_of,
    join_study_tables,
    study_data,
)
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.robustness import find_stability, read_stability, worst_stability
from oncologyai.types import Table

__all__ = ["StudyTables", "check_outcome_tables", "feature_stability", "read_study_data", "read_study_tables"]


@dataclass(frozen=True, eq=False)
class StudyTables:
    """``joined``: the tables by patient. ``digests``: SHA-256 by the file's name."""

    joined: JoinedTables
    digests: Mapping[str, str]


def read_study_tables(study: CohortConfig, *, progress: Progress | None = None) -> StudyTables:
    """Read and join a study's tables.

    Raises
    ------
    MissingFileError, UnreadableFileError, MissingDependencyError
        As ``read_text_table``.
    InputError
        As ``join_study_tables``.
    """
    watch = progress or Silent()
    tables, digests = [], {}
    for n, part in enumerate(study.tables):
        path = Path(part.path)
        watch.stage(f"read {path.name}", n / len(study.tables))
        check_cancelled(watch)
        tables.append((part, frame_of(read_text_table(path, sheet=part.sheet or None, keep_blank=True))))
        digests[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return StudyTables(join_study_tables(tables, study), digests)


def check_outcome_tables(
    cohort: CohortConfig, *, out: Path | None = None, progress: Progress | None = None
) -> tuple[Finding, ...]:
    """Say what is odd about tables, the error first that would stop a study.

    Parameters
    ----------
    cohort : CohortConfig
        See ``outcome.read_cohort`` and ``outcome.cohort_of``.
    out : Path, optional
        Table of the findings, a row each: kind, column, what, the lines of the first table that it is about.
    progress : Progress, optional

    Raises
    ------
    InputError
        As ``read_study_tables``, or if ``out`` ends otherwise, before anything is read.
    """
    if out is not None:
        check_table_ending(out)
    joined = read_study_tables(cohort, progress=progress).joined
    findings = check_study_tables(joined, cohort)
    try:
        notes = study_data(joined, cohort).notes
    except InputError as error:
        notes = joined.notes
        findings = (Finding("error", error.argument, str(error).removeprefix(f"{error.argument}: ")), *findings)
    findings = (*findings, *(Finding("note", "tables", note) for note in notes))
    if out is not None:
        rows = tuple((one.kind, one.column, one.text, " ".join(map(str, one.rows))) for one in findings)
        write_table_file(Table("findings", ("kind", "column", "finding", "lines"), rows), out)
    return findings


def read_study_data(
    study: StudyConfig, *, progress: Progress | None = None
) -> tuple[StudyData, tuple[Finding, ...], Mapping[str, str]]:
    """Read a study's patients, what is odd about its tables, and their digests.

    Raises
    ------
    InputError
        As ``read_study_tables`` and ``study_data``; also if a finding is an error.
    """
    tables = read_study_tables(study, progress=progress)
    made = study_data(tables.joined, study)
    findings = check_study_tables(tables.joined, study)
    error = next((one for one in findings if one.kind == "error"), None)
    if error is not None:
        got = error.sentence().removeprefix(f"error: {error.column}: ")
        raise InputError(error.column, expected="a column that can be learned from", got=got, remedy="repair the table")
    return made, findings, tables.digests


def feature_stability(study: StudyConfig) -> dict[str, str]:
    """Give the class of each feature that ``oncology-ai robustness`` has judged, under the study's name for it.

    A table's classes are those that its entry names, else those that lie beside it.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If a file that is named is not there, or is damaged.
    """
    found: dict[str, str] = {}
    for part in study.tables:
        path = Path(part.path)
        verdicts = worst_stability(read_stability(Path(part.stability))) if part.stability else find_stability(path)
        found.update({part.prefix + name: one.stability for name, one in verdicts.items()})
    return found
