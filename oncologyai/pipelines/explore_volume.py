"""What volume alone tells of the classes, and which features follow it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.metrics import PrecisionRecall, precision_recall
from oncologyai.pipelines.feature_set import FeatureSet
from oncologyai.types import Table

__all__ = ["VolumeCurve", "volume_curves", "volume_table"]


@dataclass(frozen=True, eq=False)
class VolumeCurve:
    """How well volume finds a class; ``falling`` where small ones are of it: then the curve is of minus volume."""

    label: str
    falling: bool
    curve: PrecisionRecall


def volume_curves(table: FeatureSet, classes: Sequence[str], positive: str, volume: str) -> tuple[VolumeCurve, ...]:
    """Give precision and recall of volume: of the positive class of two, or of each class against the rest.

    Volume is taken the way that its area under the ROC curve is at least one half.
    """
    if not volume:
        return ()
    values, labels = table.column(volume), np.array(table.labels)
    found = []
    for label in [positive] if len(classes) == 2 else classes:
        own, rest = values[labels == label], values[labels != label]
        falling = bool(_chance_above(own[~np.isnan(own)], rest[~np.isnan(rest)]) < 0.5)
        curve = precision_recall(labels == label, -values if falling else values)
        found.append(VolumeCurve(label, falling, curve))
    return tuple(found)


def volume_table(curves: Sequence[VolumeCurve]) -> Table:
    """Give a row a curve: average precision, area under straight lines, and the precision of guessing."""
    columns = ("class", "called_positive", "average_precision", "area", "prevalence")
    rows = tuple(
        (
            one.label,
            "small volumes" if one.falling else "large volumes",
            *(_cell(v) for v in (one.curve.average_precision, one.curve.area, one.curve.prevalence)),
        )
        for one in curves
    )
    return Table("volume", columns, rows)


def _chance_above(own: np.ndarray, rest: np.ndarray) -> float:
    if not len(own) or not len(rest):
        return math.nan
    ordered = np.sort(rest)
    below = np.searchsorted(ordered, own, side="left") + np.searchsorted(ordered, own, side="right")
    return float(below.mean() / (2 * len(rest)))


def _cell(value: float) -> float | None:
    return None if math.isnan(value) else value
