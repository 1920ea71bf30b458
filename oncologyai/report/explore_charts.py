"""An exploration's plots as charts over tables, for the scene and for any other program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oncologyai.bundle import Chart, ChartSeries
from oncologyai.metrics import roc_points
from oncologyai.pipelines import ExploreResult
from oncologyai.report.plots import COLOURS
from oncologyai.types import Table, Volume

__all__ = ["correlation_volume", "explore_charts"]

_DISTRIBUTIONS, _CURVES, _BARS = 8, 5, 40
_GREY, _MARKED = (0.36, 0.42, 0.48), (0.90, 0.62, 0.0)
_LEAST_P = 1e-300
_RATES = ("false_positive_rate", "true_positive_rate")


def explore_charts(result: ExploreResult) -> tuple[Chart, ...]:
    """Give the plots of ch. 8's figures 5 and 6: classes, tests, ROC, volume, distributions of the strongest features.

    The matrix of correlations is no chart: see ``correlation_volume``.
    """
    best = result.strongest(_BARS)
    charts = [_classes(result)]
    if best:
        charts += [_smallest_p(result, best), _tests(result), _roc(result, best[:_CURVES])]
    if result.curves:
        charts += [_precision_recall(result), _with_volume(result)]
    charts += [_distribution(result, feature, n) for n, feature in enumerate(best[:_DISTRIBUTIONS], start=1)]
    return tuple(charts)


def correlation_volume(result: ExploreResult) -> Volume:
    """Give absolute correlations, like features side by side, as a one-slice image of 1 mm pixels; -1 where none is.

    Pixel (i, j) is of the features at places i + 1 and j + 1 (column ``place`` of the table of features); the first
    stands at the patient's right and front, which slice views show at the upper left.
    """
    order = result.groups.order
    matrix = np.abs(result.correlation[np.ix_(order, order)])
    values = np.nan_to_num(matrix, nan=-1.0).astype(np.float32)[None]
    return Volume(values, np.diag([-1.0, -1.0, 1.0, 1.0]))


def _classes(result: ExploreResult) -> Chart:
    classes = result.tables["classes"]
    table = Table("plot_classes", ("class", "rows"), tuple((row[0], row[1]) for row in classes.rows))
    bars = ChartSeries("rows", table, "", "rows", "bar", _rgb(0), labels="class")
    return Chart("Classes", f"Rows of each class of {result.config.outcome}", result.config.outcome, "rows", (bars,))


def _smallest_p(result: ExploreResult, features: Sequence[int]) -> Chart:
    p = _log(result.values("p_corrected")[list(features)])
    limit = float(_log(np.array([result.config.alpha]))[0])
    names = [result.table.names[n] for n in features]
    rows = tuple((name, float(n), value, limit) for n, (name, value) in enumerate(zip(names, p, strict=True)))
    table = Table("plot_p_values", ("feature", "place", "minus_log10_p_corrected", "limit"), rows)
    bars = ChartSeries("p corrected", table, "", "minus_log10_p_corrected", "bar", _MARKED, labels="feature")
    line = ChartSeries(f"corrected p = {result.config.alpha:g}", table, "place", "limit", rgb=_GREY, dashed=True)
    title = f"Corrected p, the {len(features)} smallest"
    return Chart("P values", title, "features", "-log10 p corrected", (bars, line))


def _tests(result: ExploreResult) -> Chart:
    areas = np.array([[one.value for one in own] for own in result.areas.values()])
    area = areas[0] if result.is_binary else np.nan_to_num(np.maximum(areas, 1 - areas), nan=0.5).max(axis=0)
    p = result.values("p")
    height = _log(p)
    rows = tuple(
        (name, float(area[n]), height[n]) for n, name in enumerate(result.table.names) if not np.isnan(p[n] + area[n])
    )
    table = Table("plot_tests", ("feature", "area", "minus_log10_p"), rows)
    x_title = f"area under the ROC curve of {result.positive}" if result.is_binary else "largest area of a class"
    points = ChartSeries("features", table, "area", "minus_log10_p", "scatter", _rgb(0), labels="feature")
    return Chart("Tests", "p of the test against the area", x_title, "-log10 p", (points,))


def _roc(result: ExploreResult, features: Sequence[int]) -> Chart:
    """Draw the strongest features of two classes; of more, the strongest feature of all for each class."""
    labels = np.array(result.table.labels)
    pairs = (
        [(result.positive, feature) for feature in features]
        if result.is_binary
        else [(label, features[0]) for label in result.classes]
    )
    series = []
    for n, (label, feature) in enumerate(pairs, start=1):
        points = roc_points(labels == label, result.table.values[:, feature])
        rows = tuple(zip(points.false_rate.tolist(), points.true_rate.tolist(), strict=True))
        table = Table(f"plot_roc_{n}", _RATES, rows)
        said = f"{label}: {result.table.names[feature]}, AUC {result.areas[label][feature].value:.3f}"
        series.append(ChartSeries(said, table, _RATES[0], _RATES[1], rgb=_rgb(n - 1)))
    chance = Table("plot_roc_chance", _RATES, ((0.0, 0.0), (1.0, 1.0)))
    series.append(ChartSeries("ROC by chance", chance, _RATES[0], _RATES[1], rgb=_GREY, dashed=True))
    return Chart("ROC", "ROC curves of the strongest features", "1 - specificity", "sensitivity", tuple(series))


def _precision_recall(result: ExploreResult) -> Chart:
    series = []
    for n, one in enumerate(result.curves, start=1):
        rows = tuple(zip(one.curve.recall.tolist(), one.curve.precision.tolist(), strict=True))
        table = Table(f"plot_volume_{n}", ("recall", "precision"), rows)
        way = "small" if one.falling else "large"
        said = f"{one.label}, {way} volumes: average precision {one.curve.average_precision:.3f}"
        series.append(ChartSeries(said, table, "recall", "precision", rgb=_rgb(result.classes.index(one.label))))
    return Chart("Volume", "Volume alone: precision and recall", "recall", "precision", tuple(series))


def _with_volume(result: ExploreResult) -> Chart:
    rho = np.abs(result.values("spearman_volume"))
    order = [int(n) for n in np.argsort(-np.nan_to_num(rho, nan=-1.0), kind="stable") if not np.isnan(rho[n])]
    limit = result.config.volume_threshold
    rows = tuple((result.table.names[n], float(place), float(rho[n]), limit) for place, n in enumerate(order, start=1))
    table = Table("plot_with_volume", ("feature", "rank", "absolute_rho", "limit"), rows)
    points = ChartSeries("features by volume", table, "rank", "absolute_rho", "scatter", _rgb(3), labels="feature")
    line = ChartSeries(f"correlation {limit:g}", table, "rank", "limit", rgb=_GREY, dashed=True)
    title = f"Features that follow {result.volume}"
    return Chart("With volume", title, "features, the closest first", "absolute Spearman correlation", (points, line))


def _distribution(result: ExploreResult, feature: int, number: int) -> Chart:
    """Draw the share of each class in bins of one width, as lines."""
    values, labels = result.table.values[:, feature], np.array(result.table.labels)
    finite = np.isfinite(values)
    edges = np.histogram_bin_edges(values[finite], bins=min(30, max(1, int(np.sqrt(finite.sum())))))
    counts = [np.histogram(values[finite & (labels == label)], edges)[0] for label in result.classes]
    shares = [own / max(1, own.sum()) for own in counts]
    centres = (edges[1:] + edges[:-1]) / 2
    rows = tuple((float(x), *(float(own[n]) for own in shares)) for n, x in enumerate(centres))
    columns = ("value", *(f"share of {label}" for label in result.classes))
    table, name = Table(f"plot_distribution_{number}", columns, rows), result.table.names[feature]
    series = tuple(
        ChartSeries(f"{name}: {label}", table, "value", f"share of {label}", rgb=_rgb(n))
        for n, label in enumerate(result.classes)
    )
    return Chart(f"Distribution {number}: {name}", name, "value", "share of the class", series)


def _log(p: np.ndarray) -> list[float]:
    return [float(v) for v in -np.log10(np.maximum(p, _LEAST_P)) + 0.0]


def _rgb(number: int) -> tuple[float, float, float]:
    text = COLOURS[number % len(COLOURS)]
    red, green, blue = (int(text[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue
