"""What a study leaves for programs: results.json, folds.json, and the predictions as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from oncologyai.pipelines import (
    ModelJudged,
    SplitJudged,
    StudyResult,
    baseline_table,
    filled_checklists,
    methods_paragraphs,
)
from oncologyai.types import Table

__all__ = ["SCHEMA_VERSION", "as_json", "folds_json", "predictions_table", "results_json"]

SCHEMA_VERSION = 1
"""Of results.json; another number where a field has gone or means something else."""

_LEFT_OUT = ("influence",)  # a number a patient, of every index


def results_json(result: StudyResult) -> dict[str, Any]:
    """Give everything that the page shows, as JSON values; what is not defined is null."""
    data = result.cohort.data
    content = {
        "schema_version": SCHEMA_VERSION,
        "study": result.study.to_dict(),
        "cohort": {
            "patients": len(data),
            "events": int(data.strata.sum()),
            "features": len(data.names),
            "flow": [vars(step) for step in result.cohort.flow],
            "missing": dict(result.cohort.missing),
            "baseline": _rows(baseline_table(data)),
            "stability": dict(result.stability),
        },
        "findings": [
            {"kind": one.kind, "column": one.column, "text": one.text, "lines": one.rows} for one in result.findings
        ],
        "splits": [{"name": one.name, "trained": len(one.train), "judged": len(one.test)} for one in result.splits],
        "models": [_model(model) for model in result.models],
        "failed": dict(result.failed),
        "comparisons": [
            {"first": pair.first, "second": pair.second, **pair.difference._asdict(), "agreement": pair.agreement}
            for pair in result.pairs
        ],
        "relations": result.relations,
        "methods": methods_paragraphs(result),
        "checklists": filled_checklists(result),
        "notes": result.notes,
        "provenance": result.provenance.to_dict(),
    }
    plain: dict[str, Any] = as_json(content)
    return plain


def folds_json(result: StudyResult) -> dict[str, Any]:
    """Give, by model and split, who was learned from, who was judged, and what was learned."""
    folds = {
        model.name: [
            {
                "split": one.split,
                "trained": one.trained,
                "judged": one.judged,
                "learned": one.told,
                "seconds": one.seconds,
            }
            for one in model.splits
        ]
        for model in result.models
    }
    plain: dict[str, Any] = as_json({"schema_version": SCHEMA_VERSION, "study": result.study.name, "models": folds})
    return plain


def predictions_table(result: StudyResult) -> Table:
    """Give a row a prediction: patient, model, split, prediction, chances of the event by the horizons, outcome."""
    data, survival = result.cohort.data, result.cohort.data.is_survival
    place = {patient: n for n, patient in enumerate(data.patients)}
    horizons = result.study.horizons_days
    rows: list[tuple[str | float | int | None, ...]] = []
    for model in result.models:
        for one in model.splits:
            for k, (patient, risk) in enumerate(zip(one.judged, one.risk, strict=True)):
                n = place[patient]
                outcome: tuple[float | int, ...] = (int(data.strata[n]),)
                if survival:
                    outcome = (float(data.follow_up.times[n]), int(data.follow_up.events[n]))
                rows.append((patient, model.name, one.split, risk, *_chances(model, one, k, horizons), *outcome))
    chances = (f"chance_{days:g}" for days in horizons)
    columns = ("patient", "model", "split", "prediction", *chances, *(("days", "event") if survival else ("class",)))
    return Table("predictions", columns, tuple(rows))


def _chances(model: ModelJudged, said: SplitJudged, row: int, horizons: Sequence[float]) -> list[float]:
    """Give a judged patient's chance of the event by each horizon; none of classes."""
    if model.predictions is None:
        return []
    times = model.predictions.times
    return [float(said.survival["incidence"][row][int(np.searchsorted(times, days))]) for days in horizons]


def as_json(value: Any) -> Any:
    """Give JSON values: arrays as lists, dataclasses by their fields, and null for what is no finite number."""
    value = _opened(value)
    if isinstance(value, Mapping):
        return {str(name): as_json(inner) for name, inner in value.items() if name not in _LEFT_OUT}
    if isinstance(value, list | tuple):
        return [as_json(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _opened(value: Any) -> Any:
    """Give the lists, mappings and numbers that something is made of."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    if hasattr(value, "_asdict"):
        return value._asdict()
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _model(model: ModelJudged) -> dict[str, Any]:
    return {
        "name": model.name,
        "learner": model.model.learner,
        "published": model.published,
        "discrimination": model.judged.score,
        "by_split": [
            {"split": one.split, "discrimination": value}
            for one, value in zip(model.splits, model.judged.values, strict=True)
        ],
        "features": model.learned,
        "classes": model.classes,
        "curves": model.curves,
        "patients": model.patients,
        "survival": model.survival,
        "nomogram": model.splits[0].survival.get("nomogram") if len(model.splits) == 1 else None,
        "seconds": sum(one.seconds for one in model.splits),
    }


def _rows(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]
