"""Precision and recall of volume alone, the way that parts the classes."""

import numpy as np

from oncologyai.pipelines import FeatureSet
from oncologyai.pipelines.explore_volume import volume_curves, volume_table


def a_set(volumes) -> FeatureSet:
    names = tuple(map(str, range(len(volumes))))
    labels = tuple("ab"[n % 2] for n in range(len(volumes)))
    return FeatureSet(("volume",), np.array(volumes, dtype=float)[:, None], names, names, labels)


def test_small_ones_of_a_class_turn_the_curve() -> None:
    rising, falling = a_set([1, 4, 2, 5, 3, 6]), a_set([4, 1, 5, 2, 6, 3])
    for table, turned in ((rising, False), (falling, True)):
        (curve,) = volume_curves(table, ("a", "b"), "b", "volume")
        assert curve.falling is turned and curve.curve.average_precision == 1.0
    rows = volume_table(volume_curves(falling, ("a", "b"), "b", "volume")).rows
    assert rows == (("b", "small volumes", 1.0, 1.0, 0.5),)


def test_without_volume_or_values_there_is_nothing() -> None:
    assert volume_curves(a_set([1, 2]), ("a", "b"), "b", "") == ()
    (curve,) = volume_curves(a_set([np.nan, np.nan]), ("a", "b"), "b", "volume")
    assert not curve.falling and volume_table((curve,)).rows[0][2:] == (None, None, None)
