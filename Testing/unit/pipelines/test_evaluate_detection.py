"""Detection: planted counts and areas."""

import math

import pytest

from oncologyai.pipelines import CohortConfig, CohortRow, DetectionUnit
from oncologyai.pipelines.evaluate_detection import analyse_detection, units_from_rows, units_table

CONFIG = CohortConfig(bootstrap=200)


def unit(case: str, positive: bool, found: bool, score: float, **rest) -> DetectionUnit:
    return DetectionUnit(case, "A", rest.pop("unit", "case"), positive, found, score, **rest)


def test_planted_counts_area_and_curve() -> None:
    units = [
        unit("1", True, True, 0.9, overlapping=True),
        unit("2", True, True, 0.6, overlapping=False),
        unit("3", True, False, 0.3, overlapping=False),
        unit("4", False, False, 0.2),
        unit("5", False, True, 0.6),
    ]
    table, (curve,) = analyse_detection(units, CONFIG)
    found = dict(zip(table.columns, table.rows[0], strict=True))
    assert [found[name] for name in ("units", "positives", "negatives", "tp", "fp", "fn", "tn")] == [
        5,
        3,
        2,
        2,
        1,
        1,
        1,
    ]
    assert found["sensitivity"] == pytest.approx(2 / 3) and found["specificity"] == 0.5
    assert found["overlapping_sensitivity"] == pytest.approx(1 / 3)
    assert found["auc"] == pytest.approx((2 + 1.5 + 1) / 6) == curve.auc
    assert found["sensitivity_exact_low"] == pytest.approx(0.0943, abs=1e-4)  # 2 of 3, Clopper and Pearson
    assert found["auc_low"] <= found["auc"] <= found["auc_high"]
    assert list(curve.false_rate) == [0, 0, 0.5, 0.5, 1] and list(curve.true_rate)[-1] == 1
    assert sum((b - a) * (c + d) / 2 for a, b, c, d in zip(curve.false_rate, curve.false_rate[1:], curve.true_rate,
               curve.true_rate[1:], strict=False)) == pytest.approx(curve.auc)  # fmt: skip


def test_rows_tell_what_was_there_and_what_was_found() -> None:
    rows = [
        CohortRow("1", "A", {"volume_ml": 3.0, "predicted_volume_ml": 0.0, "dice": 0.0}),
        CohortRow("2", "A", {"volume_ml": 0.0, "predicted_volume_ml": 0.0, "dice": 1.0, "score": 0.1}),
        CohortRow("3", "A", {"tp": 2.0, "fn": 1.0, "fp": 0.0}),
        CohortRow("4", "A", {"positive": 1.0, "score": 0.7}),
        CohortRow("5", "A", {"dice": 0.5}),
    ]
    units = units_from_rows(rows, CohortConfig(threshold=0.6))
    assert [(u.case, u.positive, u.found, u.score) for u in units] == [
        ("1", True, False, 0.0), ("2", False, False, 0.1), ("3", True, True, 1.0), ("4", True, True, 0.7),
    ]  # fmt: skip
    assert [u.overlapping for u in units] == [False, False, True, None]


def test_without_negatives_there_is_a_sensitivity_and_no_curve() -> None:
    table, curves = analyse_detection([unit("1", True, True, 1.0, unit="left")], CONFIG)
    found = dict(zip(table.columns, table.rows[0], strict=True))
    assert curves == () and found["unit"] == "lung"
    assert found["sensitivity"] == 1.0 and found["specificity"] is None and found["auc"] is None
    assert found["overlapping_sensitivity"] is None
    assert analyse_detection([], CONFIG)[0].rows == ()


def test_units_are_listed() -> None:
    table = units_table([unit("1", True, False, math.inf, patient="p")])
    assert table.rows == (("1", "p", "A", "case", 1, 0, None, math.inf),)
