"""Charts of an exploration hold its numbers."""

import numpy as np
import pytest

from oncologyai.bundle import read_charts, write_charts
from oncologyai.pipelines import ExploreConfig, FeatureSet, explore
from oncologyai.report import correlation_volume, explore_charts


def a_result(classes: str):
    generator = np.random.default_rng(3)
    values = generator.normal(size=(45, 12))
    values[:, 0] += np.arange(45) % len(classes)
    values[3, 1], values[:, 2] = np.nan, 4.0
    names = tuple(map(str, range(45)))
    labels = tuple(classes[n % len(classes)] for n in range(45))
    table = FeatureSet(tuple(f"f{n}" for n in range(12)), values, names, names, labels)
    return explore(table, ExploreConfig(volume="f3"))


@pytest.mark.parametrize("classes", ["ab", "abc"])
def test_charts_can_be_written_and_hold_the_figures(classes, tmp_path) -> None:
    result = a_result(classes)
    charts = {chart.name.partition(":")[0]: chart for chart in explore_charts(result)}
    write_charts(tuple(charts.values()), tmp_path)
    assert read_charts(tmp_path) == tuple(charts.values())
    assert [*charts][:6] == ["Classes", "P values", "Tests", "ROC", "Volume", "With volume"]
    assert sum(name.startswith("Distribution") for name in charts) == 8
    best = result.strongest(1)[0]
    bars = charts["P values"].series[0].table
    assert bars.rows[0][0] == result.table.names[best]
    assert 10.0 ** -float(bars.rows[0][2]) == pytest.approx(result.values("p_corrected")[best])
    assert len(charts["Tests"].series[0].table.rows) == 11  # the constant one has no p
    curve = np.array(charts["ROC"].series[0].table.rows, dtype=float)
    area = float(np.trapezoid(curve[:, 1], curve[:, 0]))
    label = result.positive or result.classes[0]
    assert area == pytest.approx(result.areas[label][best].value)
    assert len(charts["ROC"].series) == (6 if classes == "ab" else 4)
    shares = np.array(charts["Distribution 1"].series[0].table.rows, dtype=float)[:, 1:]
    assert shares.sum(axis=0) == pytest.approx(np.ones(len(classes)))
    ranks = [float(row[2]) for row in charts["With volume"].series[0].table.rows]
    assert ranks[0] == pytest.approx(1.0) and ranks == sorted(ranks, reverse=True) and len(ranks) == 11


def test_constant_features_leave_the_classes_alone() -> None:
    names = tuple("abcdef")
    result = explore(FeatureSet(("x",), np.ones((6, 1)), names, names, ("0", "1") * 3))
    assert [chart.name for chart in explore_charts(result)] == ["Classes"]


def test_correlations_are_an_image_in_the_order_of_likeness() -> None:
    result = a_result("ab")
    volume = correlation_volume(result)
    order = result.groups.order
    expected = np.abs(result.correlation[np.ix_(order, order)])
    assert volume.shape == (1, 12, 12)
    assert volume.array[0] == pytest.approx(np.nan_to_num(expected, nan=-1.0), abs=1e-6)
    place = result.values("place").astype(int) - 1
    assert volume.array[0, place[3], place[5]] == pytest.approx(abs(result.correlation[3, 5]), abs=1e-6)
