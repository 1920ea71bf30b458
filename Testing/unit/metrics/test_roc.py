"""ROC curves against scikit-learn; DeLong's interval against its definition and against the bootstrap."""

import json
import math
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import auc_interval, compare_auc, roc_auc, roc_points

LABELS = np.array([0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1], dtype=bool)
SCORES = np.array([0.1, 0.4, 0.35, 0.8, 0.4, 0.4, 0.2, 0.9, 0.05, 0.3, 0.7, 0.7])


def delong_by_pairs(labels: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Area and variance as DeLong's paper writes them: a kernel over every pair."""
    x, y = scores[labels], scores[~labels]
    kernel = np.array([[1.0 if a > b else 0.5 if a == b else 0.0 for b in y] for a in x])
    return float(kernel.mean()), float(
        kernel.mean(axis=1).var(ddof=1) / len(x) + kernel.mean(axis=0).var(ddof=1) / len(y)
    )


def test_the_curve_is_that_of_scikit_learn() -> None:
    sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    false_rate, true_rate, thresholds = sklearn.roc_curve(LABELS, SCORES, drop_intermediate=False)
    found = roc_points(LABELS, SCORES)
    assert found.false_rate == pytest.approx(false_rate) and found.true_rate == pytest.approx(true_rate)
    assert found.thresholds[1:] == pytest.approx(thresholds[1:]) and found.thresholds[0] == math.inf
    assert np.trapezoid(found.true_rate, found.false_rate) == pytest.approx(roc_auc(LABELS, SCORES), abs=1e-15)


def test_the_interval_is_delongs_own() -> None:
    area, variance = delong_by_pairs(LABELS, SCORES)
    found = auc_interval(LABELS, SCORES)
    assert found.value == pytest.approx(area, abs=1e-15) == roc_auc(LABELS, SCORES)
    assert found.low == pytest.approx(area - 1.959964 * math.sqrt(variance), abs=1e-6)
    assert found.high == pytest.approx(min(1.0, area + 1.959964 * math.sqrt(variance)), abs=1e-6)
    each_its_own = auc_interval(LABELS, SCORES, clusters=[f"P{n}" for n in range(len(LABELS))])
    assert each_its_own == pytest.approx(found, abs=1e-12)


def test_the_interval_is_that_of_proc() -> None:
    """R's pROC 1.18.0: ``ci.auc(roc(labels, scores, direction = "<"), method = "delong")``."""
    assert auc_interval(LABELS, SCORES) == pytest.approx((0.680555555556, 0.338383815708, 1.0), abs=1e-11)


def test_missing_scores_are_left_out() -> None:
    labels, scores = np.append(LABELS, [True, False]), np.append(SCORES, [np.nan, np.nan])
    assert auc_interval(labels, scores) == auc_interval(LABELS, SCORES)
    assert roc_points(labels, scores).true_rate.tolist() == roc_points(LABELS, SCORES).true_rate.tolist()


def test_rows_that_repeat_a_patient_make_the_interval_wider() -> None:
    """Each patient twice: as sure as once, and not as twice the patients."""
    generator = np.random.default_rng(5)
    labels = generator.random(60) < 0.5
    scores = generator.normal(labels * 0.8, 1.0)
    patients = [f"P{n}" for n in range(60)]
    once = auc_interval(labels, scores)
    twice = auc_interval(np.tile(labels, 2), np.tile(scores, 2), clusters=patients * 2)
    naive = auc_interval(np.tile(labels, 2), np.tile(scores, 2))
    assert twice == pytest.approx(once, abs=2e-3)
    assert naive.high - naive.low < 0.75 * (twice.high - twice.low)


def test_the_interval_covers_the_bootstrap_over_patients() -> None:
    """Patients with a positive and a negative row each, which go together: the covariance counts."""
    generator = np.random.default_rng(11)
    level = generator.normal(0, 1, 80)
    scores = np.concatenate([level, level + generator.normal(0.8, 0.5, 80)])
    labels = np.repeat([False, True], 80)
    patients = np.tile(np.arange(80), 2)
    drawn = []
    for _ in range(800):
        chosen = generator.integers(0, 80, 80)
        rows = np.concatenate([chosen, chosen + 80])
        drawn.append(roc_auc(labels[rows], scores[rows]))
    found = auc_interval(labels, scores, clusters=patients.astype(str))
    naive = auc_interval(labels, scores)
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.std(drawn), rel=0.1)
    assert naive.high - naive.low > 1.2 * (found.high - found.low)


def test_what_has_no_area_or_no_variance_is_nan() -> None:
    assert all(math.isnan(v) for v in auc_interval([True, True], [1.0, 2.0]))
    assert all(math.isnan(v) for v in auc_interval([], []))
    assert roc_points([False], [1.0]).false_rate.size == 0
    one = auc_interval([True, False, False], [3.0, 1.0, 2.0])
    assert one.value == 1.0 and math.isnan(one.low)
    assert auc_interval([True, True, False, False], [3.0, 4.0, 1.0, 2.0]) == (1.0, 1.0, 1.0)


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match="scores: expected 2 numbers, one a label, got 3"):
        auc_interval([True, False], [1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="clusters: expected 2 names, one a label, got 1"):
        auc_interval([True, False], [1.0, 2.0], clusters=["a"])
    with pytest.raises(InputError, match="level"):
        auc_interval([True, False], [1.0, 2.0], level=95.0)
    with pytest.raises(InputError, match="scores"):
        roc_points([True], [])


@pytest.mark.parametrize(("seed", "ties"), list(product(range(3), (False, True))))
def test_area_equals_the_count_of_pairs(seed: int, ties: bool) -> None:
    generator = np.random.default_rng(seed)
    labels, scores = generator.random(40) < 0.3, generator.random(40)
    scores = np.round(scores, 1) if ties else scores
    assert auc_interval(labels, scores).value == pytest.approx(delong_by_pairs(labels, scores)[0], abs=1e-14)


def test_two_scores_of_the_same_cases_are_compared_as_proc_does():
    path = Path(__file__).resolve().parents[4] / "shared" / "data" / "head_neck" / "clinical_outcomes.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    reference = Path(__file__).resolve().parents[2] / "reference" / "survival.json"
    expected = json.loads(reference.read_text(encoding="utf-8"))["delong"]
    table = pd.read_csv(path).dropna(subset=["age", "T", "N", "TNM"])
    first, second = table.age + 5 * table["T"], table.N + 0.01 * table.age
    found = compare_auc(table.death == 1, first, second)
    assert found.p == pytest.approx(expected["p"], abs=1e-9) and abs(found.z) == pytest.approx(expected["z"], abs=1e-9)
    area = auc_interval(table.death == 1, first)
    assert [area.low, area.value, area.high] == pytest.approx(expected["auc"], abs=1e-9)


def test_a_score_does_not_differ_from_itself_and_one_case_tells_nothing():
    labels, scores = [1, 0, 1, 0, 1], [0.9, 0.2, 0.4, 0.6, 0.8]
    assert compare_auc(labels, scores, scores) == (0.0, 0.0, 0.0, 1.0)
    assert all(math.isnan(v) for v in compare_auc([1, 0, 0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]))
    with pytest.raises(InputError, match="as the first"):
        compare_auc(labels, scores, scores[:4])
