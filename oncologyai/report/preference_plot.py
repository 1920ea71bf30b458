"""A preference study at a glance: scores by reader and group, seconds an item."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai.report.plots import COLOURS
from oncologyai.types import Table

if TYPE_CHECKING:
    from oncologyai.studies import PreferenceResult

__all__ = ["preference_plot"]

_FEWEST_FOR_VIOLIN = 5
_INCHES_PER_READER = 0.3


def preference_plot(result: PreferenceResult, path: Path) -> None:
    """Draw a preference study.

    Parameters
    ----------
    result : PreferenceResult
        Left: each reader's score with its interval, and each group's below; the broken line is 50 %. Right: the
        readers' scores by group, as violins from five readers on, and the seconds an item took, as box plots, where
        they are known.
    path : Path
        The PNG file.
    """
    readers = _columns(result.readers)
    groups = _columns(result.groups)
    names = list(dict.fromkeys(readers["group"]))
    colour = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(names)}
    rows = len(readers["reader"]) + len(groups["group"])
    figure = Figure(figsize=(11.5, max(5.0, 1.6 + _INCHES_PER_READER * rows)), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    halves = np.asarray(figure.subfigures(1, 2, width_ratios=(1.3, 1.0)))
    _forest(halves[0].subplots(), readers, groups, colour, result.method)
    seconds = _seconds(result.answers, names)
    upper, *lower = halves[1].subplots(2 if any(seconds.values()) else 1, 1, squeeze=False).ravel()
    scores = {name: [s for s, g in zip(readers["score"], readers["group"], strict=True) if g == name] for name in names}
    _violins(upper, scores, colour)
    upper.axhline(50, color="grey", linestyle="--", linewidth=1)
    upper.set(ylabel="a reader's score, %", ylim=(-3, 103))
    for axes in lower:
        _boxes(axes, seconds, colour)
    figure.savefig(path, metadata={"Software": None})


def _forest(axes: Axes, readers: dict[str, list], groups: dict[str, list], colour: dict[str, str], method: str) -> None:
    order = sorted(range(len(readers["reader"])), key=lambda n: (list(colour).index(readers["group"][n]), n))
    labels = []
    for place, n in enumerate(order):
        shade = colour[readers["group"][n]]
        axes.plot([readers["low"][n], readers["high"][n]], [place, place], color=shade, linewidth=1.4)
        axes.plot(readers["score"][n], place, "o", color=shade, markersize=5)
        labels.append(readers["reader"][n])
    for n, name in enumerate(groups["group"]):
        below = len(order) + 0.6 + n
        shade = colour.get(name, "black")
        axes.plot([groups["low"][n], groups["high"][n]], [below, below], color=shade, linewidth=2.4)
        axes.plot(groups["score"][n], below, "D", color=shade, markersize=7)
        labels.append(f"{name} ({groups['score'][n]:.0f} %)")
    places = [*range(len(order)), *(len(order) + 0.6 + n for n in range(len(groups["group"])))]
    axes.set_yticks(places, [textwrap.fill(label, 34) for label in labels])
    axes.set_ylim(places[-1] + 0.7, -0.7)
    axes.axvline(50, color="grey", linestyle="--", linewidth=1)
    axes.axhline(len(order) - 0.2, color="lightgrey", linewidth=0.8)
    axes.set(xlim=(-2, 102), xlabel=f"{method} preferred, % of cases")


def _violins(axes: Axes, scores: dict[str, list[float]], colour: dict[str, str]) -> None:
    for place, (name, values) in enumerate(scores.items()):
        if len(values) >= _FEWEST_FOR_VIOLIN and len(set(values)) > 1:
            parts = axes.violinplot(values, positions=[place], widths=0.7, showmedians=True)
            for body in np.asarray(parts["bodies"]):
                body.set(facecolor=colour[name], alpha=0.3)
            for bar in ("cmedians", "cbars", "cmins", "cmaxes"):
                parts[bar].set(color=colour[name], linewidth=1)
        axes.plot(_spread(place, values), values, "o", color=colour[name], markersize=4, alpha=0.8)
    axes.set_xticks(range(len(scores)), [_wrapped(name) for name in scores])
    axes.set_xlim(-0.6, len(scores) - 0.4)


def _boxes(axes: Axes, seconds: dict[str, list[float]], colour: dict[str, str]) -> None:
    for place, (name, values) in enumerate(seconds.items()):
        if values:
            axes.boxplot(
                values, positions=[place], widths=0.5, medianprops={"color": colour[name], "linewidth": 2},
                flierprops={"markersize": 3},
            )  # fmt: skip
    axes.set_xticks(range(len(seconds)), [_wrapped(name) for name in seconds])
    axes.set_xlim(-0.6, len(seconds) - 0.4)
    axes.set(ylabel="seconds an item")
    axes.set_ylim(bottom=0)


def _seconds(answers: Table, names: Sequence[str]) -> dict[str, list[float]]:
    found = _columns(answers)
    rows = list(zip(found["group"], found["repeat"], found["seconds"], strict=True))
    return {name: [s for g, repeat, s in rows if g == name and not repeat and s is not None] for name in names}


def _columns(table: Table) -> dict[str, list]:
    return {name: [row[n] for row in table.rows] for n, name in enumerate(table.columns)}


def _spread(place: int, values: Sequence[float]) -> np.ndarray:
    """Put equal values beside each other, so that each is seen."""
    seen: dict[float, int] = {}
    offsets = []
    for value in values:
        number = seen[value] = seen.get(value, 0) + 1
        offsets.append((number // 2) * (0.06 if number % 2 else -0.06))
    return place + np.array(offsets)


def _wrapped(name: str) -> str:
    return textwrap.fill(name, 13, break_long_words=False)
