"""Rows, patients and classes: what counts, what is left out, and that it is said."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import ExploreConfig, FeatureSet, counted, listed
from oncologyai.pipelines.feature_set import (
    class_order,
    drop_missing,
    drop_repeats,
    keep_rows,
    known_classes,
    volume_column,
)


def a_set(values, patients, labels, lines=()) -> FeatureSet:
    cases = tuple(f"{p}-{n}" for n, p in enumerate(patients))
    names = tuple(f"f{n}" for n in range(len(values[0])))
    return FeatureSet(names, np.array(values, dtype=float), cases, tuple(patients), tuple(labels), tuple(lines))


def test_classes_are_read_as_people_write_them() -> None:
    assert class_order(["10", "2", "1"]) == ("1", "2", "10")
    assert class_order(["T10", "T2", "IIIb", "I", "II"]) == ("I", "II", "IIIb", "T2", "T10")
    assert class_order(["a", "b", "c"], ("c", "a")) == ("c", "a")
    with pytest.raises(InputError, match="--classes: expected some of a, b, got 'd'"):
        class_order(["a", "b"], ("d", "a"))
    with pytest.raises(InputError, match="--outcome: expected at least two classes, got a"):
        class_order(["a", "a"])
    with pytest.raises(InputError, match="no row with a class"):
        class_order([])
    with pytest.raises(InputError, match="at most 12 classes, got 13 different values; name some by --classes"):
        class_order([str(n) for n in range(13)])


def test_rows_of_unknown_class_are_left_out_by_line() -> None:
    table, told = known_classes(a_set([[1], [2], [3]], "abc", ("x", "", "y"), (2, 3, 7)))
    assert table.labels == ("x", "y") and table.lines == (2, 7) and table.values.tolist() == [[1], [3]]
    assert told == ("1 row of no known class left out: line 3",)
    assert known_classes(table) == (table, ())


def test_exact_repeats_of_a_patient_go_and_those_of_another_are_told() -> None:
    nan = np.nan
    table, told = drop_repeats(
        a_set([[1, nan], [1, nan], [1, nan], [1, 2], [-0.0, 0], [0, 0]], "aabbcc", "xxyyxx", (2, 3, 4, 5, 6, 7))
    )
    assert table.lines == (2, 4, 5, 6)
    assert told[0].startswith("2 exact repeats dropped, the same patient and features: line 3 (a, as line 2), 7 (c,")
    assert told[1] == "rows of different patients are the same in every feature: line 4 (b) as 2 (a)"


def test_missing_values_may_take_their_rows_or_features_along() -> None:
    nan = math.nan
    table = a_set([[1, nan, 3], [1, 2, 3], [nan, 2, 4]], "abc", "xyx", (2, 3, 4))
    assert drop_missing(table, "keep") == (table, ())
    rows, told = drop_missing(table, "rows")
    assert rows.cases == ("b-1",) and told == ("2 rows without a value of some feature left out: line 2, 4",)
    features, told = drop_missing(table, "features")
    assert features.names == ("f2",) and features.values.tolist() == [[3], [3], [4]]
    assert told == ("2 features without a value in some row left out: f0, f1",)
    assert drop_missing(rows, "rows") == (rows, ())
    with pytest.raises(InputError, match="--missing: expected rows without a missing value, got none; keep them"):
        drop_missing(table.take([0, 2]), "rows")


def test_one_row_of_a_patient_may_stand_for_all() -> None:
    table = a_set([[1, 5], [2, 9], [3, np.nan], [4, 1]], "aabb", "xxyy")
    everything, told = keep_rows(table, "all", "f1")
    assert everything is table and told[0].startswith("4 rows of 2 patients; several rows: a, b: intervals of areas")
    assert keep_rows(table, "first", "")[0].cases == ("a-0", "b-2")
    assert keep_rows(table, "largest", "f1")[0].cases == ("a-1", "b-3")
    assert keep_rows(table.take([0, 2]), "all", "")[1] == ()
    with pytest.raises(InputError, match="--rows: expected a volume to choose the largest by, got none; give --volume"):
        keep_rows(table, "largest", "")


def test_volume_is_found_by_pyradiomics_names() -> None:
    assert volume_column(("a", "original_shape_MeshVolume")) == "original_shape_MeshVolume"
    assert volume_column(("a",)) == "" and volume_column(("a",), "a") == "a"
    with pytest.raises(InputError, match="--volume: expected a feature of the table, got 'b'"):
        volume_column(("a",), "b")


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="values: expected 2 rows of 1 features"):
        FeatureSet(("a",), np.zeros((3, 1)), ("x", "y"), ("x", "y"), ("0", "1"))
    with pytest.raises(InputError, match="features: expected each name once, got a twice"):
        FeatureSet(("a", "a"), np.zeros((1, 2)), ("x",), ("x",), ("0",))
    with pytest.raises(InputError, match="--rows"):
        ExploreConfig(rows="some")
    with pytest.raises(InputError, match="--missing"):
        ExploreConfig(missing="some")
    with pytest.raises(InputError, match="--auc-threshold: expected a number from 0 to 1"):
        ExploreConfig(auc_threshold=70)
    with pytest.raises(InputError, match="--classes: expected at least two different classes, got I"):
        ExploreConfig(classes=("I",))


def test_numbers_are_told_with_their_noun() -> None:
    assert (counted(1, "row"), counted(0, "row")) == ("1 row", "0 rows")
    assert listed(list("abcdefg"), 3) == "a, b, c and 4 more" and listed(["a"]) == "a"
