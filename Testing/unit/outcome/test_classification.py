"""Figures of classes against scikit-learn and R's pROC; thresholds of training; intervals of patients."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from oncologyai.errors import InputError
from oncologyai.outcome import (
    Chain,
    Impute,
    LogisticRegression,
    OutcomeData,
    assess_classes,
    class_performance,
    folds,
    repeated_splits,
    sensitivity_threshold,
    validate,
    youden_threshold,
)

REFERENCE = json.loads(
    (Path(__file__).resolve().parents[2] / "reference" / "classification.json").read_text(encoding="utf-8")
)


def some(n=90, seed=0):
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.35).astype(int)
    return labels, np.round(1 / (1 + np.exp(-rng.normal(labels * 1.1 - 0.5, 1.0))), 2)


def the_reference():
    """The table that Testing/reference/classification.R makes by the same arithmetic."""
    n = np.arange(80)
    return ((n * 7) % 5 < 2).astype(int), (((n * 37) % 71) / 71 + ((n * 7) % 5 < 2) * 0.25) / 1.25


def test_figures_are_those_of_scikit_learn():
    labels, chance = some()
    found = class_performance(labels, chance, threshold=0.5, samples=50)
    called = chance >= 0.5
    expected = {
        "auc": metrics.roc_auc_score(labels, chance), "f1": metrics.f1_score(labels, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, called),
        "precision": metrics.precision_score(labels, called), "recall": metrics.recall_score(labels, called),
        "specificity": metrics.recall_score(1 - labels, ~called),
    }  # fmt: skip
    for name, value in expected.items():
        assert getattr(found, name).value == pytest.approx(value, abs=1e-12), name
        assert getattr(found, name).low <= value <= getattr(found, name).high
    tn, fp, fn, tp = metrics.confusion_matrix(labels, called).ravel()
    assert found.confusion == (tp, fp, fn, tn)
    assert found.calibration.brier == pytest.approx(metrics.brier_score_loss(labels, chance))


def test_area_threshold_and_calibration_are_those_of_r():
    labels, chance = the_reference()
    found = class_performance(labels, chance, threshold=0.5, samples=10)
    assert [found.delong.low, found.delong.value, found.delong.high] == pytest.approx(REFERENCE["auc"], abs=1e-9)
    threshold = youden_threshold(labels, chance)
    called = chance >= threshold
    assert threshold == pytest.approx(REFERENCE["threshold"], abs=1e-9)
    assert called[labels == 1].mean() == pytest.approx(REFERENCE["sensitivity"], abs=1e-9)
    assert 1 - called[labels == 0].mean() == pytest.approx(REFERENCE["specificity"], abs=1e-9)
    slope, intercept, at_large, _ = found.calibration
    assert slope == pytest.approx(REFERENCE["slope"], abs=1e-4)
    assert intercept == pytest.approx(REFERENCE["intercept"], abs=1e-4)
    assert at_large == pytest.approx(REFERENCE["at_large"], abs=1e-4)


def test_the_bootstrap_is_that_of_rows_drawn_one_by_one():
    labels, chance = some(60, seed=1)
    found = class_performance(labels, chance, threshold=0.45, samples=4000)
    rng, drawn = np.random.default_rng(9), []
    for _ in range(1500):
        rows = rng.integers(0, 60, 60)
        drawn.append([
            metrics.roc_auc_score(labels[rows], chance[rows]), metrics.f1_score(labels[rows], chance[rows] >= 0.45)
        ])  # fmt: skip
    ends = np.quantile(drawn, (0.025, 0.975), axis=0)
    assert [found.auc.low, found.auc.high] == pytest.approx(ends[:, 0], abs=0.02)
    assert [found.f1.low, found.f1.high] == pytest.approx(ends[:, 1], abs=0.03)


def test_rows_of_one_patient_are_drawn_together():
    labels, chance = some()
    once = class_performance(labels, chance, threshold=0.5)
    names = [f"p{n}" for n in range(90)]
    thrice = class_performance(np.tile(labels, 3), np.tile(chance, 3), threshold=0.5, groups=names * 3)
    naive = class_performance(np.tile(labels, 3), np.tile(chance, 3), threshold=0.5)
    assert thrice.patients == 90 and thrice.rows == 270
    assert thrice.auc.high - thrice.auc.low == pytest.approx(once.auc.high - once.auc.low, rel=0.1)
    assert naive.auc.high - naive.auc.low < 0.75 * (thrice.auc.high - thrice.auc.low)


def test_areas_are_of_pairs_that_one_model_judged():
    labels, chance = np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.2, 0.1])
    apart = class_performance(labels, chance, threshold=0.5, splits=np.array([0, 0, 1, 1]), samples=100)
    assert apart.auc.value == 1.0 and math.isnan(apart.delong.low)
    assert class_performance(labels, chance, threshold=0.5, samples=100).auc.value == 0.75


def test_the_threshold_lies_between_and_misses_fewest():
    assert youden_threshold([0, 0, 1, 1], np.array([0.1, 0.2, 0.6, 0.8])) == pytest.approx(0.4)
    assert youden_threshold([0, 1, 0, 1], np.array([0.1, 0.2, 0.3, 0.4])) == pytest.approx(0.15)
    assert youden_threshold([1, 0], np.array([0.5, 0.5])) == 0.5


def test_the_threshold_of_a_sensitivity_is_the_highest_that_reaches_it():
    labels, chance = [0, 1, 0, 1, 1, 1], np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    assert sensitivity_threshold(labels, chance, 0.75) == pytest.approx(0.35)
    assert sensitivity_threshold(labels, chance, 0.76) == pytest.approx(0.15)
    assert sensitivity_threshold(labels, chance, 1.0) == pytest.approx(0.15)
    for wrong in (0.0, 1.1):
        with pytest.raises(InputError, match="sensitivity: expected above 0, at most 1"):
            sensitivity_threshold(labels, chance, wrong)
    with pytest.raises(InputError, match="both classes"):
        sensitivity_threshold([1, 1], np.array([0.1, 0.2]), 0.5)


@pytest.mark.parametrize("design", ["folds", "splits"])
def test_each_split_is_called_at_its_training_patients_threshold(design):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(120, 3))
    data = OutcomeData(tuple(map(str, range(120))), ("a", "b", "c"), x, (x[:, 1] + rng.normal(size=120) > 0.4))
    make = folds if design == "folds" else repeated_splits
    splits = make(data, 4, np.random.default_rng(0))
    judged = validate(Chain("logistic", (Impute(),), LogisticRegression()), data, splits)
    found = assess_classes(judged, data, splits, samples=200)
    cuts = [youden_threshold(data.labels[s.train], said) for s, said in zip(splits, judged.training, strict=True)]
    assert found.thresholds == pytest.approx(cuts)
    rows = np.concatenate([s.test for s in splits])
    called = judged.predictions >= np.repeat(cuts, [len(s.test) for s in splits])
    assert found.recall.value == pytest.approx(metrics.recall_score(data.labels[rows], called))
    assert found.auc.value == pytest.approx(judged.score.value)
    with pytest.raises(InputError, match="splits: expected 4"):
        assess_classes(judged, data, splits[:2])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chance": np.array([0.5, 1.5, 0.1])}, "values from 0 to 1"),
        ({"chance": np.array([0.5, 0.1])}, "3 values"),
        ({"labels": np.zeros(3)}, "both classes"),
        ({"samples": 0}, "samples"),
        ({"groups": ["a"]}, "3 names"),
    ],
)
def test_refuses_what_does_not_fit(changes, message):
    given = {"labels": np.array([0, 1, 1]), "chance": np.array([0.1, 0.6, 0.3]), "threshold": 0.5} | changes
    labels, chance = given.pop("labels"), given.pop("chance")
    with pytest.raises(InputError, match=message):
        class_performance(labels, chance, **given)


def test_nothing_called_has_no_precision():
    found = class_performance([0, 1, 1, 0], np.array([0.1, 0.6, 0.3, 0.2]), threshold=0.9, samples=100)
    assert math.isnan(found.precision.value) and found.recall.value == 0.0 and found.f1.value == 0.0


@pytest.mark.parametrize(
    ("labels", "chance", "message"), [([0, 0], [0.1, 0.2], "both classes"), ([0, 1], [0.1, np.nan], "2 numbers")]
)
def test_no_threshold_without_both_classes_and_chances(labels, chance, message):
    with pytest.raises(InputError, match=message):
        youden_threshold(labels, np.array(chance))
