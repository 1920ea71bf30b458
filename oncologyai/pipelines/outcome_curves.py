"""What pictures show of predicted classes, and what patients were like: curves and tables of a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.metrics import RocPoints, proportion_interval, roc_points
from oncologyai.outcome import CalibrationGroup, DecisionCurve, Judged, OutcomeData, decision_curve
from oncologyai.types import Table

__all__ = ["ClassCurves", "baseline_table", "class_curves"]

_GROUPS = 5
_THRESHOLDS = tuple(float(t) for t in np.arange(0.02, 0.981, 0.02))


@dataclass(frozen=True, eq=False)
class ClassCurves:
    """Of all splits' predictions together, a row a prediction.

    Attributes
    ----------
    roc : RocPoints
        Over all predictions, whichever model made them; the reported area is of pairs of one model alone.
    groups : tuple of CalibrationGroup
        Of like prediction, with the exact interval of what was observed.
    decision : DecisionCurve
    """

    roc: RocPoints
    groups: tuple[CalibrationGroup, ...]
    decision: DecisionCurve


def class_curves(judged: Judged, data: OutcomeData) -> ClassCurves:
    """Give the curves of predicted classes.

    Parameters
    ----------
    judged : Judged
    data : OutcomeData
        Those that were judged among them.

    Raises
    ------
    InputError
        If a prediction is no chance.
    """
    place = {patient: n for n, patient in enumerate(data.patients)}
    labels = data.labels[[place[patient] for patient in judged.patients]]
    chance = judged.predictions
    return ClassCurves(
        roc_points(labels == 1, chance), _groups(chance, labels), decision_curve(chance, labels, _THRESHOLDS)
    )


def baseline_table(data: OutcomeData) -> Table:
    """Give a row a feature: source, missing values, quartiles of all, median with and without the event."""
    strata, rows = data.strata, []
    for n, name in enumerate(data.names):
        column = data.x[:, n]
        numbers: list[float | None] = [*_quantiles(column, (0.5, 0.25, 0.75))]
        numbers += [_quantiles(column[strata == value], (0.5,))[0] for value in (1, 0)]
        rows.append((name, data.sources[n] or None, int(np.isnan(column).sum()), *numbers))
    heads = ("feature", "source", "missing", "median", "q1", "q3", "median_event", "median_no_event")
    return Table("baseline", heads, tuple(rows))


def _quantiles(values: np.ndarray, at: Sequence[float]) -> list[float | None]:
    known = values[~np.isnan(values)]
    return [float(np.quantile(known, q)) for q in at] if len(known) else [None] * len(at)


def _groups(chance: np.ndarray, labels: np.ndarray) -> tuple[CalibrationGroup, ...]:
    edges = np.unique(np.quantile(chance, np.linspace(0, 1, _GROUPS + 1)))
    group = np.clip(np.searchsorted(edges, chance, side="right") - 1, 0, max(len(edges) - 2, 0))
    made = []
    for n in np.unique(group):
        members = group == n
        observed = proportion_interval(int(labels[members].sum()), int(members.sum()))
        predicted = float(chance[members].mean())
        made.append(CalibrationGroup(int(members.sum()), predicted, observed.value, observed.low, observed.high))
    return tuple(made)
