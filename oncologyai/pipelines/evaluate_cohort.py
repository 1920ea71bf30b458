"""The tables of a cohort: from rows of numbers to medians, tests, detection, agreement, survival and trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.metrics import METRIC_DEFINITIONS, summarise
from oncologyai.pipelines.cohort import (
    DEFAULT_METRICS,
    REFERENCE,
    CohortConfig,
    CohortRow,
    DetectionUnit,
    by_method,
    has_tumour,
    main_rows,
)
from oncologyai.pipelines.evaluate_agreement import Agreement, analyse_agreement
from oncologyai.pipelines.evaluate_detection import RocCurve, analyse_detection, units_from_rows, units_table
from oncologyai.pipelines.evaluate_groups import (
    SUMMARY_COLUMNS,
    Grouping,
    group_cases,
    group_tables,
    method_tests,
    summary_cells,
)
from oncologyai.pipelines.evaluate_readers import analyse_pairs, analyse_seconds
from oncologyai.pipelines.evaluate_survival import SurvivalSplit, analyse_survival
from oncologyai.pipelines.evaluate_trust import analyse_trust
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages
from oncologyai.types import Table

__all__ = ["CohortResult", "evaluate_cohort", "rows_table"]

_COUNTS = ("tp", "fp", "fn", "tp_slices", "surface_dice_tolerance_mm")
_NOT_SUMMARISED = ("event", "positive", "found", "surface_dice_tolerance_mm")


@dataclass(frozen=True)
class CohortResult:
    """All of a cohort's evaluation.

    Attributes
    ----------
    rows : tuple of CohortRow
        Against the reference, repeated contours left out.
    tumours : tuple of CohortRow
        Those of them whose reference holds a tumour or does not say: what medians, groups and tests are of. Of a
        case without a tumour there is nothing to outline: it counts in the detection.
    pairs : tuple of CohortRow
        Result against result.
    tables : mapping of str to Table
        By name, in the order of the report; only those with rows.
    groupings, curves, agreements, splits
        What the figures draw.
    seconds : mapping
        Seconds a contour, by method and case.
    config : CohortConfig
        What was asked.
    notes : tuple of str
        What the reader must know.
    provenance : Provenance
        Versions, settings, seeds and seconds a stage.
    """

    rows: tuple[CohortRow, ...]
    tumours: tuple[CohortRow, ...]
    pairs: tuple[CohortRow, ...]
    tables: Mapping[str, Table]
    groupings: tuple[Grouping, ...]
    curves: tuple[RocCurve, ...]
    agreements: tuple[Agreement, ...]
    splits: tuple[SurvivalSplit, ...]
    seconds: Mapping[str, Mapping[str, float]]
    config: CohortConfig
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods, in the order of the input."""
        return tuple(by_method(self.rows))


def evaluate_cohort(
    rows: Sequence[CohortRow],
    config: CohortConfig | None = None,
    *,
    units: Sequence[DetectionUnit] | None = None,
    slice_dices: Mapping[str, Sequence[float]] | None = None,
    settings: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> CohortResult:
    """Analyse a cohort.

    Parameters
    ----------
    rows : sequence of CohortRow
        A row a case and method, each once (repeated contours by ``session``); pairs of results by ``against``.
    config : CohortConfig, optional
        What is asked.
    units : sequence of DetectionUnit, optional
        Of the detection; made from the rows if None.
    slice_dices : mapping of str to sequence of float, optional
        By method, the Dice of every slice that a reference marks, for the pooled table.
    settings : mapping, optional
        What the provenance should hold beside ``config``.
    notes : sequence of str
        Passed on.
    progress : Progress, optional
        Told stages, asked for cancellation.

    Returns
    -------
    CohortResult

    Raises
    ------
    InputError
        If there is no row, a case and method come twice, or a group or metric is unknown.
    MissingDependencyError
        If there are outcomes and lifelines is not installed.
    """
    config = config or CohortConfig()
    _check(rows, config)
    config = replace(config, metrics=_chosen_metrics(rows, config.metrics))
    stages = Stages(progress or Silent())
    main, pairs = main_rows(rows), tuple(row for row in rows if row.against != REFERENCE)
    tumours = tuple(row for row in main if has_tumour(row) is not False)
    with stages("summary", share=0.0):
        groupings = tuple(group_cases(tumours, factor, config.edges.get(factor)) for factor in config.group_by)
        tables = [rows_table("metrics", [row for row in rows if row.against == REFERENCE], config)]
        tables += [_summary(tumours), _slices(main, slice_dices or {}), method_tests(tumours, config.metrics)]
        tables += [*group_tables(tumours, groupings, config)]
    with stages("detection", share=0.3):
        units = units_from_rows(main, config) if units is None else units
        detection, curves = analyse_detection(units, config)
        tables += [detection, units_table(units)]
    with stages("agreement", share=0.6):
        agreement, agreements = analyse_agreement(main)
        seconds_table, seconds_tests, seconds = analyse_seconds(main)
        tables += [agreement, rows_table("pairs", pairs, config), *analyse_pairs(pairs, config)]
        tables += [seconds_table, seconds_tests]
    with stages("survival", share=0.8):
        survival, at_risk, splits = analyse_survival(tumours, config)
        tables += [survival, at_risk, *analyse_trust(main)]
    provenance = make_provenance(
        "evaluate_cohort", inputs={}, settings={**asdict(config), **(settings or {})}, stages=stages
    )
    return CohortResult(
        rows=main,
        tumours=tumours,
        pairs=pairs,
        tables={table.name: table for table in tables if table.rows},
        groupings=groupings,
        curves=curves,
        agreements=agreements,
        splits=splits,
        seconds=seconds,
        config=config,
        notes=(*notes, *_notes(main, tumours, groupings, splits)),
        provenance=provenance,
    )


def rows_table(name: str, rows: Sequence[CohortRow], config: CohortConfig) -> Table:
    """Write rows as a table: case, method and what tells rows apart, groups, then every value; None for a missing one.

    ``against`` and sessions have columns only where a row needs them.
    """
    heads = ["case", "patient", "method"]
    heads += ["session"] if any(row.session for row in rows) else []
    heads += ["against"] if any(row.against != REFERENCE for row in rows) else []
    heads += ["against_session"] if any(row.against_session for row in rows) else []
    groups = [factor for factor in config.group_by if any(factor in row.groups for row in rows)]
    values = [name for name in dict.fromkeys(name for row in rows for name in row.values) if name not in groups]
    cells = tuple(
        (
            *(str(getattr(row, head)) for head in heads),
            *(row.groups.get(group) for group in groups),
            *(row.values.get(value) for value in values),
        )
        for row in rows
    )
    return Table(name, (*heads, *groups, *values), cells)


def _summary(rows: Sequence[CohortRow]) -> Table:
    cases = len({row.case for row in rows})
    names = dict.fromkeys(name for row in rows for name in row.values if name not in _NOT_SUMMARISED)
    cells = []
    for name in names:
        for method, own in by_method(rows).items():
            found = summarise([row.value(name) for row in own])
            if found.n:
                cells.append((method, name, cases - found.n, *summary_cells(found)))
    return Table("summary", ("method", "metric", "missing", *SUMMARY_COLUMNS), tuple(cells))


def _slices(rows: Sequence[CohortRow], slice_dices: Mapping[str, Sequence[float]]) -> Table:
    """Pool the slices of all cases, as DenseHighRes3DNet's tables 1 to 3 do."""
    columns = ("method", "slices", "mean", "q1", "median", "q3", "tp_slices", "fn_slices", "fp_slices")
    cells: list[tuple[str | float | int | None, ...]] = []
    for method, own in by_method(rows).items():
        found = summarise(slice_dices.get(method, ()))
        if found.n:
            counts = [int(np.nansum([row.value(name) for row in own])) for name in columns[-3:]]
            cells.append((method, found.n, found.mean, found.q1, found.median, found.q3, *counts))
    return Table("slices", columns, tuple(cells))


def _notes(
    rows: Sequence[CohortRow],
    tumours: Sequence[CohortRow],
    groupings: Sequence[Grouping],
    splits: Sequence[SurvivalSplit],
) -> tuple[str, ...]:
    notes, cases, there = [], {row.case for row in rows}, {row.case for row in tumours}
    if len(there) < len(cases):
        notes.append(f"{len(cases - there)} of {len(cases)} cases have no tumour and count in the detection alone")
    for method, own in by_method(rows).items():
        if len(own) < len(cases):
            notes.append(f"{method}: {len(own)} of {len(cases)} cases")
    for grouping in groupings:
        unknown = len(there - set(grouping.label_of))
        if unknown:
            notes.append(f"{grouping.factor}: unknown for {unknown} of {len(there)} cases, which are in no group")
    patients = {row.case: row.patient or row.case for row in rows}
    if splits and len(set(patients.values())) < len(patients):
        notes.append("survival: some patients have several cases, each of which counts as one")
    for split in splits:
        if split.low.n == 0 or split.high.n == 0:
            notes.append(f"survival: {split.quantity} of {split.contour} is the same in all cases: no groups")
    return tuple(notes)


def _chosen_metrics(rows: Sequence[CohortRow], wanted: Sequence[str]) -> tuple[str, ...]:
    """Give the metrics to test: those asked for, or what is there where nobody asked."""
    names = dict.fromkeys(name for row in rows for name in row.values)
    there = tuple(name for name in wanted if name in names)
    if len(there) == len(wanted):
        return there
    if tuple(wanted) != DEFAULT_METRICS:
        missing = ", ".join(name for name in wanted if name not in names)
        raise InputError("--metric", expected="some of " + ", ".join(sorted(names)), got=missing)
    return there or tuple(name for name in names if name in METRIC_DEFINITIONS and name not in _COUNTS)


def _check(rows: Sequence[CohortRow], config: CohortConfig) -> None:
    if not rows:
        raise InputError("cohort", expected="at least one case with a result", got="none")
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        key = (row.case, row.method, row.session, row.against, row.against_session)
        if key in seen:
            named = f"case {row.case}, method {row.method}" + (f", session {row.session}" if row.session else "")
            raise InputError("cohort", expected="each case and method once", got=f"{named} twice")
        seen.add(key)
    methods = {name for row in rows for name in (row.method, row.against)}
    for reader in config.readers:
        if reader not in methods:
            raise InputError("--reader", expected="one of " + ", ".join(sorted(methods)), got=repr(reader))
