"""``oncology-ai robustness combat``: fit ComBat on a table's rows, apply its estimates to those of any table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_file
from oncologyai.bundle import write_table
from oncologyai.errors import InputError
from oncologyai.pipelines import BatchedRows, CombatFitResult, HarmoniseResult, fit_harmonisation, harmonise_table
from oncologyai.progress import Progress
from oncologyai.robustness import CombatConfig, combination_names, read_combat, write_combat
from oncologyai.types import Table
from oncologyai.workflows.feature_rows import FeatureRows, read_feature_rows

__all__ = ["BatchForm", "combat_apply", "combat_fit"]


@dataclass(frozen=True)
class BatchForm:
    """How the table is laid out.

    Parameters
    ----------
    batch : tuple of str
        Columns that together are the batch, such as scanner, or kVp and kernel.
    name : str
        Column of the rows' names: fitted rows are known again by it.
    covariates, outcomes : tuple of str
        Columns that are kept while batches are removed, and that must not be: outcomes are looked at, never used.
    rows : mapping of str to str
        Value by column: rows that count, such as those of the training set.
    only, leave_out : tuple of str
        Names of features, ``*`` for any text.
    sheet : str
        Of a workbook; the first if empty.
    """

    batch: tuple[str, ...]
    name: str = "patient"
    covariates: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    sheet: str = ""

    def __post_init__(self) -> None:
        if not self.batch:
            raise InputError("--batch", expected="a column", got="none")

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that are no features, each once."""
        return tuple(dict.fromkeys((self.name, *self.batch, *self.covariates, *self.outcomes, *self.rows)))


def combat_fit(
    path: Path, out: Path, form: BatchForm, *, config: CombatConfig | None = None, progress: Progress | None = None
) -> CombatFitResult:
    """Fit ComBat on the rows of a table that count, and write its estimates to ``out`` (.json).

    Raises
    ------
    InputError
        If a column is missing, no row counts, or as ``fit_harmonisation``.
    OutputError
        If ``out`` cannot be written.
    """
    if out.suffix.lower() != ".json":
        raise InputError("--out", expected="a name that ends in .json", got=out.name)
    table = _read(path, form)
    kept = table.matching(form.rows)
    rows = _batched(table, form, kept, form.covariates)
    settings = {"tables_sha256": {table.name: table.sha256}, "columns": list(form.keys), "rows": dict(form.rows)}
    result = fit_harmonisation(rows, config, settings=settings, progress=progress)
    write_combat(result.model, out)
    return result


def combat_apply(
    path: Path, model: Path, out: Path, form: BatchForm, *, progress: Progress | None = None
) -> HarmoniseResult:
    """Apply estimates to the rows of a table that count; write it, all other columns as they are, to ``out`` (.csv).

    Raises
    ------
    InputError
        If a column is missing, a batch was not fitted, or as ``harmonise_table``.
    MissingFileError, UnreadableFileError
        If the estimates cannot be read.
    OutputError
        If ``out`` cannot be written.
    """
    if out.suffix.lower() != ".csv":
        raise InputError("--out", expected="a name that ends in .csv", got=out.name)
    estimates = read_combat(model)
    table = _read(path, form, [one.name for one in estimates.covariates])
    kept = table.matching(form.rows)
    rows = _batched(table, form, kept, [one.name for one in estimates.covariates])
    settings = {"tables_sha256": {table.name: table.sha256}, "model": model.name, "rows": dict(form.rows)}
    result = harmonise_table(estimates, rows, settings=settings, progress=progress)
    with atomic_file(out) as draft:
        write_table(_written(table, result, kept), draft)
    return result


def _read(path: Path, form: BatchForm, covariates: Sequence[str] = ()) -> FeatureRows:
    keys = tuple(dict.fromkeys((*form.keys, *covariates)))
    return read_feature_rows(path, keys, leave_out=form.leave_out, only=form.only, sheet=form.sheet or None)


def _batched(table: FeatureRows, form: BatchForm, kept: Sequence[int], covariates: Sequence[str]) -> BatchedRows:
    def some(values: Sequence) -> tuple:
        return tuple(values[place] for place in kept)

    batches = (
        table.names(form.batch[0])
        if len(form.batch) == 1
        else combination_names({column: table.cells(column) for column in form.batch})
    )
    return BatchedRows(
        some(table.names(form.name)),
        some(batches),
        table.features,
        table.values[list(kept)],
        {name: some(table.numbers_or_texts(name)) for name in covariates},
        {name: [_outcome(cell) for cell in some(table.cells(name))] for name in form.outcomes},
    )


def _outcome(cell: str | None) -> float | str | None:
    try:
        return None if cell is None else float(cell)
    except ValueError:
        return cell


def _written(table: FeatureRows, result: HarmoniseResult, kept: Sequence[int]) -> Table:
    """Give the rows that count with the harmonised values in their own columns."""
    values = {name: result.values[:, place] for place, name in enumerate(result.model.features)}
    rows = []
    for number, place in enumerate(kept):
        row = table.table.rows[place]
        cells = [
            _cell(values[name][number]) if name in values else cell
            for name, cell in zip(table.table.columns, row, strict=True)
        ]
        rows.append(tuple(cells))
    return Table(table.table.name, table.table.columns, tuple(rows))


def _cell(value: np.float64) -> float | None:
    return float(value) if math.isfinite(value) else None
