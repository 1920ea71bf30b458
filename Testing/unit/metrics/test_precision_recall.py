"""Precision and recall against scikit-learn and by hand."""

import math

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import precision_recall


def test_a_curve_by_hand() -> None:
    found = precision_recall([True, False, True, False], [4.0, 3.0, 2.0, 1.0])
    assert found.precision.tolist() == [1.0, 1.0, 0.5, pytest.approx(2 / 3), 0.5]
    assert found.recall.tolist() == [0.0, 0.5, 0.5, 1.0, 1.0]
    assert found.average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert found.area == pytest.approx(0.5 + 0.5 * (0.5 + 2 / 3) / 2) and found.prevalence == 0.5


def test_the_curve_is_that_of_scikit_learn() -> None:
    sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    generator = np.random.default_rng(2)
    labels, scores = generator.random(70) < 0.4, np.round(generator.random(70), 1)
    found = precision_recall(np.append(labels, True), np.append(scores, np.nan))
    precision, recall, thresholds = sklearn.precision_recall_curve(labels, scores)
    assert found.precision[::-1] == pytest.approx(precision) and found.recall[::-1] == pytest.approx(recall)
    assert found.thresholds[:0:-1] == pytest.approx(thresholds)
    assert found.average_precision == pytest.approx(sklearn.average_precision_score(labels, scores))
    assert found.area == pytest.approx(sklearn.auc(recall, precision))


def test_without_a_positive_there_is_no_curve() -> None:
    none = precision_recall([False, False], [1.0, 2.0])
    assert none.recall.size == 0 and math.isnan(none.area) and none.prevalence == 0.0
    assert math.isnan(precision_recall([], []).prevalence)
    with pytest.raises(InputError, match="scores: expected 1 numbers"):
        precision_recall([True], [])
