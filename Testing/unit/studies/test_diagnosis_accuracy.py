"""Figures of a reader known by heart, and of readers against scikit-learn."""

import numpy as np
import pandas as pd
import pytest

from oncologyai.metrics import auc_interval, proportion_interval
from oncologyai.studies import ModelScores, Resampling
from oncologyai.studies.diagnosis_accuracy import accuracy_table, groups_table, judges_of, times_table


def rows_of(table) -> list[dict[str, object]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


@pytest.fixture
def answers() -> pd.DataFrame:
    """Ten cases, five ill. A misses one and calls one too many; B of another group has judged four cases."""
    rows = []
    for n in range(10):
        ill = n < 5
        said = ill if n not in (4, 9) else not ill
        rows.append(("A", "physician", f"P{n}", ill, said, (3.0 + n % 2) * (1 if said else -1), 6.0 + n))
    rows += [("B", "trainee", f"P{n}", n < 5, True, 1.0, np.nan) for n in (0, 1, 8, 9)]
    return pd.DataFrame(rows, columns=["reader", "group", "case", "truth", "choice", "score", "seconds"])


TRUTH = {f"P{n}": n < 5 for n in range(10)}


def test_shares_areas_and_f1_of_each_judge(answers):
    model = ModelScores("VGG16", {f"P{n}": 0.9 - n / 12 for n in range(9)}, 0.5, {"P0": 2.0})
    judges = judges_of(answers, TRUTH, [model], Resampling(200))
    a, b, m = rows_of(accuracy_table(judges, 0.95))
    assert (a["reader"], a["cases"], a["positives"], a["tp"], a["fn"], a["fp"], a["tn"]) == ("A", 10, 5, 4, 1, 1, 4)
    assert a["sensitivity"] == a["specificity"] == a["f1"] == pytest.approx(0.8)
    assert (a["sensitivity_low"], a["sensitivity_high"]) == pytest.approx(tuple(proportion_interval(4, 5)[1:]))
    expected = auc_interval(answers["truth"][:10], answers["score"][:10])
    assert (a["auc"], a["delong_low"], a["delong_high"]) == pytest.approx(tuple(expected))
    assert a["auc_low"] < a["auc"] < a["auc_high"] and a["auc_low"] <= a["draws_median"] <= a["auc_high"]
    assert (b["auc"], b["specificity"], b["f1"], b["tn"]) == (0.5, 0.0, pytest.approx(2 / 3), 0)
    assert (m["group"], m["cases"], m["auc"]) == ("model", 9, 1.0)
    assert m["sensitivity"] == pytest.approx(1.0) and (m["fp"], m["tn"]) == (0, 4)


def test_groups_give_medians_of_readers_and_leave_models_out(answers):
    model = ModelScores("VGG16", {f"P{n}": 1.0 for n in range(10)})
    judges = judges_of(answers, TRUTH, [model], Resampling(100))
    found = rows_of(groups_table(judges))
    assert [row["group"] for row in found] == ["physician", "trainee", "all readers"]
    areas = [row["auc"] for row in rows_of(accuracy_table(judges, 0.95))[:2]]
    assert found[2]["auc_median"] == pytest.approx(np.median(areas)) and found[2]["readers"] == 2
    assert found[2]["auc_iqr"] == pytest.approx(abs(areas[0] - areas[1]) / 2)
    assert found[0]["total_min_mean"] == pytest.approx(105 / 60) and found[1]["total_min_mean"] is None


def test_times_are_of_those_who_have_them(answers):
    model = ModelScores("VGG16", {f"P{n}": 1.0 for n in range(10)}, seconds={"P0": 2.0, "P1": 4.0})
    found = rows_of(times_table(judges_of(answers, TRUTH, [model], Resampling(100))))
    assert [row["reader"] for row in found] == ["A", "VGG16"]
    assert (found[0]["cases"], found[0]["total_min"], found[0]["median_s"]) == (10, pytest.approx(1.75), 10.5)
    assert (found[1]["cases"], found[1]["mean_s"], found[1]["least_s"]) == (2, 3.0, 2.0)


def test_a_reader_without_an_ill_case_has_no_area_and_no_sensitivity(answers):
    part = answers[answers["case"].isin(["P7", "P8"])]
    (found,) = rows_of(accuracy_table(judges_of(part[part["reader"] == "A"], TRUTH, [], Resampling(100)), 0.95))
    assert found["auc"] is None and found["auc_low"] is None and found["sensitivity"] is None
    assert found["specificity"] == 1.0 and found["f1"] is None
