"""Every feature's numbers: what it looks like, whether classes differ, how well it parts them, its tie to volume."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from oncologyai.metrics import ColumnGroups, Interval, auc_interval, compare_classes, spearman_with, summarise
from oncologyai.pipelines.feature_set import FeatureSet
from oncologyai.progress import Part, Progress, check_cancelled
from oncologyai.robustness import FeatureStability
from oncologyai.types import Table

__all__ = ["ClassAreas", "class_areas", "class_table", "feature_table", "strength"]

Cell = str | float | int | None
ClassAreas = dict[str, tuple[Interval, ...]]
"""By class, a feature each: the area of its curve against the rest."""

_FEW = 10  # cases of a class below which figures are told to rest on few
_BLOCK = 64  # features between two looks at the user's Cancel


def class_table(given: FeatureSet, table: FeatureSet, classes: Sequence[str]) -> Table:
    """Give, a row a class, rows, patients and the share of rows that counted, and those that were given.

    The shares of ``given`` are over its rows of a known class.
    """
    known, rows = sum(label != "" for label in given.labels), []
    for label in classes:
        own = [patient for patient, one in zip(table.patients, table.labels, strict=True) if one == label]
        there = given.labels.count(label)
        rows.append((label, len(own), len(set(own)), len(own) / len(table.labels), there, there / known))
    return Table("classes", ("class", "rows", "patients", "share", "rows_given", "share_given"), tuple(rows))


def class_areas(
    table: FeatureSet, classes: Sequence[str], positive: str, *, level: float, progress: Progress
) -> ClassAreas:
    """Give every feature's area with its interval: of the positive class of two, or of each against the rest.

    Intervals are DeLong's, with Obuchowski's variance where patients have several rows.
    """
    labels = np.array(table.labels)
    _, patients = np.unique(np.array(table.patients), return_inverse=True)
    wanted = [positive] if len(classes) == 2 else list(classes)
    found: ClassAreas = {}
    for place, label in enumerate(wanted):
        own = []
        for n, column in enumerate(table.values.T):
            if n % _BLOCK == 0:
                check_cancelled(progress)
                progress.stage("areas", (place + n / table.values.shape[1]) / len(wanted))
            own.append(_area(labels == label, column, patients, level))
        found[label] = tuple(own)
    return found


def feature_table(
    table: FeatureSet,
    classes: Sequence[str],
    areas: ClassAreas,
    *,
    volume: str,
    groups: ColumnGroups,
    progress: Progress,
) -> Table:
    """Give a row a feature.

    Columns: ``feature``; ``stability`` and how it was measured, where it is known of any; numbers, missing and
    infinite values, mean, standard deviation, quartiles, ends; the median of each class; the test and its corrections;
    ``auc`` of two classes, or ``auc_CLASS`` of each, with ends of the interval; Spearman's correlation with volume; the
    group of like features, and the place of each when like ones stand side by side; a ``note`` on what is odd. None
    where something is not defined.
    """
    codes = np.array([classes.index(label) for label in table.labels])
    tests = compare_classes(table.values, codes, progress=Part(progress, 0.0, 0.9))
    with_volume = spearman_with(table.values, table.column(volume)) if volume else np.full(len(table.names), np.nan)
    columns = ["feature", *(["stability", "stability_measured"] if table.stability else [])]
    columns += ["n", "missing", "infinite", "mean", "sd", "minimum", "q1", "median", "q3", "maximum"]
    columns += [f"median_{label}" for label in classes]
    columns += ["u" if len(classes) == 2 else "h", "p", "p_corrected", "p_fdr"]
    for label in areas:
        name = "auc" if len(areas) == 1 else f"auc_{label}"
        columns += [name, f"{name}_low", f"{name}_high"]
    columns += ["spearman_volume", "group", "place", "note"]
    place = np.argsort(groups.order) + 1
    rows = []
    for n, name in enumerate(table.names):
        if n % _BLOCK == 0:
            check_cancelled(progress)
        values = table.values[:, n]
        cells: list[Cell] = [name, *(_verdict(table.stability.get(name)) if table.stability else ())]
        cells += _summary(values)
        cells += [_median(values[codes == code]) for code in range(len(classes))]
        cells += list(tests[n])
        cells += [value for own in areas.values() for value in own[n]]
        cells += [float(with_volume[n]), int(groups.group[n]), int(place[n]), _note(values, codes, classes)]
        rows.append(tuple(None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells))
    return Table("features", tuple(columns), tuple(rows))


def strength(areas: ClassAreas) -> np.ndarray:
    """Give, float64 (features,), the area of the class that each feature parts best, whichever way; NaN if none."""
    values = np.array([[max(one.value, 1.0 - one.value) for one in own] for own in areas.values()])
    return np.asarray(np.where(np.isnan(values).all(axis=0), np.nan, np.nanmax(np.nan_to_num(values), axis=0)))


def _verdict(found: FeatureStability | None) -> tuple[Cell, Cell]:
    """Give the class, and what it rests on."""
    if found is None:
        return None, None
    ends = "" if math.isnan(found.low) else f" ({found.low:.2f} to {found.high:.2f})"
    value = "" if math.isnan(found.value) else f" {found.value:.2f}{ends}"
    parts = (f"{found.measure}{value}, limit {found.limit:g}, n {found.n}", found.setting, found.reason, found.source)
    return found.stability, "; ".join(part for part in parts if part)


def _area(positive: np.ndarray, column: np.ndarray, patients: np.ndarray, level: float) -> Interval:
    known = column[~np.isnan(column)]
    if not len(known) or (known == known[0]).all():
        return Interval(math.nan, math.nan, math.nan)
    return auc_interval(positive, column, clusters=patients, level=level)


def _summary(values: np.ndarray) -> list[Cell]:
    found = summarise(values)  # type: ignore[arg-type]
    missing = int(np.isnan(values).sum())
    spread = (found.minimum, found.q1, found.median, found.q3, found.maximum)
    return [found.n, missing, found.infinite, found.mean, found.sd, *spread]


def _median(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else math.nan


def _note(values: np.ndarray, codes: np.ndarray, classes: Sequence[str]) -> str | None:
    known = ~np.isnan(values)
    notes = []
    if not known.any():
        return "no value"
    if (values[known] == values[known][0]).all():
        notes.append("constant")
    if not known.all():
        notes.append(f"{int((~known).sum())} missing")
    if np.isinf(values).any():
        notes.append(f"{int(np.isinf(values).sum())} infinite")
    for code, label in enumerate(classes):
        count, there = int((known & (codes == code)).sum()), int((codes == code).sum())
        if count < _FEW <= there:
            notes.append(f"{count} values in class {label}")
    return "; ".join(notes) or None
