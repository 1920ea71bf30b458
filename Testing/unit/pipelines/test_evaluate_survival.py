"""Survival by volume and diameter, manual against automatic."""

import math

import pytest
from lifelines.statistics import logrank_test

from oncologyai.pipelines import CohortConfig, CohortRow
from oncologyai.pipelines.evaluate_survival import analyse_survival, has_outcomes

TIMES = [100, 200, 300, 400, 1000, 2000, 3500, 4000]
EVENTS = [1, 1, 1, 0, 1, 0, 1, 1]
MANUAL = [80, 70, 60, 50, 40, 30, 20, 10]  # large tumours die first
AUTOMATIC = [80, 10, 60, 50, 40, 30, 20, 70]  # two are mistaken


def cohort(method: str = "A", **changes) -> list[CohortRow]:
    columns = {"time_days": TIMES, "event": EVENTS, "volume_ml": MANUAL, "predicted_volume_ml": AUTOMATIC} | changes
    return [CohortRow(str(n), method, {name: float(column[n]) for name, column in columns.items()}) for n in range(8)]


def by_contour(table) -> dict[str, dict]:
    return {row[1]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_groups_events_and_p_are_those_of_the_halves() -> None:
    table, at_risk, splits = analyse_survival(cohort(), CohortConfig())
    found = by_contour(table)
    for contour, volumes in (("reference", MANUAL), ("A", AUTOMATIC)):
        high = [v > 45 for v in volumes]
        parts = [[(t, e) for t, e, h in zip(TIMES, EVENTS, high, strict=True) if h is side] for side in (False, True)]
        (t0, e0), (t1, e1) = (zip(*part, strict=True) for part in parts)
        expected = logrank_test(t0, t1, e0, e1)
        assert found[contour]["cut"] == 45 and (found[contour]["n_low"], found[contour]["n_high"]) == (4, 4)
        assert found[contour]["p"] == pytest.approx(expected.p_value)
        assert found[contour]["events_high"] == sum(e1)
    assert found["reference"]["p"] < found["A"]["p"]
    counts = [row[-1] for row in at_risk.rows if row[1] == "reference" and row[3] == "high"]
    assert counts == [sum(t >= tick for t in (100, 200, 300, 400)) for tick in splits[0].ticks]


def test_a_horizon_ends_the_follow_up() -> None:
    found = by_contour(analyse_survival(cohort(), CohortConfig(horizon_days=3000))[0])
    assert found["reference"]["events"] == 4 and found["reference"]["events_low"] == 1


def test_the_reference_is_not_repeated_for_methods_of_the_same_cases() -> None:
    table, _, _ = analyse_survival([*cohort("A"), *cohort("B"), *cohort("C")[:6]], CohortConfig())
    assert [(row[1], row[2]) for row in table.rows] == [
        ("reference", "A"), ("A", "A"), ("B", "B"), ("reference", "C"), ("C", "C"),
    ]  # fmt: skip


def test_equal_volumes_give_one_group_and_no_p() -> None:
    table, _, splits = analyse_survival(cohort(volume_ml=[5] * 8), CohortConfig())
    found = by_contour(table)["reference"]
    assert (found["n_low"], found["n_high"], found["p"], found["median_days_high"]) == (8, 0, None, None)
    assert math.isnan(splits[0].high.survival[0])


def test_one_case_and_rows_without_outcomes() -> None:
    assert analyse_survival(cohort()[:1], CohortConfig())[0].rows[0][3] == 1
    rows = [CohortRow("1", "A", {"dice": 0.5, "time_days": 3.0})]
    assert not has_outcomes(rows) and analyse_survival(rows, CohortConfig())[2] == ()
