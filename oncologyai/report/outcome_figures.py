"""Pictures of a study of outcome: scores, groups of risk, calibration, decisions, ROC, what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai.metrics import Interval
from oncologyai.outcome import CalibrationGroup, DecisionCurve, RiskGroup, RiskStrata
from oncologyai.pipelines import LearnedFeature
from oncologyai.report.plots import COLOURS, numbers_at_risk, one_axes, save_figure, survival_steps, tidy_axes

__all__ = [
    "STABILITY_COLOURS",
    "draw_calibration",
    "draw_decisions",
    "draw_learned",
    "draw_risk_strata",
    "draw_scores",
]

STABILITY_COLOURS = {"stable": "#009e73", "harmonisable": "#e69f00", "rejected": "#d55e00"}
_DPI = 110
_SOFT = "#5d6b7a"
_MOST_FEATURES = 25
_TICKS = 6


def draw_scores(scores: Mapping[str, Interval], path: Path, *, label: str, marked: Sequence[str] = ()) -> None:
    """Draw each model's score with its interval, chance as a dotted line; ``marked`` ones, which leak, hollow."""
    figure, axes = one_axes(6.4, 1.0 + 0.36 * len(scores))
    for place, (name, found) in enumerate(scores.items()):
        colour = COLOURS[5] if name in marked else COLOURS[0]
        axes.plot([found.low, found.high], [place, place], color=colour, linewidth=1.6)
        axes.plot(found.value, place, "o", color=colour, markersize=6, mfc="white" if name in marked else colour)
        axes.annotate(f"{found.value:.2f}", (found.value, place), xytext=(0, 5), textcoords="offset points",
                      ha="center", fontsize=7.5, color=colour)  # fmt: skip
    axes.axvline(0.5, color=_SOFT, linewidth=0.9, linestyle=":")
    axes.set_yticks(range(len(scores)), list(scores))
    axes.set_ylim(len(scores) - 0.4, -0.7)
    axes.grid(axis="x", color="#dde3ea", linewidth=0.7)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"{label} with its interval; dotted: chance")
    save_figure(figure, path)


def draw_risk_strata(strata: Sequence[RiskStrata], path: Path) -> None:
    """Draw low and high risk by each cut, side by side: Kaplan and Meier's curve with interval and numbers at risk.

    Where other events compete it is Aalen and Johansen's incidence. Dashed is what the model foretold: the mean of the
    group's predicted curves.
    """
    figure = Figure(figsize=(5.0 * len(strata), 4.5), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    for number, one in enumerate(strata, start=1):
        axes = figure.add_subplot(1, len(strata), number)
        tidy_axes(axes)
        groups = {"low risk": one.low, "high risk": one.high}
        curves = {name: group.observed for name, group in groups.items() if group.n}
        competes = any(group.competing for group in groups.values())
        for colour, (name, curve) in zip(COLOURS, curves.items(), strict=False):
            predicted = np.concatenate([[0.0], groups[name].predicted])
            if competes:
                _incidence_steps(axes, f"{name} (n = {curve.n})", groups[name], colour)
            else:
                survival_steps(axes, name, curve, colour)
                predicted = 1.0 - predicted
            axes.plot(np.concatenate([[0.0], one.times]), predicted, "--", color=colour, linewidth=1.2)
        last = max((float(curve.observed.max()) for curve in curves.values()), default=1.0)
        ticks = _ticks(last)
        axes.set(ylim=(-0.02, 1.05), xlim=(-0.02 * last, 1.03 * last), xticks=ticks)
        axes.set_xticklabels([f"{tick:.0f}" for tick in ticks])
        axes.set_title(f"cut: {one.rule} of training", fontsize=10)
        axes.set(ylabel="incidence of the event" if competes else "free of the event", xlabel="days")
        numbers_at_risk(axes, curves, ticks)
        height = 0.68 if competes else 0.05
        axes.text(
            0.03,
            height,
            ("of the event alone\n" if competes else "") + _parted(one),
            transform=axes.transAxes,
            fontsize=8.5,
        )
        axes.legend(loc="best", fontsize=8, frameon=False)
    save_figure(figure, path)


def draw_calibration(panels: Mapping[str, Sequence[CalibrationGroup]], path: Path) -> None:
    """Draw observed over predicted chances in groups of like prediction, a panel a horizon (or one of classes)."""
    figure = Figure(figsize=(4.0 * len(panels), 4.0), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    for number, (title, groups) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(1, len(panels), number)
        tidy_axes(axes)
        axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=0.8, linestyle=":")
        x, y = [g.predicted for g in groups], [g.observed for g in groups]
        for group in groups:
            if np.isfinite(group.low) and np.isfinite(group.high):
                axes.plot([group.predicted] * 2, [group.low, group.high], color=COLOURS[0], alpha=0.5, linewidth=1.4)
        axes.plot(x, y, "o-", color=COLOURS[0], markersize=5, linewidth=1.2)
        top = max([0.05, *x, *y, *(g.high for g in groups if np.isfinite(g.high))])
        limit = min(1.02, 1.08 * top)
        axes.set(xlim=(-0.02 * limit, limit), ylim=(-0.02 * limit, limit), aspect="equal")
        axes.set(xlabel="predicted chance", ylabel="observed")
        axes.set_title(title, fontsize=10)
    save_figure(figure, path)


def draw_decisions(panels: Mapping[str, Mapping[str, DecisionCurve]], path: Path) -> None:
    """Draw net benefit over the threshold: models by name, treating all, treating none; a panel a horizon."""
    figure = Figure(figsize=(4.6 * len(panels), 3.9), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    for number, (title, curves) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(1, len(panels), number)
        tidy_axes(axes)
        first = next(iter(curves.values()))
        axes.plot(first.thresholds, first.all, color=_SOFT, linewidth=1.0, linestyle="--", label="treat all")
        axes.axhline(0.0, color=_SOFT, linewidth=1.0, linestyle=":", label="treat none")
        for place, (name, curve) in enumerate(curves.items()):
            axes.plot(curve.thresholds, curve.model, color=COLOURS[place % len(COLOURS)], linewidth=1.7, label=name)
        top = max(float(np.nanmax(first.all)), *(float(np.nanmax(curve.model)) for curve in curves.values()), 0.01)
        used = [t for curve in curves.values() for t, gain in zip(curve.thresholds, curve.model, strict=True) if gain]
        axes.set(xlim=(0, min(1.0, max(used, default=0.9) + 0.08)))
        axes.set(ylim=(-0.35 * top, 1.12 * top), xlabel="threshold of the chance", ylabel="net benefit")
        axes.set_title(title, fontsize=10)
        axes.legend(fontsize=7.5, frameon=False)
    save_figure(figure, path)


def draw_learned(learned: Sequence[LearnedFeature], stability: Mapping[str, str], path: Path) -> None:
    """Draw in how many splits features were chosen (of several), and their weights with their span over the splits."""
    shown = learned[:_MOST_FEATURES]
    has_weights = any(np.isfinite(one.weight) for one in shown)
    has_shares = shown[0].splits > 1 or not has_weights
    figure = Figure(figsize=(9.0 if has_weights and has_shares else 5.4, 1.1 + 0.24 * len(shown)), dpi=_DPI,
                    layout="constrained")  # fmt: skip
    FigureCanvasAgg(figure)
    names = [_short(one.feature) for one in shown]
    colours = [STABILITY_COLOURS.get(stability.get(one.feature, ""), COLOURS[0]) for one in shown]
    if has_shares:
        axes = figure.add_subplot(1, 1 + has_weights, 1)
        axes.barh(range(len(shown)), [one.chosen / one.splits for one in shown], color=colours, alpha=0.8)
        axes.set(xlim=(0, 1.02), xlabel=f"chosen in this share of {shown[0].splits} splits")
        _down(axes, names)
    if has_weights:
        axes = figure.add_subplot(1, 1 + has_shares, 1 + has_shares)
        for place, one in enumerate(shown):
            axes.plot([one.low, one.high], [place, place], color=colours[place], linewidth=1.4)
            axes.plot(one.weight, place, "o", color=colours[place], markersize=4.5)
        axes.axvline(0.0, color=_SOFT, linewidth=0.9, linestyle=":")
        axes.set_xlabel("coefficient or importance" + (": median, least to greatest" if has_shares else ""))
        _down(axes, [""] * len(names) if has_shares else names)
    save_figure(figure, path)


def _incidence_steps(axes: Axes, name: str, group: RiskGroup, colour: str) -> None:
    """Draw a group's incidence with its interval; without another event it is one less Kaplan and Meier's curve."""
    curve, found = group.observed, group.incidence
    last = float(curve.observed.max())
    if found is None:
        times, values, low, high = curve.times, 1.0 - curve.survival, 1.0 - curve.high, 1.0 - curve.low
    else:
        times = np.concatenate([[0.0], found.times, [last]])
        values, low, high = (np.concatenate([[0.0], v, v[-1:]]) for v in (found.values, found.low, found.high))
    axes.step(times, values, where="post", color=colour, linewidth=1.8, label=name)
    axes.fill_between(times, low, high, step="post", color=colour, alpha=0.15, linewidth=0)


def _down(axes: Axes, names: Sequence[str]) -> None:
    """Name rows from the top down."""
    tidy_axes(axes)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelsize=7.5)
    axes.grid(axis="x", color="#dde3ea", linewidth=0.7)
    axes.grid(axis="y", visible=False)
    axes.set_ylim(len(names) - 0.4, -0.6)


def _parted(one: RiskStrata) -> str:
    p = one.log_rank.p
    said = "log-rank p not defined" if np.isnan(p) else f"log-rank p = {p:.2g}"
    if np.isfinite(one.hazard_ratio):
        said += f"\nhazard ratio {one.hazard_ratio:.2f} ({one.ratio_low:.2f} to {one.ratio_high:.2f})"
    return said


def _ticks(last: float) -> list[float]:
    """Give round days from 0 to the last."""
    step = last / (_TICKS - 1)
    size = 10 ** np.floor(np.log10(max(step, 1.0)))
    step = float(next(size * k for k in (1, 2, 2.5, 5, 10) if size * k >= step))
    return [float(tick) for tick in np.arange(0.0, last * (1 + 1e-9), step)]


def _short(name: str) -> str:
    return name if len(name) <= 44 else f"{name[:20]}…{name[-22:]}"
