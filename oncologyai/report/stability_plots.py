"""Figures of stability: coefficients by family and by image, and what ComBat did to concordance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai.report.plots import COLOURS
from oncologyai.types import Table

__all__ = ["CLASS_COLOURS", "draw_concordances", "draw_stability_map", "draw_stability_strips"]

CLASS_COLOURS: dict[str, str] = {"stable": COLOURS[2], "harmonisable": COLOURS[0], "rejected": COLOURS[5]}
"""Of Okabe and Ito's palette."""

_DPI = 110
_INK, _SOFT = "#1d2733", "#5d6b7a"
_FLOOR = -0.05  # coefficients below 0 are drawn at the axis' end


def draw_stability_map(classes: Table, path: Path, *, measure: str, limit: float) -> None:
    """Draw a field an image and family, coloured by the median coefficient, with stable and all features in it.

    ``classes`` is what ``summarise_stability`` gives.
    """
    rows = [dict(zip(classes.columns, row, strict=True)) for row in classes.rows]
    images, families = (list(dict.fromkeys(str(row[name]) for row in rows)) for name in ("image", "family"))
    field = np.full((len(images), len(families)), np.nan)
    height = 1.3 + 0.36 * len(images)
    width = max(2.2 + 1.15 * len(families), 2.1 * height)  # so wide that a page gives it its whole width
    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for row in rows:
        place = images.index(str(row["image"])), families.index(str(row["family"]))
        field[place] = np.nan if row["median"] is None else float(str(row["median"]))
        shade = "white" if field[place] < 0.55 else _INK
        said = f"{row.get('stable', 0)} of {row['features']}"
        axes.text(place[1], place[0], said, ha="center", va="center", fontsize=7.5, color=shade)
    shown = axes.imshow(field, vmin=0, vmax=1, cmap="cividis", aspect="auto")
    axes.set_xticks(range(len(families)), families, fontsize=8.5)
    axes.set_yticks(range(len(images)), images, fontsize=8.5)
    axes.tick_params(length=0, colors=_INK)
    axes.spines[:].set_visible(False)
    figure.colorbar(shown, label=f"median {measure}")
    axes.set_title(f"stable ({measure} ≥ {limit:g}) of all features", fontsize=9, color=_SOFT)
    _save(figure, path)


def draw_stability_strips(
    groups: Mapping[str, Sequence[tuple[float, str]]], path: Path, *, measure: str, limit: float
) -> None:
    """Draw every feature's coefficient as a point, groups side by side, coloured by class, with the limit.

    ``groups``: coefficient and class of each feature, by group; NaN are not drawn, values below 0 at the axis' end.
    """
    figure = Figure(figsize=(max(4.6, 1.1 + 0.75 * len(groups)), 3.8), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    generator = np.random.default_rng(0)
    for place, listed in enumerate(groups.values()):
        values = np.array([value for value, _ in listed], dtype=np.float64)
        offsets = generator.uniform(-0.28, 0.28, len(values))
        colours = [CLASS_COLOURS[name] for _, name in listed]
        axes.scatter(place + offsets, np.maximum(values, _FLOOR), s=9, c=colours, alpha=0.7, linewidths=0)
        if np.isfinite(values).any():
            axes.hlines(np.nanmedian(values), place - 0.35, place + 0.35, color=_INK, linewidth=1.6)
    axes.axhline(limit, color=_SOFT, linewidth=0.9, linestyle="--")
    axes.set_xticks(
        range(len(groups)), groups, rotation=35 if len(groups) > 6 else 0, ha="right" if len(groups) > 6 else "center"
    )
    axes.set(ylabel=measure, ylim=(_FLOOR - 0.02, 1.02), xlim=(-0.6, len(groups) - 0.4))
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8.5, colors=_INK)
    _save(figure, path)


def draw_concordances(
    across: Sequence[float], other: Sequence[float], classes: Sequence[str], path: Path, *, label: str, limit: float
) -> None:
    """Draw a feature's worst concordance across combinations against another of its concordances."""
    figure = Figure(figsize=(4.6, 4.2), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    x, y, kinds = np.asarray(across, float), np.asarray(other, float), np.asarray(classes)
    for name, colour in CLASS_COLOURS.items():
        own = (kinds == name) & np.isfinite(x) & np.isfinite(y)
        if not own.any():
            continue
        axes.scatter(x[own], y[own], s=14, color=colour, alpha=0.7, linewidths=0, label=f"{name} ({own.sum()})")
    for draw in (axes.axvline, axes.axhline):
        draw(limit, color=_SOFT, linewidth=0.9, linestyle="--")
    axes.set_xlabel("least CCC of two combinations of parameters")
    axes.set_ylabel(label)
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8.5, colors=_INK)
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None}, bbox_inches="tight")
