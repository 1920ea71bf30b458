"""The numbers of each feature: areas by class and the way that parts best."""

import numpy as np
import pytest

from oncologyai.metrics import ColumnGroups, Interval, auc_interval
from oncologyai.pipelines import FeatureSet
from oncologyai.pipelines.explore_statistics import class_areas, class_table, feature_table, strength
from oncologyai.progress import Silent


@pytest.fixture
def a_set() -> FeatureSet:
    generator = np.random.default_rng(9)
    values = generator.normal(size=(30, 3))
    values[:, 2] = 1.0
    labels = tuple("abc"[n % 3] for n in range(30))
    return FeatureSet(
        ("x", "y", "same"), values, tuple(map(str, range(30))), tuple(str(n // 2) for n in range(30)), labels
    )


def test_areas_are_those_of_the_metric_with_patients_as_clusters(a_set) -> None:
    areas = class_areas(a_set, ("a", "b", "c"), "c", level=0.9, progress=Silent())
    labels = np.array(a_set.labels)
    expected = auc_interval(labels == "b", a_set.values[:, 1], clusters=a_set.patients, level=0.9)
    assert areas["b"][1] == expected and np.isnan(areas["b"][2].value)
    assert list(class_areas(a_set.take(range(0, 30, 3)), ("a", "b"), "b", level=0.9, progress=Silent())) == ["b"]


def test_strength_is_the_best_area_whichever_way() -> None:
    nan = float("nan")
    areas = {"a": (Interval(0.2, 0, 1), Interval(nan, nan, nan)), "b": (Interval(0.7, 0, 1), Interval(nan, nan, nan))}
    assert strength(areas) == pytest.approx([0.8, nan], nan_ok=True)


def test_columns_are_named_by_class(a_set) -> None:
    classes = ("a", "b", "c")
    areas = class_areas(a_set, classes, "c", level=0.95, progress=Silent())
    table = feature_table(
        a_set,
        classes,
        areas,
        volume="",
        groups=ColumnGroups(np.array([2, 0, 1]), np.array([1, 2, 3])),
        progress=Silent(),
    )
    assert {"median_a", "h", "auc_a", "auc_c_high", "spearman_volume", "group"} <= set(table.columns)
    assert [row[table.columns.index("place")] for row in table.rows] == [2, 3, 1]
    assert "stability" not in table.columns and table.rows[0][table.columns.index("spearman_volume")] is None


def test_classes_without_rows_given_have_shares_of_known_ones(a_set) -> None:
    assert class_table(a_set, a_set.take([0, 1, 3]), ("a", "b")).rows == (
        ("a", 2, 2, 2 / 3, 10, 1 / 3),
        ("b", 1, 1, 1 / 3, 10, 1 / 3),
    )
