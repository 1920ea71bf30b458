"""Two models' calls: where they agree, and how right they are there."""

import math

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, roc_auc_score

from oncologyai.errors import InputError
from oncologyai.outcome import model_agreement


def two(n=200, seed=0):
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.4).astype(int)
    first, second = (1 / (1 + np.exp(-(labels * 1.2 - 0.6 + rng.normal(size=n)))) for _ in range(2))
    return labels, first, second


def test_figures_are_of_the_rows_that_both_call_the_same():
    labels, first, second = two()
    found = model_agreement(labels, first, second, thresholds=(0.4, 0.6), samples=100)
    same = (first >= 0.4) == (second >= 0.6)
    assert found.agreed == same.sum() and found.share == same.mean() and found.positives == labels[same].sum()
    assert found.kappa == pytest.approx(cohen_kappa_score(first >= 0.4, second >= 0.6))
    assert found.performance.auc.value == pytest.approx(roc_auc_score(labels[same], (first + second)[same]))
    assert found.performance.confusion.tp == (labels & (first >= 0.4) & (second >= 0.6)).sum()
    assert found.performance.confusion.tn == ((1 - labels) & (first < 0.4) & (second < 0.6)).sum()


def test_models_that_agree_nowhere_or_on_one_class_alone_have_no_figures():
    labels = np.array([0, 1, 0, 1])
    high, low = np.full(4, 0.9), np.full(4, 0.1)
    apart = model_agreement(labels, high, low, thresholds=(0.5, 0.5))
    assert apart.agreed == 0 and apart.performance is None and apart.share == 0.0
    mixed = np.array([0.9, 0.1, 0.9, 0.1])
    assert model_agreement(labels, high, mixed, thresholds=(0.5, 0.5)).performance is None
    none = model_agreement(np.zeros(0), np.zeros(0), np.zeros(0), thresholds=(0.5, 0.5))
    assert math.isnan(none.share)


def test_models_of_other_rows_are_refused():
    with pytest.raises(InputError, match="expected 2 chances of each, got 2, 1"):
        model_agreement([0, 1], np.array([0.1, 0.2]), np.array([0.1]), thresholds=(0.5, 0.5))
