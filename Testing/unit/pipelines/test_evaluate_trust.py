"""Foretold against true Dice."""

import pytest

from oncologyai.pipelines import CohortRow
from oncologyai.pipelines.evaluate_trust import analyse_trust


def test_figures_and_worst_first() -> None:
    rows = [
        CohortRow("a", "A", {"predicted_dice": 0.9, "dice": 0.8, "predicted_low": 0.7, "predicted_high": 1.0}),
        CohortRow("b", "A", {"predicted_dice": 0.5, "dice": 0.6, "predicted_low": 0.55, "predicted_high": 0.58}),
        CohortRow("c", "A", {"predicted_dice": 0.7}),
        CohortRow("d", "B", {"dice": 0.7}),
    ]
    figures, ranked = analyse_trust(rows)
    found = dict(zip(figures.columns, figures.rows[0], strict=True))
    assert len(figures.rows) == 1 and (found["n"], found["n_intervals"], found["coverage"]) == (2, 2, 0.5)
    assert found["error"] == pytest.approx(0.1) and found["error_of_mean"] == pytest.approx(0.2)
    assert [row[2] for row in ranked.rows] == ["b", "c", "a"]
    assert ranked.rows[0][-1] == pytest.approx(0.1) and ranked.rows[1][-2:] == (None, None)


def test_nothing_foretold_gives_empty_tables() -> None:
    assert all(table.rows == () for table in analyse_trust([CohortRow("a", "A", {"dice": 0.5})]))
