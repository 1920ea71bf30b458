"""``oncology-ai robustness retest``: features measured again, by scan or reader, from tables to classes and report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from oncologyai.errors import InputError
from oncologyai.pipelines import RepeatConfig, RepeatResult, judge_repeats
from oncologyai.progress import Progress
from oncologyai.report import write_repeat_report
from oncologyai.robustness import Measurements, measurements_of
from oncologyai.workflows.feature_rows import FeatureRows, read_feature_rows, shared_features
from oncologyai.workflows.robustness_output import study_folder

__all__ = ["RepeatForm", "retest_tables"]


@dataclass(frozen=True)
class RepeatForm:
    """How the tables are laid out.

    Parameters
    ----------
    subject : tuple of str
        Columns that together name the subject, such as patient and segment.
    occasion : str
        Column that tells repeated rows of one table apart; empty where every table is one occasion.
    only, leave_out : tuple of str
        Names of features, ``*`` for any text.
    sheet : str
        Of workbooks; the first if empty.
    """

    subject: tuple[str, ...] = ("patient",)
    occasion: str = ""
    only: tuple[str, ...] = field(default=())
    leave_out: tuple[str, ...] = field(default=())
    sheet: str = ""


def retest_tables(
    paths: Sequence[Path],
    out: Path,
    *,
    form: RepeatForm | None = None,
    config: RepeatConfig | None = None,
    show: Sequence[str] = (),
    progress: Progress | None = None,
) -> RepeatResult:
    """Judge features by repeated measurements.

    Parameters
    ----------
    paths : sequence of Path
        .csv or .xlsx: one table with a column of occasions, or a table an occasion.
    out : Path
        Folder for ``features.csv`` (every coefficient), ``features.stability.csv`` (the class of each feature),
        ``classes.csv``, ``robustness.xlsx``, ``figures/``, ``report.html`` and ``provenance.json``.
    form : RepeatForm, optional
    config : RepeatConfig, optional
    show : sequence of str
        Features whose differences are drawn.
    progress : Progress, optional

    Raises
    ------
    InputError
        If a column is missing, a subject comes twice on an occasion, or as ``judge_repeats``.
    OutputError
        If ``out`` cannot be written.
    """
    form, config = form or RepeatForm(), config or RepeatConfig()
    keys = (*form.subject, *([form.occasion] if form.occasion else []))
    tables = [
        read_feature_rows(path, keys, leave_out=form.leave_out, only=form.only, sheet=form.sheet or None)
        for path in paths
    ]
    measurements = _measurements(tables, form)
    notes = [note for table in tables for note in table.notes] + _spare(tables, measurements)
    settings = {"tables_sha256": {table.name: table.sha256 for table in tables}, "columns": list(keys)}
    result = judge_repeats(measurements, config, settings=settings, notes=notes, progress=progress)
    unknown = [name for name in show if name not in measurements.features]
    if unknown:
        raise InputError("--show", expected="a feature of the table", got=repr(unknown[0]))
    with study_folder(out) as draft:
        draft.tables([result.features, result.classes], result.stability, result.provenance)
        name = ", ".join(table.name for table in tables)
        draft.report(partial(write_repeat_report, result, name=name, show=show))
    return result


def _measurements(tables: Sequence[FeatureRows], form: RepeatForm) -> Measurements:
    features, values = shared_features(tables)
    subjects: list[str] = []
    occasions: list[str] = []
    for number, table in enumerate(tables):
        own = [table.names(column) for column in form.subject]
        subjects += [" ".join(cells) for cells in zip(*own, strict=True)]
        occasions += _occasions(table, _label(tables, number), form.occasion, several=len(tables) > 1)
    if len(set(occasions)) < 2:
        raise InputError(
            "tables", expected="two measurements of each subject", got="one",
            remedy="give a second table, or name the column that tells measurements apart by --occasion",
        )  # fmt: skip
    return measurements_of(subjects, occasions, features, np.concatenate(values))


def _occasions(table: FeatureRows, label: str, column: str, *, several: bool) -> list[str]:
    """Name the occasion of each row: by the table, by a column such as ``scan 1``, or by both."""
    if not column:
        return [label] * len(table.table.rows)
    return [f"{label} {column} {one}" if several else f"{column} {one}" for one in table.names(column)]


def _label(tables: Sequence[FeatureRows], number: int) -> str:
    """Name a table's occasion: by its file, and by its number where two files are called alike."""
    stem = Path(tables[number].name).stem
    alike = sum(Path(table.name).stem == stem for table in tables)
    return stem if alike == 1 else f"{stem} {number + 1}"


def _spare(tables: Sequence[FeatureRows], measurements: Measurements) -> list[str]:
    spare = sorted({name for table in tables for name in table.features} - set(measurements.features))
    if not spare:
        return []
    return [f"{len(spare)} features are not in every table and were left out: {', '.join(spare[:3])}"]
