"""Seconds a contour, by method and reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai.report.plots import COLOURS

if TYPE_CHECKING:
    from oncologyai.studies import TimesResult


__all__ = ["times_plot"]

_WIDE = 30.0  # largest over smallest: from here on the axis counts in powers of ten


def times_plot(result: TimesResult, path: Path) -> None:
    """Draw a box for each method and reader, with every contour as a point.

    Parameters
    ----------
    result : TimesResult
        Boxes from quartile to quartile, whiskers to 1.5 times their distance. The axis is logarithmic where times
        differ more than thirtyfold and none is 0.
    path : Path
        The PNG file.
    """
    parts: dict[tuple[str, str], list[float]] = {}
    for reader, _, method, seconds in result.times.rows:
        parts.setdefault((str(method), str(reader)), []).append(float(seconds or 0.0))
    methods = list(dict.fromkeys(method for method, _ in parts))
    order = sorted(parts, key=lambda key: methods.index(key[0]))
    figure = Figure(figsize=(max(5.0, 1.5 + 0.8 * len(order)), 4.6), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    generator = np.random.default_rng(0)
    for place, key in enumerate(order):
        shade = COLOURS[methods.index(key[0]) % len(COLOURS)]
        axes.boxplot(
            parts[key], positions=[place], widths=0.55, showfliers=False, medianprops={"color": shade, "linewidth": 2}
        )
        across = place + generator.uniform(-0.15, 0.15, len(parts[key]))
        axes.plot(across, parts[key], "o", color=shade, markersize=3.5, alpha=0.7)
    axes.set_xticks(range(len(order)), [f"{method}\n{reader}" if reader else method for method, reader in order])
    axes.set(ylabel="seconds a contour", xlim=(-0.6, len(order) - 0.4))
    everything = np.array([value for values in parts.values() for value in values])
    if everything.min() > 0 and everything.max() / everything.min() > _WIDE:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
    else:
        axes.set_ylim(bottom=0)
    figure.savefig(path, metadata={"Software": None})
