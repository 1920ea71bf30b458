"""How often each value of a dataset's parameter occurs, drawn as bars or as a histogram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from oncologyai.report.plots import COLOURS

__all__ = ["draw_distribution"]

_DPI = 110
_INK, _SOFT = "#1d2733", "#5d6b7a"
_MOST_BARS = 12
_LONGEST_LABEL = 28


def draw_distribution(values: Sequence[str | float | int | None], path: Path, *, label: str) -> None:
    """Draw how often each value occurs.

    Parameters
    ----------
    values : sequence of text, number or None
        Numbers of more than twelve different values become a histogram; else there is a bar a value: numbers
        ascending, texts the most frequent first, those beyond the twelfth together as ``other``. None is not drawn,
        but counted in the title.
    path : Path
        The PNG file; its folder is made.
    label : str
        What the values are.
    """
    known = [v for v in values if v is not None]
    figure = Figure(figsize=(4.4, 3.1), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, colors=_INK)
    numbers = [float(v) for v in known if not isinstance(v, str)]
    if len(numbers) == len(known) and len(set(numbers)) > _MOST_BARS:
        _histogram(axes, np.array(numbers))
    else:
        _bars(axes, _counted(known))
    missing = len(values) - len(known)
    said = f"{len(known)} series" + (f", {missing} without" if missing else "")
    axes.set_title(f"{label}: {said}", fontsize=9, color=_INK, loc="left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})


def _histogram(axes: Axes, numbers: np.ndarray) -> None:
    axes.hist(numbers, bins="auto", color=COLOURS[0], alpha=0.85)
    axes.axvline(float(np.median(numbers)), color=COLOURS[5], linewidth=1.2)
    axes.annotate(
        f"median {np.median(numbers):.4g}", (0.98, 0.94), xycoords="axes fraction", ha="right", fontsize=8,
        color=COLOURS[5],
    )  # fmt: skip
    axes.set_ylabel("series", fontsize=8, color=_SOFT)


def _counted(known: Sequence[str | float | int]) -> dict[str, int]:
    """Count values by what stands at their bar."""
    counted = Counter(known)
    if not any(isinstance(v, str) for v in counted):
        return {f"{v:g}": counted[v] for v in sorted(counted, key=float)}
    bars = {str(value): count for value, count in counted.most_common(_MOST_BARS)}
    rest = sum(counted.values()) - sum(bars.values())
    return bars | ({"other": rest} if rest else {})


def _bars(axes: Axes, counted: dict[str, int]) -> None:
    names = [n if len(n) <= _LONGEST_LABEL else n[: _LONGEST_LABEL - 1] + "…" for n in counted]
    places = np.arange(len(names))
    axes.barh(places, list(counted.values()), color=COLOURS[0], alpha=0.85, height=0.7)
    axes.set_yticks(places, [name.replace("$", r"\$") for name in names])
    axes.invert_yaxis()
    for place, count in enumerate(counted.values()):
        axes.text(count, place, f" {count}", va="center", fontsize=8, color=_SOFT)
    axes.set_xlabel("series", fontsize=8, color=_SOFT)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(0, 1.12 * max(counted.values(), default=1))
    if len(names) < 3:
        axes.set_ylim(2.4, -0.6)  # so that one bar is not as high as the picture
