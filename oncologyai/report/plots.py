"""Figures of an evaluation: boxes with every case, Bland and Altman's plot, ROC, survival, foretold against true."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai.metrics import BlandAltman, PairTest
from oncologyai.outcome import SurvivalCurve

__all__ = [
    "COLOURS",
    "draw_bland_altman",
    "draw_boxes",
    "draw_predictions",
    "draw_roc",
    "draw_survival",
    "numbers_at_risk",
    "one_axes",
    "save_figure",
    "survival_steps",
    "tidy_axes",
]

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7f7f7f")
"""Okabe and Ito's palette: distinct for colour-blind readers too."""

_DPI = 110
_INK, _SOFT = "#1d2733", "#5d6b7a"
_BINS = 40  # of the axis: points of one bin stand side by side
_MOST_BRACKETS = 6


def draw_boxes(
    groups: Mapping[str, Sequence[float]],
    path: Path,
    *,
    label: str,
    tests: Sequence[PairTest] = (),
    colours: Mapping[str, str] | None = None,
    log: bool = False,
) -> None:
    """Draw a box a group with every value as a point (ch. 6, figures 2, 5 and 6), and brackets with stars.

    Boxes reach from the first to the third quartile with the median in them, whiskers to the last value within 1.5
    times that range. Infinite values are not drawn; the group's name tells how many. Brackets are drawn for all
    ``tests``, for the significant ones alone where there are more than six. ``colours`` are by group; ``log`` needs
    values above 0.
    """
    figure, axes = one_axes(max(4.2, 1.1 * len(groups) + 1.6), 4.2)
    names = []
    for place, (name, values) in enumerate(groups.items()):
        numbers = np.asarray(values, dtype=np.float64)
        finite = numbers[np.isfinite(numbers)]
        infinite = int(np.isinf(numbers).sum())
        names.append(f"{_wrap(name)}\nn = {len(finite)}" + (f"\n{infinite} infinite" if infinite else ""))
        if len(finite):
            _box(axes, finite, place, (colours or {}).get(name, COLOURS[0]))
    axes.set_xticks(range(len(groups)), names)
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.set_ylabel(label)
    if log:
        axes.set_yscale("log")
    for place, values in enumerate(groups.values()):
        numbers = np.asarray(values, dtype=np.float64)
        if np.isfinite(numbers).any():
            _points(axes, numbers[np.isfinite(numbers)], place, log)
    _brackets(axes, list(groups), tests)
    save_figure(figure, path)


def draw_bland_altman(
    found: BlandAltman, path: Path, *, label: str, names: tuple[str, str] = ("manual", "automatic")
) -> None:
    """Draw differences (the second less the first) over means, bias and limits with their intervals shaded."""
    figure, axes = one_axes(5.2, 4.2)
    axes.scatter(found.means, found.differences, s=16, color=COLOURS[0], alpha=0.75, linewidths=0)
    axes.axhline(0.0, color=_SOFT, linewidth=0.8, linestyle=":")
    for name, interval, colour in (
        ("bias", found.bias, COLOURS[2]), ("limit", found.upper, COLOURS[5]), ("limit", found.lower, COLOURS[5]),
    ):  # fmt: skip
        if math.isnan(interval.value):
            continue
        axes.axhline(interval.value, color=colour, linewidth=1.4, linestyle="-" if name == "bias" else "--")
        if not math.isnan(interval.low):
            axes.axhspan(interval.low, interval.high, color=colour, alpha=0.12, linewidth=0)
        axes.annotate(
            f"{name} {interval.value:.3g}", (1.0, interval.value), xycoords=("axes fraction", "data"),
            xytext=(-4, 3), textcoords="offset points", ha="right", fontsize=8, color=colour,
        )  # fmt: skip
    axes.set_xlabel(f"{label}: mean of {names[0]} and {names[1]}")
    axes.set_ylabel(f"{label}: {names[1]} – {names[0]}")
    save_figure(figure, path)


def draw_roc(curves: Mapping[str, tuple[np.ndarray, np.ndarray]], path: Path) -> None:
    """Draw ROC curves: (false positive rate, true positive rate) by name."""
    figure, axes = one_axes(4.6, 4.4)
    axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=0.8, linestyle=":")
    for number, (name, (false_rate, true_rate)) in enumerate(curves.items()):
        axes.plot(false_rate, true_rate, color=COLOURS[number % len(COLOURS)], linewidth=1.8, label=name)
    axes.set(xlabel="1 – specificity", ylabel="sensitivity", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.legend(loc="lower right", fontsize=8, frameon=False)
    save_figure(figure, path)


def draw_survival(
    panels: Sequence[tuple[str, Mapping[str, SurvivalCurve], float]], ticks: Sequence[float], path: Path
) -> None:
    """Draw survival curves with intervals, marks of censored patients, numbers at risk below and the log-rank p.

    ``panels``: title, curve by group, p; side by side, as ch. 6's figure 4.
    """
    figure = Figure(figsize=(4.6 * len(panels), 4.4), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    for number, (title, curves, p) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), number)
        tidy_axes(axes)
        for colour, (name, curve) in zip(COLOURS, curves.items(), strict=False):
            survival_steps(axes, name, curve, colour)
        axes.set(ylim=(-0.02, 1.05), xlim=(-0.02 * ticks[-1], 1.02 * ticks[-1]), xticks=list(ticks))
        axes.set_xticklabels([f"{tick:.0f}" for tick in ticks])
        axes.set_title(title, fontsize=10)
        axes.set_ylabel("survival")
        axes.set_xlabel("days")
        numbers_at_risk(axes, curves, ticks)
        said = "log-rank p not defined" if math.isnan(p) else f"log-rank p = {p:.3g}"
        axes.text(0.03, 0.05, said, transform=axes.transAxes, fontsize=9)
        axes.legend(loc="upper right", fontsize=8, frameon=False)
    save_figure(figure, path)


def draw_predictions(points: Mapping[str, Sequence[tuple[float, float, float, float]]], path: Path) -> None:
    """Draw the true Dice over the foretold one with its interval: (foretold, true, low, high) by method."""
    figure, axes = one_axes(4.6, 4.4)
    axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=0.8, linestyle=":")
    for number, (name, listed) in enumerate(points.items()):
        x, y, low, high = np.array(listed, dtype=np.float64).reshape(-1, 4).T
        colour = COLOURS[number % len(COLOURS)]
        known = ~np.isnan(low) & ~np.isnan(high)
        axes.hlines(y[known], low[known], high[known], color=colour, alpha=0.25, linewidth=1)
        axes.scatter(x, y, s=18, color=colour, alpha=0.8, linewidths=0, label=name)
    axes.set(xlabel="Dice foretold", ylabel="Dice", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    axes.legend(loc="upper left", fontsize=8, frameon=False)
    save_figure(figure, path)


def survival_steps(axes: Axes, name: str, curve: SurvivalCurve, colour: str) -> None:
    """Draw a group's curve with its interval, and marks where a patient was censored."""
    axes.step(curve.times, curve.survival, where="post", color=colour, linewidth=1.8, label=f"{name} (n = {curve.n})")
    axes.fill_between(curve.times, curve.low, curve.high, step="post", color=colour, alpha=0.15, linewidth=0)
    if len(curve.censored):
        at = np.searchsorted(curve.times, curve.censored, side="right") - 1
        axes.plot(curve.censored, curve.survival[at], "|", color=colour, markersize=7)


def numbers_at_risk(axes: Axes, curves: Mapping[str, SurvivalCurve], ticks: Sequence[float]) -> None:
    """Write, below the axis, how many of each group are followed at each tick."""
    across = axes.get_xaxis_transform()
    for row, (colour, (name, curve)) in enumerate(zip(COLOURS, curves.items(), strict=False)):
        height = -0.22 - 0.065 * row
        axes.text(-0.03, height, f"{name}, at risk", transform=axes.transAxes, ha="right", fontsize=8, color=colour)
        for tick in ticks:
            axes.text(tick, height, str(curve.at_risk(tick)), transform=across, ha="center", fontsize=8)


def _box(axes: Axes, values: np.ndarray, place: int, colour: str) -> None:
    axes.boxplot(
        values, positions=[place], widths=0.55, showfliers=False, patch_artist=True,
        boxprops={"facecolor": colour, "alpha": 0.35, "edgecolor": colour},
        medianprops={"color": _INK, "linewidth": 1.6}, whiskerprops={"color": colour}, capprops={"color": colour},
    )  # fmt: skip


def _points(axes: Axes, values: np.ndarray, place: int, log: bool) -> None:
    """Draw every value; those of nearly one height stand side by side."""
    height = np.log10(values) if log else values
    low, high = axes.get_ylim()
    span = (math.log10(high / low) if log else high - low) or 1.0
    order = np.argsort(height, kind="stable")
    bins = np.floor(height / span * _BINS).astype(np.int64)
    offsets = np.zeros(len(values))
    for number in np.unique(bins):
        row = order[bins[order] == number]
        steps = np.arange(len(row)) - (len(row) - 1) / 2
        offsets[row] = steps * min(0.06, 0.5 / max(len(row), 1))
    axes.scatter(place + offsets, values, s=9, color=_INK, alpha=0.65, linewidths=0, zorder=3)


def _brackets(axes: Axes, names: Sequence[str], tests: Sequence[PairTest]) -> None:
    shown = [test for test in tests if test.stars]
    if len(shown) > _MOST_BRACKETS:
        shown = [test for test in shown if test.stars != "ns"][:_MOST_BRACKETS]
    for number, test in enumerate(shown):
        left, right = sorted((names.index(test.first), names.index(test.second)))
        height = 1.03 + 0.075 * number
        across = axes.get_xaxis_transform()
        axes.plot(
            [left, left, right, right], [height - 0.02, height, height, height - 0.02],
            color=_SOFT, linewidth=0.9, transform=across, clip_on=False,
        )  # fmt: skip
        axes.text((left + right) / 2, height, test.stars, ha="center", va="bottom", fontsize=8, transform=across)


def one_axes(width: float, height: float) -> tuple[Figure, Axes]:
    """Give an empty figure of a size in inches with one plot."""
    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    tidy_axes(axes)
    return figure, axes


def tidy_axes(axes: Axes) -> None:
    """Give a plot the pages' look: two borders, thin lines across."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8.5, colors=_INK)
    axes.grid(axis="y", color="#dde3ea", linewidth=0.7)
    axes.set_axisbelow(True)


def _wrap(name: str) -> str:
    """Break a long name at its blanks."""
    lines: list[str] = [""]
    for word in name.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) > 14:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a PNG; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None}, bbox_inches="tight")
