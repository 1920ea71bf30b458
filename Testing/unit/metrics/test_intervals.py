"""Intervals of detection figures: published exact ones, the bootstrap against a plain loop."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import bootstrap_detection, proportion_interval, roc_auc


def test_exact_intervals_of_proportions() -> None:
    found = proportion_interval(8, 10)  # tabulated: 0.4439 to 0.9748
    assert tuple(found) == pytest.approx((0.8, 0.4439, 0.9748), abs=1e-4)
    none, every = proportion_interval(0, 10), proportion_interval(10, 10)
    assert (none.low, every.high) == (0.0, 1.0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 10)) and every.low == pytest.approx(0.025 ** (1 / 10))
    assert math.isnan(proportion_interval(0, 0).value)
    with pytest.raises(InputError, match="count: expected a number from 0 to 2, got 3"):
        proportion_interval(3, 2)


def test_values_are_those_of_the_units() -> None:
    labels = [True, True, True, False, False]
    found = bootstrap_detection(labels, [True, True, False, False, True], [0.9, 0.4, 0.3, 0.1, 0.4], samples=200)
    assert found.sensitivity.value == pytest.approx(2 / 3) and found.specificity.value == 0.5
    # pairs: 0.9 beats both; 0.4 beats 0.1, ties 0.4; 0.3 beats 0.1
    assert found.auc.value == pytest.approx((2 + 1.5 + 1) / 6)
    assert found.used < 200  # some samples hold no negative


def test_intervals_equal_a_plain_loop_over_patients() -> None:
    generator = np.random.default_rng(5)
    patients = np.repeat([f"p{n:02d}" for n in range(25)], 2)
    labels = np.tile([True, False], 25)
    scores = np.clip(generator.normal(np.where(labels, 0.6, 0.4), 0.2).round(1), 0, 1)
    found = bootstrap_detection(
        labels, scores >= 0.5, scores, clusters=[str(p) for p in patients], samples=500, seed=11
    )
    again, areas = np.random.default_rng(11), []
    for _ in range(500):
        drawn = [unit for p in again.integers(25, size=25) for unit in (2 * p, 2 * p + 1)]
        areas.append(roc_auc(labels[drawn], scores[drawn]))
    assert (found.auc.low, found.auc.high) == pytest.approx(tuple(np.quantile(areas, (0.025, 0.975))))
    assert found.auc.low < found.auc.value < found.auc.high and found.used == 500


def test_the_same_seed_gives_the_same_intervals() -> None:
    args = ([True, False] * 10, [True, False] * 10, list(np.linspace(0, 1, 20)))
    assert bootstrap_detection(*args, seed=4) == bootstrap_detection(*args, seed=4)
    assert bootstrap_detection(*args, seed=4).auc != bootstrap_detection(*args, seed=5).auc


def test_without_positives_or_negatives_or_units() -> None:
    only = bootstrap_detection([True, True], [True, False], [1.0, 0.0])
    assert only.sensitivity.value == 0.5 and math.isnan(only.specificity.value) and math.isnan(only.auc.value)
    assert only.used == 0
    nothing = bootstrap_detection([], [], [])
    assert math.isnan(nothing.sensitivity.value) and nothing.used == 0
    with pytest.raises(InputError, match="found: expected 1 values"):
        bootstrap_detection([True], [], [1.0])
