"""Which figures an evaluation has, and what each shows."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

from oncologyai.metrics import PairTest
from oncologyai.pipelines import REFERENCE, CohortResult, CohortRow, Grouping, pair_kind, pair_name, shown_name
from oncologyai.report.html import Picture
from oncologyai.report.plots import (
    COLOURS,
    draw_bland_altman,
    draw_boxes,
    draw_predictions,
    draw_roc,
    draw_survival,
)

__all__ = [
    "agreement_pictures",
    "group_pictures",
    "metric_pictures",
    "pair_pictures",
    "roc_pictures",
    "seconds_pictures",
    "survival_pictures",
    "trust_pictures",
]

_KIND_COLOURS = {"inter-observer": COLOURS[1], "intra-observer": COLOURS[2], "method against reader": COLOURS[0]}
_GROUPED = 3  # so many metrics are drawn by group; all are in the tables


def metric_pictures(result: CohortResult, folder: Path) -> tuple[Picture, ...]:
    """Draw each chosen metric by method."""
    pictures = []
    for metric in result.config.metrics:
        groups = {m: _values([row for row in result.tumours if row.method == m], metric) for m in result.methods}
        if not any(groups.values()):
            continue
        path = folder / f"metric_{_safe(metric)}.png"
        draw_boxes(groups, path, label=shown_name(metric), tests=_tests(result, "method_tests", (metric,)))
        pictures.append(Picture(path, f"{shown_name(metric)} by method"))
    return tuple(pictures)


def group_pictures(result: CohortResult, grouping: Grouping, folder: Path) -> tuple[Picture, ...]:
    """Draw the first metrics by group, a figure a method; ch. 6, figure 2."""
    pictures = []
    for metric in result.config.metrics[:_GROUPED]:
        for method in result.methods:
            own = [row for row in result.tumours if row.method == method]
            groups = {
                label: _values([row for row in own if grouping.label_of.get(row.case) == label], metric)
                for label in grouping.labels
            }
            if not any(groups.values()):
                continue
            path = folder / f"group_{_safe(grouping.factor)}_{_safe(metric)}_{_numbered(result, method)}.png"
            tests = _tests(result, "group_tests", (grouping.factor, method, metric))
            draw_boxes(groups, path, label=shown_name(metric), tests=tests)
            pictures.append(Picture(path, f"{shown_name(metric)} of {method} by {shown_name(grouping.factor)}"))
    return tuple(pictures)


def roc_pictures(result: CohortResult, folder: Path) -> tuple[Picture, ...]:
    """Draw the ROC curves of all methods together; none without positives and negatives."""
    if not result.curves:
        return ()
    curves = {f"{c.method}: AUC {c.auc:.3f}": (c.false_rate, c.true_rate) for c in result.curves}
    draw_roc(curves, folder / "roc.png")
    return (Picture(folder / "roc.png", "ROC curves"),)


def agreement_pictures(result: CohortResult, folder: Path) -> tuple[Picture, ...]:
    """Draw Bland and Altman's plots."""
    pictures = []
    for one in result.agreements:
        path = folder / f"agreement_{one.quantity}_{_numbered(result, one.method)}.png"
        draw_bland_altman(one.found, path, label=shown_name(one.quantity))
        pictures.append(Picture(path, f"{shown_name(one.quantity)}: {one.method} against the reference"))
    return tuple(pictures)


def pair_pictures(result: CohortResult, folder: Path) -> tuple[Picture, ...]:
    """Draw the first chosen metric of every pair, coloured by what the two are to each other; ch. 6, figures 5b, 6."""
    metric = next((name for name in result.config.metrics if any(name in row.values for row in result.pairs)), None)
    if metric is None:
        return ()
    groups: dict[str, list[float]] = {}
    colours = {}
    for row in result.pairs:
        kind = pair_kind(row, result.config.readers)
        name = pair_name(row) if row.method != row.against else f"{row.method} again"
        groups.setdefault(name, []).append(row.value(metric))
        colours[name] = _KIND_COLOURS.get(kind, COLOURS[6])
    order = sorted(groups, key=lambda name: list(colours.values()).index(colours[name]))
    path = folder / "pairs.png"
    draw_boxes({name: groups[name] for name in order}, path, label=shown_name(metric), colours=colours)
    said = "orange: reader and reader; green: a reader again; blue: method and reader; grey: method and method"
    return (Picture(path, f"{shown_name(metric)} of every pair ({said})"),)


def seconds_pictures(result: CohortResult, folder: Path) -> tuple[Picture, ...]:
    """Draw the seconds a contour by method, on a logarithmic axis where none is 0; ch. 6, figure 5a."""
    if not result.seconds:
        return ()
    groups = {name: list(values.values()) for name, values in result.seconds.items()}
    log = min(min(values) for values in groups.values()) > 0
    path = folder / "seconds.png"
    draw_boxes(groups, path, label="Seconds a contour", tests=_tests(result, "seconds_tests", ()), log=log)
    return (Picture(path, "Seconds a contour"),)


def survival_pictures(result: CohortResult, folder: Path) -> tuple[Picture, ...]:
    """Draw manual and automatic curves of each method and quantity side by side; ch. 6, figure 4."""
    pictures = []
    manual = {(s.quantity, s.cases): s for s in result.splits if s.contour == REFERENCE}
    for split in (s for s in result.splits if s.contour != REFERENCE):
        other = manual.get((split.quantity, split.cases))
        panels = [
            (
                f"{shown_name(one.quantity)}: {one.contour}",
                {f"≤ {one.cut:.4g}": one.low, f"> {one.cut:.4g}": one.high},
                one.test.p,
            )
            for one in (other, split)
            if one is not None
        ]
        path = folder / f"survival_{split.quantity}_{_numbered(result, split.contour)}.png"
        draw_survival(panels, split.ticks, path)
        pictures.append(Picture(path, f"Survival by {shown_name(split.quantity)}: reference and {split.contour}"))
    return tuple(pictures)


def trust_pictures(result: CohortResult, folder: Path) -> tuple[Picture, ...]:
    """Draw true over foretold Dice; none where nothing was foretold."""
    points = {
        method: [
            (row.values["predicted_dice"], row.value("dice"), row.value("predicted_low"), row.value("predicted_high"))
            for row in result.rows
            if row.method == method and {"predicted_dice", "dice"} <= set(row.values)
        ]
        for method in result.methods
    }
    points = {method: listed for method, listed in points.items() if listed}
    if not points:
        return ()
    draw_predictions(points, folder / "trust.png")
    return (Picture(folder / "trust.png", "Dice over the Dice foretold, with its interval"),)


def _values(rows: Sequence[CohortRow], metric: str) -> list[float]:
    return [row.values[metric] for row in rows if metric in row.values]


def _tests(result: CohortResult, name: str, head: tuple[str, ...]) -> list[PairTest]:
    """Give the tests of a table whose first cells are ``head``."""
    table = result.tables.get(name)
    rows = [row for row in table.rows if row[: len(head)] == head] if table else []
    return [
        PairTest(*(math.nan if cell is None else cell for cell in row[len(head) :]))  # type: ignore[arg-type]
        for row in rows
    ]


def _numbered(result: CohortResult, method: str) -> str:
    """Name a method in a file's name; its number tells names apart that differ in signs alone."""
    return f"{result.methods.index(method) + 1}-{_safe(method)}"


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.") or "unnamed"
