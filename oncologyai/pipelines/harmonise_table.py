"""ComBat on a table of features: fitted on some rows, applied to any, with what must be known about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages
from oncologyai.robustness import (
    CombatConfig,
    CombatModel,
    Covariates,
    apply_combat,
    confounding_note,
    covariate_note,
    fit_combat,
    overlap_note,
)
from oncologyai.types import Table

__all__ = ["BatchedRows", "CombatFitResult", "HarmoniseResult", "fit_harmonisation", "harmonise_table"]


@dataclass(frozen=True, eq=False)
class BatchedRows:
    """Features with the batch of each row.

    ``names`` of the rows, ``batches``, ``features`` and ``values`` (rows, features); ``covariates`` and ``outcomes`` by
    name, a value a row.
    """

    names: tuple[str, ...]
    batches: tuple[str, ...]
    features: tuple[str, ...]
    values: np.ndarray
    covariates: Covariates
    outcomes: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, eq=False)
class CombatFitResult:
    """Estimates; a row a batch in ``batches``: rows, median shift and ratio of deviations over features; notes."""

    model: CombatModel
    batches: Table
    provenance: Provenance
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class HarmoniseResult:
    """``values``: (rows, features of the model), in the model's order; notes."""

    model: CombatModel
    values: np.ndarray
    provenance: Provenance
    notes: tuple[str, ...]


def fit_harmonisation(
    rows: BatchedRows,
    config: CombatConfig | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> CombatFitResult:
    """Fit ComBat on rows; features that lack a value in any are left out, which is told.

    Raises
    ------
    InputError
        If every feature lacks a value, or as ``fit_combat``.
    """
    config = config or CombatConfig()
    stages = Stages(progress or Silent())
    complete = np.isfinite(rows.values).all(axis=0)
    kept = [name for name, whole in zip(rows.features, complete, strict=True) if whole]
    if not kept:
        raise InputError("features", expected="at least one without a missing value", got="none")
    with stages("fit", share=0.0):
        model = fit_combat(
            rows.values[:, complete],
            rows.batches,
            kept,
            covariates=rows.covariates,
            config=config,
            row_names=rows.names,
        )
    notes = (
        [f"{len(rows.features) - len(kept)} features lack a value in some row and were left out"]
        if not all(complete)
        else []
    )
    if model.unadjusted:
        notes.append(f"{len(model.unadjusted)} features do not vary within batches and stay as they are")
    told = [covariate_note(tuple(rows.covariates), tuple(rows.outcomes))]
    told += [confounding_note(rows.batches, values, name) for name, values in rows.outcomes.items()]
    if len(rows.outcomes) == 0:
        told.append(
            "no outcome was named, so it was not looked at whether batches differ in it; fit on training rows alone "
            "and apply to the test rows"
        )
    provenance = make_provenance(
        "combat fit", inputs={}, settings={"combat": asdict(config), **(settings or {})}, stages=stages
    )
    return CombatFitResult(model, _batches(model), provenance, (*notes, *(note for note in told if note)))


def harmonise_table(
    model: CombatModel,
    rows: BatchedRows,
    *,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> HarmoniseResult:
    """Apply estimates to rows.

    Raises
    ------
    InputError
        If rows lack a feature of the model, or as ``apply_combat``.
    """
    missing = [name for name in model.features if name not in rows.features]
    if missing:
        raise InputError(
            "features",
            expected="every feature that ComBat was fitted on",
            got=f"{len(missing)} missing, as {missing[0]}",
        )
    stages = Stages(progress or Silent())
    place = [rows.features.index(name) for name in model.features]
    with stages("apply", share=0.0):
        values = apply_combat(model, rows.values[:, place], rows.batches, rows.covariates)
    told = [
        overlap_note(model, rows.names),
        covariate_note([one.name for one in model.covariates], tuple(rows.outcomes)),
    ]
    spare = len(rows.features) - len(model.features)
    if spare:
        told.append(f"{spare} columns of numbers are not in the estimates and stay as they are")
    provenance = make_provenance("combat apply", inputs={}, settings=dict(settings or {}), stages=stages)
    return HarmoniseResult(model, values, provenance, tuple(note for note in told if note))


def _batches(model: CombatModel) -> Table:
    varying = [place for place, name in enumerate(model.features) if name not in model.unadjusted]
    rows = []
    for batch, count, gamma, delta in zip(model.batches, model.rows, model.gamma, model.delta, strict=True):
        shift = float(np.median(np.abs(gamma[varying]))) if varying else math.nan
        ratio = float(np.median(np.sqrt(delta[varying]))) if varying else math.nan
        rows.append((batch, count, shift, ratio))
    return Table("batches", ("batch", "rows", "median_absolute_shift", "median_ratio_of_deviations"), tuple(rows))
