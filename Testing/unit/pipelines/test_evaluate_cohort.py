"""A planted cohort's tables."""

import math
from dataclasses import replace

import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.pipelines import CohortConfig, CohortRow, evaluate_cohort
from oncologyai.progress import Silent


def planted() -> list[CohortRow]:
    """Six cases, the last without a tumour; method B lacks case 5."""
    rows = []
    for n in range(6):
        volume = 0.0 if n == 5 else 10.0 * (n + 1)
        common = {"volume_ml": volume, "time_days": 100.0 * (n + 1), "event": float(n % 2)}
        for method, dice in (("A", 0.9 - n / 100), ("B", 0.7 + n / 100)):
            if (method, n) == ("B", 4):
                continue
            own = {"dice": 1.0 if n == 5 else dice, "hd95_max_mm": 0.0 if n == 5 else 5.0 + n}
            own |= {"predicted_volume_ml": volume * 1.1, "seconds": 3.0 + n, "predicted_dice": dice - 0.02}
            rows.append(
                CohortRow(str(n), method, common | own, f"p{n}", groups={"where": "wall" if n < 2 else "hilum"})
            )
    return rows


def column(table, name: str) -> list:
    return [row[table.columns.index(name)] for row in table.rows]


def test_medians_are_of_the_cases_with_a_tumour_and_count_what_is_missing() -> None:
    result = evaluate_cohort(planted())
    summary = result.tables["summary"]
    rows = {row[:2]: dict(zip(summary.columns, row, strict=True)) for row in summary.rows}
    assert rows["A", "dice"]["median"] == pytest.approx(0.88) and rows["A", "dice"]["n"] == 5
    assert rows["B", "dice"]["median"] == pytest.approx(0.715) and rows["B", "dice"]["missing"] == 1
    assert rows["A", "dice"]["iqr"] == pytest.approx(0.02)
    assert ("A", "event") not in rows
    assert "1 of 6 cases have no tumour and count in the detection alone" in result.notes
    assert "B: 5 of 6 cases" in result.notes


def test_every_analysis_that_the_rows_allow_is_there_and_no_other() -> None:
    result = evaluate_cohort(planted(), CohortConfig(group_by=("where",)))
    assert list(result.tables) == [
        "metrics", "summary", "method_tests", "groups", "group_tests", "detection", "detection_units", "agreement",
        "seconds", "seconds_tests", "survival", "at_risk", "trust", "ranked",
    ]  # fmt: skip
    assert column(result.tables["metrics"], "where") == ["wall"] * 4 + ["hilum"] * 7
    assert result.methods == ("A", "B") and result.config.metrics == ("dice", "hd95_max_mm")
    assert result.provenance.settings["seed"] == 0
    assert list(evaluate_cohort([CohortRow("1", "A", {"dice": 0.5})]).tables) == ["metrics", "summary"]


def test_slices_of_all_cases_are_pooled() -> None:
    rows = [CohortRow(c, "A", {"dice": 0.5, "tp_slices": 2.0, "fn_slices": 1.0, "fp_slices": 4.0}) for c in "ab"]
    table = evaluate_cohort(rows, slice_dices={"A": [0.0, 0.5, 0.6, 0.9]}).tables["slices"]
    assert table.rows[0][:2] == ("A", 4) and table.rows[0][-3:] == (4, 2, 8)
    assert dict(zip(table.columns, table.rows[0], strict=True))["median"] == pytest.approx(0.55)


def test_metrics_asked_for_must_be_there_and_usual_ones_need_not() -> None:
    rows = [CohortRow("1", "A", {"hausdorff_mm": 3.0, "tp": 5.0, "mine": 1.0})]
    assert evaluate_cohort(rows).config.metrics == ("hausdorff_mm",)
    assert evaluate_cohort(rows, CohortConfig(metrics=("mine",))).config.metrics == ("mine",)
    with pytest.raises(InputError, match="--metric: expected some of hausdorff_mm, mine, tp, got dice"):
        evaluate_cohort(rows, CohortConfig(metrics=("mine", "dice")))


def test_refuses_no_rows_twice_the_same_and_unknown_readers() -> None:
    with pytest.raises(InputError, match="cohort: expected at least one case with a result, got none"):
        evaluate_cohort([])
    row = CohortRow("1", "A", {"dice": 0.5})
    with pytest.raises(InputError, match="case 1, method A, session s twice"):
        evaluate_cohort([replace(row, session="s")] * 2)
    with pytest.raises(InputError, match="--reader: expected one of A, reference, got 'Dr1'"):
        evaluate_cohort([row], CohortConfig(readers=("Dr1",)))


def test_one_case_and_missing_values_are_no_error() -> None:
    one = evaluate_cohort(planted()[:1], CohortConfig(group_by=("where", "volume_ml")))
    assert column(one.tables["summary"], "sd") == [None] * len(one.tables["summary"].rows)
    gaps = [CohortRow("1", "A", {"dice": 0.5}), CohortRow("2", "A", {"hd95_max_mm": math.inf})]
    summary = evaluate_cohort(gaps).tables["summary"]
    assert column(summary, "missing") == [1, 1] and column(summary, "infinite") == [0, 1]


def test_several_cases_of_a_patient_and_an_unknown_group_are_noted() -> None:
    rows = [replace(row, patient="p") for row in planted()]
    rows[0] = replace(rows[0], groups={})
    rows[1] = replace(rows[1], groups={})
    notes = evaluate_cohort(rows, CohortConfig(group_by=("where",))).notes
    assert "survival: some patients have several cases, each of which counts as one" in notes
    assert "where: unknown for 1 of 5 cases, which are in no group" in notes


def test_is_cancelled_between_stages() -> None:
    class Cancelled(Silent):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        evaluate_cohort(planted(), progress=Cancelled())
