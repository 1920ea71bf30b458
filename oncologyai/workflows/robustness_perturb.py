"""``oncology-ai robustness perturb``: cases perturbed again and again, and how far each feature stays what it was."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from oncologyai.bundle import read_text_table, write_table
from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings, parameters_of, settings_from_parameters
from oncologyai.imaging import read_masks, read_volume
from oncologyai.pipelines import PERTURBATION_COLUMNS, RepeatConfig, RepeatResult, judge_repeats, perturbed_features
from oncologyai.progress import Part, Progress, Silent
from oncologyai.report import write_repeat_report
from oncologyai.robustness import PerturbationConfig, measurements_of
from oncologyai.types import Table
from oncologyai.workflows.case_run import CaseOutcome, CaseRunner, CaseTask, run_cases
from oncologyai.workflows.robustness_output import Draft, study_folder

__all__ = ["CASE_COLUMNS", "PerturbReport", "perturb_case", "perturb_table"]

CASE_COLUMNS = ("case", "image", "mask", "name", "group", "modality", "unit")
"""Columns of the table of cases; the first three must be there."""

_STORE = "cases"
_PLAIN = re.compile(r"(\w[\w .-]*)?")
_MOST_SHARE = 0.9  # of the work, before anything is judged


@dataclass(frozen=True, eq=False)
class PerturbReport:
    """``results``: by group. ``failed``: cases with the reason. ``kept``: cases that an earlier run had done."""

    results: Mapping[str, RepeatResult]
    failed: tuple[tuple[str, str], ...]
    kept: int
    notes: tuple[str, ...]


def perturb_table(
    path: Path,
    out: Path,
    *,
    perturbation: PerturbationConfig | None = None,
    config: RepeatConfig | None = None,
    settings: FeatureSettings | None = None,
    bin_widths: Mapping[str, float] | None = None,
    runner: CaseRunner = run_cases,
    progress: Progress | None = None,
) -> PerturbReport:
    """Perturb every case of a table and judge its features.

    Parameters
    ----------
    path : Path
        .csv or .xlsx with ``CASE_COLUMNS``: a name, an image and a mask file, relative to the table; the structure's
        ``name`` in a file of several; a ``group``, such as the modality, whose features are judged apart; modality and
        unit of a plain image.
    out : Path
        Folder for ``perturbed.csv`` (every value) and what ``retest_tables`` writes, of each group in a folder of
        its name; ``failures.csv``; ``cases/`` keeps what is done, so that the same call goes on.
    perturbation : PerturbationConfig, optional
    config : RepeatConfig, optional
    settings : FeatureSettings, optional
        Of the extraction.
    bin_widths : mapping of str to float, optional
        Width of bins by group, where one width does not suit all.
    runner : callable
        Runs the cases: here, or a batch.
    progress : Progress, optional

    Raises
    ------
    InputError
        If a column is missing, a case comes twice, or no group has 3 cases that could be perturbed.
    OutputError
        If ``out`` cannot be written.
    CancelledError
        If cancelled; the cases done are kept.
    """
    watch = progress or Silent()
    perturbation, settings = perturbation or PerturbationConfig(), settings or FeatureSettings()
    config = replace(config or RepeatConfig(), setting="perturbation")
    cases = _read_cases(path)
    unknown = sorted(set(bin_widths or {}) - {case["group"] for case in cases})
    if unknown:
        raise InputError("--bin-width", expected="a group of the table", got=unknown[0])
    tasks = [_task(case, path.parent, perturbation, settings, bin_widths or {}) for case in cases]
    outcomes = runner(tasks, out / _STORE, Part(watch, 0.0, _MOST_SHARE))
    failed = tuple((one.case, one.reason) for one in outcomes if one.table is None)
    results: dict[str, RepeatResult] = {}
    notes: list[str] = []
    groups = list(dict.fromkeys(case["group"] for case in cases))
    with study_folder(out) as draft:
        write_table(Table("failures", ("case", "reason"), failed), draft.folder / "failures.csv")
        for number, group in enumerate(groups):
            share = _MOST_SHARE + (1 - _MOST_SHARE) * number / len(groups)
            own = [o for o, case in zip(outcomes, cases, strict=True) if case["group"] == group and o.table is not None]
            if len(own) < 3:
                notes.append(f"{group or 'the cases'}: {len(own)} cases perturbed, too few to judge by")
                continue
            watch.stage(f"agreement {group}".strip(), share)
            results[group] = _judge(own, perturbation, config, path, group)
            _write(draft, results[group], own, group, path.stem)
        if not results:
            first = failed[0][1] if failed else "fewer than 3 cases in every group"
            raise InputError(
                path.name, expected="at least 3 cases that can be perturbed", got=f"fewer; the first: {first}"
            )
    return PerturbReport(results, failed, sum(one.kept for one in outcomes), tuple(notes))


def perturb_case(
    folder: Path,
    *,
    progress: Progress,
    case: str,
    image: Path,
    mask: Path,
    name: str = "",
    modality: str = "",
    unit: str = "",
    perturbation: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Table:
    """Perturb one case; what ``run_cases`` calls. Nothing is written to ``folder``: the rows are all.

    ``perturbation`` are fields of ``PerturbationConfig``, ``settings`` sections of a parameter file.

    Raises
    ------
    InputError
        If image or mask cannot be read, the mask file holds several structures and no name is given, or as
        ``perturbed_features``.
    """
    volume = read_volume(image, modality=modality or None, unit=unit or None, progress=progress)  # type: ignore[arg-type]
    found = read_masks(mask, grid=volume, names=[name] if name else None, progress=progress)
    filled = [one for one in found if not one.is_empty]
    if len(filled) != 1:
        listed = ", ".join(one.label for one in filled) or "none with a voxel"
        raise InputError(f"mask of {case}", expected="one structure", got=listed, remedy="say which in the column name")
    return perturbed_features(
        volume, filled[0], PerturbationConfig(**(perturbation or {})), settings_from_parameters(settings or {}),
        case=case, progress=progress,
    )  # fmt: skip


def _read_cases(path: Path) -> list[dict[str, str]]:
    table = read_text_table(path)
    for column in CASE_COLUMNS[:3]:
        if column not in table.columns:
            raise InputError(path.name, expected="columns " + ", ".join(CASE_COLUMNS[:3]), got=", ".join(table.columns))
    rows = []
    for line, row in enumerate(table.rows, start=2):
        cells = {name: str(cell or "") for name, cell in zip(table.columns, row, strict=True)}
        empty = next((column for column in CASE_COLUMNS[:3] if not cells[column]), None)
        if empty:
            raise InputError(f"{path.name} line {line}, {empty}", expected="a value", got="an empty cell")
        rows.append({column: cells.get(column, "") for column in CASE_COLUMNS})
    bad = next((row["group"] for row in rows if row["group"] == _STORE or not _PLAIN.fullmatch(row["group"])), None)
    if bad is not None:
        expected = f"groups of letters, digits, blanks and ._-, other than {_STORE}: they name folders"
        raise InputError(path.name, expected=expected, got=repr(bad))
    names = [row["case"] for row in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InputError(path.name, expected="each case once", got=f"{twice} twice")
    return rows


def _task(
    case: Mapping[str, str],
    folder: Path,
    perturbation: PerturbationConfig,
    settings: FeatureSettings,
    bin_widths: Mapping[str, float],
) -> CaseTask:
    if case["group"] in bin_widths:
        settings = replace(settings, bin_width=bin_widths[case["group"]])
    return CaseTask(
        case["case"],
        f"{__name__}:{perturb_case.__name__}",
        {
            "case": case["case"],
            "image": folder / case["image"],
            "mask": folder / case["mask"],
            **{key: case[key] for key in ("name", "modality", "unit") if case[key]},
            "perturbation": asdict(perturbation),
            "settings": parameters_of(settings),
        },
    )


def _judge(
    outcomes: Sequence[CaseOutcome], perturbation: PerturbationConfig, config: RepeatConfig, path: Path, group: str
) -> RepeatResult:
    tables = [one.table for one in outcomes if one.table is not None]
    features = tables[0].columns[len(PERTURBATION_COLUMNS) :]
    subjects: list[str] = []
    occasions: list[str] = []
    rows: list[list[float]] = []
    lost = 0
    for one, table in zip(outcomes, tables, strict=True):
        place = {name: number for number, name in enumerate(table.columns)}
        for row in table.rows:
            lost += row[place["reason"]] is not None
            subjects.append(one.case)
            occasions.append(str(row[0]))
            rows.append([_number(row[place[name]]) if name in place else np.nan for name in features])
    measurements = measurements_of(subjects, occasions, features, np.array(rows, dtype=np.float64))
    source = f"{group or path.stem}: {len(tables)} cases, {perturbation.count} perturbations {perturbation.chain}"
    notes = (
        [f"{lost} perturbations left too little of a mask; their cases have fewer complete features"] if lost else []
    )
    return judge_repeats(
        measurements, replace(config, source=source), settings={"perturbation": asdict(perturbation)}, notes=notes
    )


def _write(draft: Draft, result: RepeatResult, outcomes: Sequence[CaseOutcome], group: str, name: str) -> None:
    """Write a group into a folder of its own, cases without a group beside the failures."""
    with study_folder(draft.folder / group) if group else nullcontext(draft) as own:
        own.tables([result.features, result.classes], result.stability, result.provenance)
        write_table(_joined(outcomes), own.folder / "perturbed.csv")
        own.report(partial(write_repeat_report, result, name=f"perturbations of {group or name}"))


def _joined(outcomes: Sequence[CaseOutcome]) -> Table:
    tables = [(one.case, one.table) for one in outcomes if one.table is not None]
    rows = tuple((case, *row) for case, table in tables for row in table.rows)
    return Table("perturbed", ("case", *tables[0][1].columns), rows)


def _number(cell: str | float | int | None) -> float:
    return float(cell) if isinstance(cell, int | float) else np.nan
