"""Whether tumours are found: sensitivity, specificity, area under the ROC curve, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.metrics import bootstrap_detection, count_detections, proportion_interval
from oncologyai.pipelines.cohort import CohortConfig, CohortRow, DetectionUnit, has_tumour
from oncologyai.types import Table

__all__ = ["RocCurve", "analyse_detection", "units_from_rows", "units_table"]

_COLUMNS = (
    "method", "unit", "units", "positives", "negatives", "tp", "fp", "fn", "tn",
    "sensitivity", "sensitivity_low", "sensitivity_high", "sensitivity_exact_low", "sensitivity_exact_high",
    "specificity", "specificity_low", "specificity_high", "specificity_exact_low", "specificity_exact_high",
    "auc", "auc_low", "auc_high", "overlapping_sensitivity", "bootstrap_samples",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class RocCurve:
    """``false_rate`` and ``true_rate``, float64 (m,), from (0, 0) to (1, 1)."""

    method: str
    auc: float
    low: float
    high: float
    false_rate: np.ndarray
    true_rate: np.ndarray


def units_from_rows(rows: Sequence[CohortRow], config: CohortConfig) -> tuple[DetectionUnit, ...]:
    """Make a unit of each row that says whether there is a tumour and whether it was found.

    There is one where ``positive`` is 1, else where the reference has a volume or voxels; it was found where ``found``
    is 1, else where the result has a volume or voxels, else where the score reaches the threshold.
    """
    units = []
    for row in rows:
        positive = has_tumour(row)
        found = _first(row, ("found",), ("predicted_volume_ml",), ("tp", "fp"))
        score = row.value("score")
        if math.isnan(found) and not math.isnan(score):
            found = float(score >= config.threshold)
        if positive is None or math.isnan(found):
            continue
        score = float(found > 0) if math.isnan(score) else score
        overlap = _first(row, ("tp",), ("dice",))
        shared = None if math.isnan(overlap) else overlap > 0 and positive
        units.append(DetectionUnit(row.case, row.method, "case", positive, found > 0, score, row.patient, shared))
    return tuple(units)


def analyse_detection(units: Sequence[DetectionUnit], config: CohortConfig) -> tuple[Table, tuple[RocCurve, ...]]:
    """Give a row a method, and the ROC curves of the methods that have positives and negatives.

    Intervals named ``low`` and ``high`` are from the bootstrap over patients, ``exact`` ones Clopper and Pearson's.
    ``overlapping_sensitivity`` counts a tumour only where result and reference share a voxel in the unit.
    """
    rows: list[tuple[str | float | int | None, ...]] = []
    curves = []
    for method in dict.fromkeys(unit.method for unit in units):
        own = [unit for unit in units if unit.method == method]
        row, curve = _analyse(method, own, config)
        rows.append(tuple(None if isinstance(cell, float) and math.isnan(cell) else cell for cell in row))
        if curve is not None:
            curves.append(curve)
    return Table("detection", _COLUMNS, tuple(rows)), tuple(curves)


def units_table(units: Sequence[DetectionUnit]) -> Table:
    """List the units."""
    columns = ("case", "patient", "method", "unit", "positive", "found", "overlapping", "score")
    rows = tuple(
        (
            unit.case, unit.patient, unit.method, unit.unit, int(unit.positive), int(unit.found),
            None if unit.overlapping is None else int(unit.overlapping), unit.score,
        )
        for unit in units
    )  # fmt: skip
    return Table("detection_units", columns, rows)


def _analyse(
    method: str, own: Sequence[DetectionUnit], config: CohortConfig
) -> tuple[tuple[str | float | int, ...], RocCurve | None]:
    labels, found = [unit.positive for unit in own], [unit.found for unit in own]
    scores, patients = [unit.score for unit in own], [unit.patient or unit.case for unit in own]
    counts = count_detections(labels, [float(f) for f in found])
    drawn = bootstrap_detection(labels, found, scores, clusters=patients, samples=config.bootstrap, seed=config.seed)
    positives, negatives = counts.tp + counts.fn, counts.tn + counts.fp
    exact = proportion_interval(counts.tp, positives), proportion_interval(counts.tn, negatives)
    known = [unit.overlapping for unit in own if unit.positive and unit.overlapping is not None]
    overlapping = sum(known) / len(known) if known else math.nan
    lungs = any(unit.unit != "case" for unit in own)
    row = (
        method, "lung" if lungs else "case", len(own), positives, negatives, *counts,
        *drawn.sensitivity, *exact[0][1:], *drawn.specificity, *exact[1][1:], *drawn.auc, overlapping, drawn.used,
    )  # fmt: skip
    if not positives or not negatives:
        return row, None
    return row, RocCurve(method, *drawn.auc, *_curve(np.array(labels), np.array(scores)))


def _curve(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    levels = np.concatenate([[np.inf], np.unique(scores)[::-1]])
    true_rate = np.array([np.mean(scores[labels] >= level) for level in levels])
    false_rate = np.array([np.mean(scores[~labels] >= level) for level in levels])
    return false_rate, true_rate


def _first(row: CohortRow, *choices: tuple[str, ...]) -> float:
    """Give the sum of the first names that the row has all values of."""
    for names in choices:
        total = sum(row.value(name) for name in names)
        if not math.isnan(total):
            return total
    return math.nan
