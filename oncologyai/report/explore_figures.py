"""Pictures of an exploration, for those who read no page: classes, distributions, correlations, tests, ROC, volume."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from oncologyai.metrics import roc_points
from oncologyai.pipelines import ExploreResult
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.report.plots import COLOURS

__all__ = ["draw_explore_figures"]

_DPI = 110
_SOFT, _MARKED, _PLAIN = "#5d6b7a", "#e69f00", "#7b5ea7"
_DISTRIBUTIONS, _CURVES, _BARS = 8, 5, 40
_LEAST_P = 1e-300


def draw_explore_figures(result: ExploreResult, folder: Path, *, progress: Progress | None = None) -> tuple[Path, ...]:
    """Draw what ch. 8's figures 5 and 6 show, of the features of the least p; give the files that were made.

    Raises CancelledError between two pictures if ``progress`` says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    best, watch = result.strongest(_BARS), progress or Silent()
    pictures: dict[str, Callable[[Path], Path]] = {
        "classes": lambda path: _classes(result, path),
        "correlation": lambda path: _correlation(result, path),
    }
    if best:
        pictures |= {
            "distributions": lambda path: _distributions(result, best[:_DISTRIBUTIONS], path),
            "p_values": lambda path: _bars(result, best, path),
            "tests": lambda path: _volcano(result, path),
            "roc": lambda path: _roc(result, best[:_CURVES], path),
        }
    if result.curves:
        pictures |= {
            "volume": lambda path: _precision_recall(result, path),
            "with_volume": lambda path: _with_volume(result, path),
        }
    drawn = []
    for n, (name, draw) in enumerate(pictures.items()):
        check_cancelled(watch)
        watch.stage("figures", n / len(pictures))
        drawn.append(draw(folder / f"{name}.png"))
    return tuple(drawn)


def _classes(result: ExploreResult, path: Path) -> Path:
    figure, axes = _figure(max(4.0, 0.9 * len(result.classes) + 1.5), 3.6)
    rows = result.tables["classes"].rows
    counts = [int(str(row[1])) for row in rows]
    axes.bar(range(len(rows)), counts, color=_colours(result), alpha=0.8)
    for place, row in enumerate(rows):
        axes.annotate(f"{counts[place]}\n{row[3]:.2f}", (place, counts[place]), ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(len(rows)), [_wrapped(label, 14) for label in result.classes])
    axes.set(ylabel="rows", xlabel=result.config.outcome)
    axes.margins(y=0.18)
    return _save(figure, path)


def _distributions(result: ExploreResult, features: Sequence[int], path: Path) -> Path:
    across = min(4, len(features))
    figure = _blank(3.3 * across, 2.9 * -(-len(features) // across))
    for number, feature in enumerate(features, start=1):
        axes = figure.add_subplot(-(-len(features) // across), across, number)
        _tidy(axes)
        values, labels = result.table.values[:, feature], np.array(result.table.labels)
        finite = values[np.isfinite(values)]
        edges = np.histogram_bin_edges(finite, bins=min(30, max(1, int(np.sqrt(len(finite))))))
        for label, colour in zip(result.classes, _colours(result), strict=True):
            own = values[(labels == label) & np.isfinite(values)]
            share = np.full(len(own), 1 / max(1, len(own)))
            axes.hist(
                own, bins=edges.tolist(), weights=share, color=colour, alpha=0.5, label=f"{label} (n = {len(own)})"
            )
        axes.set_title(_wrapped(result.table.names[feature], 42), fontsize=7.5)
        axes.set_ylabel("share of the class", fontsize=7.5)
        if number == 1:
            axes.legend(fontsize=7, frameon=False)
    return _save(figure, path)


def _correlation(result: ExploreResult, path: Path) -> Path:
    figure, axes = _figure(6.4, 5.6)
    order = result.groups.order
    picture = axes.imshow(np.abs(result.correlation[np.ix_(order, order)]), vmin=0, vmax=1, interpolation="nearest")
    axes.grid(visible=False)
    figure.colorbar(picture, label="absolute Spearman correlation", shrink=0.8)
    if len(order) <= _BARS:
        names = [result.table.names[n] for n in order]
        axes.set_xticks(range(len(order)), names, rotation=90, fontsize=6)
        axes.set_yticks(range(len(order)), names, fontsize=6)
    axes.set_title(f"{len(order)} features, like ones side by side", fontsize=10)
    return _save(figure, path)


def _bars(result: ExploreResult, features: Sequence[int], path: Path) -> Path:
    figure, axes = _figure(8.0, 1.2 + 0.19 * len(features))
    p = np.maximum(result.values("p_corrected")[list(features)], _LEAST_P)
    colours = [_MARKED if value < result.config.alpha else _PLAIN for value in p]
    axes.barh(range(len(features)), -np.log10(p), color=colours)
    axes.axvline(-np.log10(result.config.alpha or _LEAST_P), color=_SOFT, linewidth=0.9, linestyle=":")
    axes.set_yticks(range(len(features)), [result.table.names[n] for n in features], fontsize=6.5)
    axes.invert_yaxis()
    axes.set_xlabel(f"–log10 of p corrected (dotted: {result.config.alpha:g}), the {len(features)} smallest")
    return _save(figure, path)


def _volcano(result: ExploreResult, path: Path) -> Path:
    figure, axes = _figure(5.4, 4.4)
    p, area = result.values("p"), _areas(result)
    known = ~np.isnan(p)
    marked = result.values("p_corrected")[known] < result.config.alpha
    height = -np.log10(np.maximum(p[known], _LEAST_P))
    axes.scatter(area[known], height, s=11, c=np.where(marked, _MARKED, "#7f7f7f"), alpha=0.75, linewidths=0)
    limit = -np.log10(max(result.config.alpha / max(1, int(known.sum())), _LEAST_P))
    axes.axhline(limit, color=_SOFT, linewidth=0.9, linestyle=":")
    said = f"area under the ROC curve of {result.positive}" if result.is_binary else "largest area of a class"
    axes.set(xlabel=said, ylabel=f"–log10 p (dotted: corrected p = {result.config.alpha:g})")
    return _save(figure, path)


def _roc(result: ExploreResult, features: Sequence[int], path: Path) -> Path:
    """Draw the strongest features of two classes; of more, each class by its own strongest feature."""
    labels = np.array(result.table.labels)
    figure, axes = _figure(5.0, 5.6)
    axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=0.8, linestyle=":")
    if result.is_binary:
        pairs = [(result.positive, feature) for feature in features]
    else:
        areas = {label: np.array([one.value for one in own]) for label, own in result.areas.items()}
        far = {label: np.abs(np.nan_to_num(own, nan=0.5) - 0.5) for label, own in areas.items()}
        pairs = [(label, int(np.argmax(own))) for label, own in far.items()]
    for number, (label, feature) in enumerate(pairs):
        points = roc_points(labels == label, result.table.values[:, feature])
        area = result.areas[label][feature].value
        said, colour = f"{label}: {result.table.names[feature]}, AUC {area:.3f}", COLOURS[number % len(COLOURS)]
        axes.plot(points.false_rate, points.true_rate, color=colour, linewidth=1.6, label=said)
    axes.set(xlabel="1 – specificity", ylabel="sensitivity", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    figure.legend(loc="outside lower center", fontsize=7, frameon=False)
    return _save(figure, path)


def _precision_recall(result: ExploreResult, path: Path) -> Path:
    figure, axes = _figure(5.2, 4.4)
    for one in result.curves:
        colour = COLOURS[result.classes.index(one.label) % len(COLOURS)]
        said = f"{one.label}, {'small' if one.falling else 'large'}: {one.curve.average_precision:.3f}"
        axes.plot(one.curve.recall, one.curve.precision, color=colour, linewidth=1.7, label=said)
        axes.axhline(one.curve.prevalence, color=colour, linewidth=0.8, linestyle=":")
    axes.set(xlabel="recall", ylabel="precision", xlim=(-0.02, 1.02), ylim=(-0.02, 1.05))
    axes.legend(fontsize=8, frameon=False, title="volume alone: average precision", title_fontsize=8)
    return _save(figure, path)


def _with_volume(result: ExploreResult, path: Path) -> Path:
    figure, axes = _figure(5.4, 4.2)
    rho = np.abs(result.values("spearman_volume"))
    known, limit = rho[~np.isnan(rho)], result.config.volume_threshold
    edges = np.linspace(0, 1, 41).tolist()
    above = known[known > limit]
    axes.hist(known[known <= limit], bins=edges, color=_MARKED, label=f"at most {limit:g}: {len(known) - len(above)}")
    axes.hist(above, bins=edges, color=_PLAIN, label=f"above {limit:g}: {len(above)}")
    axes.axvline(limit, color=_SOFT, linewidth=0.9, linestyle=":")
    axes.set(xlabel="absolute Spearman correlation with volume", ylabel="features")
    axes.legend(fontsize=8, frameon=False)
    return _save(figure, path)


def _areas(result: ExploreResult) -> np.ndarray:
    """Give, float64 (features,), the area of two classes, or the largest of a class, whichever way."""
    every = np.array([[one.value for one in own] for own in result.areas.values()])
    if result.is_binary:
        return np.asarray(every[0])
    return np.nan_to_num(np.maximum(every, 1 - every), nan=0.5).max(axis=0)


def _colours(result: ExploreResult) -> list[str]:
    return [COLOURS[n % len(COLOURS)] for n in range(len(result.classes))]


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text.replace("_", " "), width)) or text


def _blank(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = _blank(width, height)
    axes = figure.add_subplot()
    _tidy(axes)
    return figure, axes


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", color="#dde3ea", linewidth=0.7)
    axes.set_axisbelow(True)


def _save(figure: Figure, path: Path) -> Path:
    figure.savefig(path, metadata={"Software": None}, bbox_inches="tight")
    return path
