"""The picture of a nomogram: a line of points, a line a feature, their sum and the chance it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai.outcome import Nomogram
from oncologyai.report.plots import COLOURS

__all__ = ["draw_nomogram"]

_DPI = 110
_INK, _SOFT = "#1d2733", "#5d6b7a"
_TICKS = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2500, 5000, 10000)
_MOST_TICKS = 8
_CLOSEST = 2.5  # points between two labels of a line


def draw_nomogram(made: Nomogram, path: Path, *, unit: str = "days") -> None:
    """Draw it; the width of the points' line is that of the strongest feature.

    Parameters
    ----------
    made : Nomogram
    path : Path
        PNG.
    unit : str
        Of the horizon, as ``nomogram`` was given it.
    """
    rows = len(made.scales) + 3
    figure = Figure(figsize=(8.6, 0.62 * rows + 0.6), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    ends = np.linspace(0.0, 100.0, 11)
    _line(axes, 0, "points", ends, [f"{at:g}" for at in ends], _SOFT)
    for n, scale in enumerate(made.scales, start=1):
        low, high = float(scale.values.min()), float(scale.values.max())
        values = _round_values(low, high)
        _line(
            axes, n, scale.name, [scale.at(value) for value in values], [f"{value:g}" for value in values], COLOURS[0]
        )
    squeeze = 100.0 / max(made.most, 1e-9)  # the sum's line is as long as the points' one
    totals = _round_values(0.0, made.most)
    _line(axes, rows - 2, "sum of points", [at * squeeze for at in totals], [f"{at:g}" for at in totals], _SOFT)
    chances, points = made.chance_ticks()
    name = f"free of the event\nat {made.horizon:g} {unit}"
    _line(axes, rows - 1, name, points * squeeze, [f"{chance:g}" for chance in chances], COLOURS[5])
    axes.set(xlim=(-2, 102), ylim=(rows - 0.4, -0.6), xticks=[])
    axes.set_yticks(range(rows), ["points", *(s.name for s in made.scales), "sum of points", name], fontsize=9)
    axes.tick_params(length=0, colors=_INK)
    axes.spines[:].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None}, bbox_inches="tight")


def _line(
    axes: Axes, row: int, name: str, places: Sequence[float] | np.ndarray, labels: Sequence[str], colour: str
) -> None:
    at = np.asarray(places, dtype=np.float64)
    if not len(at):
        axes.text(50.0, row, "no round chance within reach", ha="center", va="center", fontsize=8, color=_SOFT)
        return
    axes.plot([at.min(), at.max()], [row, row], color=colour, linewidth=1.6, gid=name)
    axes.plot(at, np.full(len(at), row), "|", color=colour, markersize=8)
    written = -np.inf
    for place, label in sorted(zip(at.tolist(), labels, strict=True)):
        if place - written >= _CLOSEST:
            axes.text(place, row + 0.18, label, ha="center", va="top", fontsize=7.5, color=_INK)
            written = place


def _round_values(low: float, high: float) -> np.ndarray:
    """Give round numbers within a range, both ends at least nearly reached, not more than eight."""
    width = high - low
    scale = 10.0 ** np.floor(np.log10(width))
    steps = [step * factor for factor in (scale / 100, scale) for step in _TICKS]
    step = min(one for one in steps if width / one <= _MOST_TICKS)
    first = np.ceil(low / step - 1e-9) * step
    found = np.round(np.arange(first, high + step * 1e-6, step), 10) + 0.0  # no -0
    return found if len(found) > 1 else np.array([low, high])
