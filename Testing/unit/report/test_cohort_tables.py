"""Tables for the page: numbers rounded, intervals in brackets."""

import math

import pytest

from oncologyai.report.cohort_tables import agreement_table, detection_table, plain_table, shown_number
from oncologyai.types import Table


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1.0, "1"), (0.8254, "0.825"), (9.4321, "9.432"), (155.83, "155.8"), (1e-5, "1.00e-05"),
     (-0.25, "-0.250"), (math.inf, "∞"), (-math.inf, "–∞"), (12345.6, "12346")],
)  # fmt: skip
def test_numbers_as_people_read_them(value, shown) -> None:
    assert shown_number(value) == shown


def test_plain_tables_name_metrics_and_leave_columns_and_rows_out() -> None:
    table = Table("t", ("factor", "metric", "n", "p"), (("f", "dice", 3, None), ("f", "jaccard", 4, 0.01)))
    shown = plain_table(table, "c", leave_out=("factor",), most=1)
    assert shown.columns == ("Metric", "n", "p") and shown.rows == (("Dice", "3", "–"),)
    assert shown.numeric == (False, True, True)


def test_intervals_stand_in_brackets() -> None:
    columns = ("method", "quantity", "n", "bias", "bias_low", "bias_high", "sd", "lower", "lower_low", "lower_high",
               "upper", "upper_low", "upper_high")  # fmt: skip
    table = Table("agreement", columns, (("A", "volume_ml", 4, 2.0, 0.5, 3.5, 1.0, 0.0, None, None, None, None, None),))
    (row,) = agreement_table(table).rows
    assert row == ("Volume, ml", "A", "4", "2 (0.500 to 3.500)", "1", "0 (–)", "–")


def test_a_detection_without_negatives_shows_dashes() -> None:
    names = ["method", "unit", "units", "positives", "negatives", "tp", "fp", "fn", "tn"]
    for name in ("sensitivity", "specificity"):
        names += [name, f"{name}_low", f"{name}_high", f"{name}_exact_low", f"{name}_exact_high"]
    names += ["auc", "auc_low", "auc_high", "overlapping_sensitivity", "bootstrap_samples"]
    cells = ("A", "case", 2, 2, 0, 2, 0, 0, 0, 1.0, 1.0, 1.0, 0.158, 1.0, *[None] * 9, 0)
    (row,) = detection_table(Table("detection", tuple(names), (cells,))).rows
    assert row[8:13] == ("1 (1 to 1)", "0.158 to 1", "–", "–", "–")
