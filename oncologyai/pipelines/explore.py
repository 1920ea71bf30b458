"""What a table of features holds: classes, distributions, correlations, tests, areas, and the part of volume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.metrics import ColumnGroups, group_columns, spearman_matrix
from oncologyai.pipelines.explore_statistics import ClassAreas, class_areas, class_table, feature_table, strength
from oncologyai.pipelines.explore_volume import VolumeCurve, volume_curves, volume_table
from oncologyai.pipelines.feature_set import (
    ExploreConfig,
    FeatureSet,
    class_order,
    counted,
    drop_missing,
    drop_repeats,
    keep_rows,
    known_classes,
    listed,
    volume_column,
)
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Part, Progress, Provenance, Silent, Stages
from oncologyai.types import Table

__all__ = ["ExploreResult", "explore"]

_FEW = 10  # rows of a class below which figures are told to rest on few
_PACKAGES = ("pandas", "openpyxl", "plotly")


@dataclass(frozen=True, eq=False)
class ExploreResult:
    """All of an exploration.

    Attributes
    ----------
    table : FeatureSet
        The rows that counted.
    classes : tuple of str
        In their order.
    positive : str
        Of two classes the one that areas are of; "" of more.
    volume : str
        The feature that is the volume, "" if none is.
    tables : mapping of str to Table
        ``classes``, ``features``, and ``volume`` where there is one.
    areas : mapping
        By class, a feature each, the area with its interval.
    correlation : ndarray, float64 (features, features)
        Spearman's.
    groups : ColumnGroups
        Features by likeness.
    curves : tuple of VolumeCurve
    config : ExploreConfig
    notes : tuple of str
        What the reader must know.
    provenance : Provenance
    """

    table: FeatureSet
    classes: tuple[str, ...]
    positive: str
    volume: str
    tables: Mapping[str, Table]
    areas: ClassAreas
    correlation: np.ndarray
    groups: ColumnGroups
    curves: tuple[VolumeCurve, ...]
    config: ExploreConfig
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def is_binary(self) -> bool:
        """Tell whether there are two classes."""
        return len(self.classes) == 2

    def values(self, column: str) -> np.ndarray:
        """Give a column of numbers of the table ``features``, float64, NaN where there is none."""
        features = self.tables["features"]
        place = features.columns.index(column)
        return np.array([np.nan if row[place] is None else row[place] for row in features.rows], dtype=np.float64)

    def strongest(self, count: int) -> tuple[int, ...]:
        """Give places of the features of the smallest p, the larger area first among equals, at most ``count``."""
        p, area = self.values("p"), strength(self.areas)
        order = np.lexsort((-np.nan_to_num(area), np.nan_to_num(p, nan=2.0)))
        return tuple(int(n) for n in order[:count] if not np.isnan(p[n]))


def explore(
    table: FeatureSet,
    config: ExploreConfig | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> ExploreResult:
    """Explore a table of features.

    Parameters
    ----------
    table : FeatureSet
        Every row with its class.
    config : ExploreConfig, optional
        What is asked.
    settings : mapping, optional
        What the provenance should hold beside ``config``.
    progress : Progress, optional
        Told stages, asked for cancellation several times a second.

    Returns
    -------
    ExploreResult
        Two classes: Mann and Whitney's test and areas of the positive class. More: Kruskal and Wallis' test and areas
        of each class against the rest. Corrections are for the number of features tested.

    Raises
    ------
    InputError
        If there is no feature, there are fewer than two classes, or a class, the volume or the choice of rows is not
        usable.
    CancelledError
        If cancelled.
    """
    config, watch = config or ExploreConfig(), progress or Silent()
    if not table.names:
        raise InputError("features", expected="at least one column of numbers", got="none")
    given = table
    table, notes = _counted(table, config)
    classes = class_order(table.labels, config.classes)
    positive = _positive(classes, config.positive)
    volume = volume_column(table.names, config.volume)
    if config.classes and (others := sum(label not in classes for label in table.labels)):
        table = table.take([n for n, label in enumerate(table.labels) if label in classes])
        notes.append(f"{counted(others, 'row')} of other classes left out")
    table, told = keep_rows(table, config.rows, volume)
    _check_classes(table, classes)
    stages = Stages(watch)
    with stages("correlation", share=0.0):
        correlation = spearman_matrix(table.values, progress=watch)
        groups = group_columns(correlation, limit=config.group_limit)
    with stages("areas", share=0.2):
        areas = class_areas(table, classes, positive, level=config.level, progress=Part(watch, 0.2, 0.5))
    with stages("tests", share=0.5):
        features = feature_table(table, classes, areas, volume=volume, groups=groups, progress=Part(watch, 0.5, 0.95))
    with stages("volume", share=0.95):
        curves = volume_curves(table, classes, positive, volume)
    tables = [class_table(given, table, classes), features, *([volume_table(curves)] if curves else [])]
    notes += [*told, *_notes(table, classes, features, volume)]
    return ExploreResult(
        table, classes, positive if len(classes) == 2 else "", volume, {one.name: one for one in tables}, areas,
        correlation, groups, curves, config, tuple(notes),
        make_provenance(
            "explore", inputs={}, settings={**asdict(config), **(settings or {})}, stages=stages, packages=_PACKAGES
        ),
    )  # fmt: skip


def _counted(table: FeatureSet, config: ExploreConfig) -> tuple[FeatureSet, list[str]]:
    """Give the rows of a known class, repeats and missing values treated as wanted, and what there is to tell."""
    rows, patients = counted(len(table.cases), "row"), counted(len(set(table.patients)), "patient")
    notes = [*table.notes, f"{rows} of {patients}, {counted(len(table.names), 'feature')}"]
    table, unknown = known_classes(table)
    notes += unknown
    if not config.keep_repeats:
        table, repeats = drop_repeats(table)
        notes += repeats
    table, lacking = drop_missing(table, config.missing)
    notes += lacking
    return table, notes


def _positive(classes: Sequence[str], wanted: str) -> str:
    if wanted and wanted not in classes:
        raise InputError("--positive", expected="one of " + ", ".join(classes), got=repr(wanted))
    return wanted or classes[-1]


def _check_classes(table: FeatureSet, classes: Sequence[str]) -> None:
    for label in classes:
        if label not in table.labels:
            raise InputError("--classes", expected=f"rows of class {label}", got="none are left")


def _notes(table: FeatureSet, classes: Sequence[str], features: Table, volume: str) -> list[str]:
    notes = []
    few = [f"{label} ({count})" for label in classes if (count := table.labels.count(label)) < _FEW]
    if few:
        notes.append(f"fewer than {_FEW} rows in {', '.join(few)}: p values, areas and intervals rest on few")
    place = features.columns.index("note")
    odd = [(str(row[0]), str(row[place])) for row in features.rows if row[place] is not None]
    for word, told in (
        ("constant", "constant over these rows: no test, area or correlation"),
        ("no value", "without a value"),
        (" missing", "without a value in some rows, which their figures leave out"),
        (" infinite", "with infinite values, which rank first or last and are in no mean"),
    ):
        found = [name for name, note in odd if word in note]
        if found:
            notes.append(f"{counted(len(found), 'feature')} {told} ({listed(found, 3)})")
    if not volume:
        notes.append("no volume analysis: no feature is known as the volume; name it by --volume")
    unknown = sum(name not in table.stability for name in table.names) if table.stability else 0
    if unknown:
        notes.append(f"stability is not known of {unknown} of {len(table.names)} features")
    return notes
