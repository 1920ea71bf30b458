"""A diagnostic study at a glance: areas by reader and model, times, ROC curves (figure 7 of ch. 7)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from oncologyai.metrics import auc_interval, roc_points
from oncologyai.report.plots import COLOURS, tidy_axes

if TYPE_CHECKING:
    from oncologyai.studies import DiagnosisResult

__all__ = ["areas_plot", "curves_plot", "seconds_plot"]

_DPI = 110
_MODEL = "#1d2733"


def areas_plot(result: DiagnosisResult, path: Path) -> None:
    """Draw a violin of the areas of cases drawn again for each reader and model, the readers' own areas together first.

    Parameters
    ----------
    result : DiagnosisResult
        A point is the area of the cases as they are, the bar in a violin the middle half of the draws. Those whose
        area is not defined are left out.
    path : Path
        The PNG file.
    """
    shown = [judge for judge in result.judges if np.isfinite(judge.draws.auc).any()]
    shades = _shades(result)
    figure, axes = _figure(1.2 + 0.9 * max(len(shown) + 1, 3), 4.4)
    readers = [judge for judge in shown if not judge.is_model]
    areas = [auc_interval(judge.truth, judge.scores).value for judge in readers]
    labels = []
    if len(readers) > 1:
        labels.append(f"readers\nn = {len(readers)}")
        if len(set(areas)) > 1:
            _violin(axes, np.array(areas), 0, "#5d6b7a")
        axes.plot(np.linspace(-0.12, 0.12, len(areas)), areas, "o", color="#5d6b7a", markersize=4)
    for judge in shown:
        place = len(labels)
        drawn = judge.draws.auc[np.isfinite(judge.draws.auc)]
        if np.ptp(drawn) > 0:
            _violin(axes, drawn, place, shades[judge.name])
        axes.plot(place, auc_interval(judge.truth, judge.scores).value, "o", color=shades[judge.name], markersize=5)
        labels.append(judge.name.replace(" ", "\n"))
    axes.set_xticks(range(len(labels)), [label.replace("$", r"\$") for label in labels])
    axes.set(xlim=(-0.6, max(len(labels), 1) - 0.4), ylabel="area under the ROC curve")
    axes.set_ylim(top=1.01)
    figure.savefig(path, metadata={"Software": None})


def seconds_plot(result: DiagnosisResult, path: Path) -> bool:
    """Draw a box of the seconds a case for each reader and model, on a logarithmic axis; every case is a point.

    Returns
    -------
    bool
        False where no time above 0 is known; nothing is drawn then.
    """
    known = {judge.name: judge.seconds[np.isfinite(judge.seconds) & (judge.seconds > 0)] for judge in result.judges}
    known = {name: values for name, values in known.items() if values.size}
    if not known:
        return False
    shades = _shades(result)
    figure, axes = _figure(1.2 + 0.9 * max(len(known), 3), 4.4)
    generator = np.random.default_rng(0)
    for place, (name, values) in enumerate(known.items()):
        axes.boxplot(
            values, positions=[place], widths=0.55, showfliers=False,
            medianprops={"color": shades[name], "linewidth": 2},
        )  # fmt: skip
        across = place + generator.uniform(-0.15, 0.15, values.size)
        axes.plot(across, values, "o", color=shades[name], markersize=2.5, alpha=0.5)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    labels = [
        f"{name}\n{values.sum() / 60:.3g} min".replace(" ", "\n", name.count(" ")).replace("$", r"\$")
        for name, values in known.items()
    ]
    axes.set_xticks(range(len(known)), labels)
    axes.set(xlim=(-0.6, len(known) - 0.4), ylabel="seconds a case")
    figure.savefig(path, metadata={"Software": None})
    return True


def curves_plot(result: DiagnosisResult, path: Path) -> None:
    """Draw the ROC curve of each reader (thin) and model (thick), and a point where the disease was called."""
    shades = _shades(result)
    figure, axes = _figure(5.2, 5.0)
    axes.plot([0, 1], [0, 1], color="#5d6b7a", linewidth=0.8, linestyle=":")
    for judge in result.judges:
        curve = roc_points(judge.truth, judge.scores)
        if curve.false_rate.size:
            width = 2.4 if judge.is_model else 1.1
            area = auc_interval(judge.truth, judge.scores).value
            label = f"{judge.name}, {area:.2f}".replace("$", r"\$")
            axes.plot(curve.false_rate, curve.true_rate, color=shades[judge.name], linewidth=width, label=label)
            called = judge.called
            axes.plot(
                called[~judge.truth].mean(), called[judge.truth].mean(), "s" if judge.is_model else "o",
                color=shades[judge.name], markersize=6, markeredgecolor="white",
            )  # fmt: skip
    axes.set(xlabel="1 – specificity", ylabel="sensitivity", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right", fontsize=8, frameon=False)
    figure.savefig(path, metadata={"Software": None})


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    tidy_axes(axes)
    return figure, axes


def _shades(result: DiagnosisResult) -> dict[str, str]:
    """Give readers the palette's colours in turn, models dark ones."""
    readers = [judge.name for judge in result.judges if not judge.is_model]
    models = [judge.name for judge in result.judges if judge.is_model]
    shades = {name: COLOURS[number % (len(COLOURS) - 1)] for number, name in enumerate(readers)}
    return shades | {name: (_MODEL, COLOURS[-1])[number % 2] for number, name in enumerate(models)}


def _violin(axes: Axes, values: np.ndarray, place: int, shade: str) -> None:
    parts = axes.violinplot(values, positions=[place], widths=0.75, showextrema=False)
    for body in np.asarray(parts["bodies"]):
        body.set(facecolor=shade, alpha=0.3)
    low, high = np.quantile(values, [0.25, 0.75])
    axes.plot([place, place], [low, high], color=shade, linewidth=3, solid_capstyle="butt", alpha=0.8)
