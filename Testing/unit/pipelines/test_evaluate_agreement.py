"""Manual against automatic volumes and diameters."""

import pytest

from oncologyai.pipelines import CohortRow
from oncologyai.pipelines.evaluate_agreement import analyse_agreement


def row(case: str, method: str, volume: float, predicted: float) -> CohortRow:
    return CohortRow(case, method, {"volume_ml": volume, "predicted_volume_ml": predicted})


def test_bias_is_automatic_minus_manual_without_cases_where_nothing_was_measured() -> None:
    rows = [row("1", "A", 10, 12), row("2", "A", 20, 21), row("3", "A", 5, 0), row("4", "A", 0, 0)]
    table, (found,) = analyse_agreement(rows)
    cells = dict(zip(table.columns, table.rows[0], strict=True))
    assert (cells["method"], cells["quantity"], cells["n"]) == ("A", "volume_ml", 3)
    assert cells["bias"] == pytest.approx((2 + 1 - 5) / 3) == found.found.bias.value
    assert cells["upper"] - cells["lower"] == pytest.approx(2 * 1.959964 * cells["sd"], rel=1e-6)


def test_one_case_has_a_bias_alone_and_rows_without_measurements_none() -> None:
    table, _ = analyse_agreement([row("1", "A", 10, 12), CohortRow("1", "B", {"dice": 0.5})])
    (cells,) = (dict(zip(table.columns, r, strict=True)) for r in table.rows)
    assert cells["bias"] == 2 and cells["sd"] is None and cells["upper_high"] is None
