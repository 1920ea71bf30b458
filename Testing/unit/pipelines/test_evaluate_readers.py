"""Readers: pairs, repetitions, time."""

import pytest
from scipy.stats import wilcoxon

from oncologyai.pipelines import CohortConfig, CohortRow, pair_kind, pair_name
from oncologyai.pipelines.evaluate_readers import INTER, INTRA, analyse_pairs, analyse_seconds

CONFIG = CohortConfig(readers=("Dr1", "Dr2", "Dr3"), metrics=("dice",))


def pair(case: int, method: str, against: str, dice: float, session: str = "") -> CohortRow:
    return CohortRow(str(case), method, {"dice": dice}, session=session, against=against)


def test_kinds_and_names_of_pairs() -> None:
    readers = CONFIG.readers
    kinds = [
        pair_kind(pair(1, *names, 0.5), readers)
        for names in (("Dr2", "Dr1"), ("Dr1", "Dr1"), ("DL", "Dr1"), ("Dr1", "DL"), ("DL", "DL"), ("DL", "X"))
    ]
    assert kinds == [INTER, INTRA, "method against reader", "method against reader", "method repeated",
                     "method against method"]  # fmt: skip
    assert pair_name(pair(1, "Dr2", "Dr1", 0.5)) == pair_name(pair(1, "Dr1", "Dr2", 0.5)) == "Dr1 – Dr2"
    assert pair_name(pair(1, "Dr1", "Dr1", 0.5)) == "Dr1"


def test_every_pair_and_all_of_a_kind_are_summarised() -> None:
    rows = [pair(c, "Dr2", "Dr1", 0.8 + c / 100) for c in range(3)] + [pair(c, "Dr3", "Dr1", 0.7) for c in range(3)]
    rows += [pair(0, "Dr1", "Dr1", 0.95, session="2"), CohortRow("0", "Dr1", {"dice": 0.1})]
    table, _ = analyse_pairs(rows, CONFIG)
    median = {row[:2]: row[table.columns.index("median")] for row in table.rows}
    assert median == pytest.approx(
        {
            (INTER, "Dr1 – Dr2"): 0.81,
            (INTER, "Dr1 – Dr3"): 0.7,
            (INTER, "all"): 0.75,
            (INTRA, "Dr1"): 0.95,
            (INTRA, "all"): 0.95,
        }
    )


def test_a_method_is_tested_against_the_variability_of_readers_case_by_case() -> None:
    rows, differences = [], []
    for case in range(8):
        rows += [pair(case, "Dr2", "Dr1", 0.8), pair(case, "Dr3", "Dr1", 0.9), pair(case, "Dr3", "Dr2", 0.7)]
        values = [0.7 + case / 100, 0.72 + case**2 / 1000]
        rows += [pair(case, "DL", "Dr1", values[0]), pair(case, "Dr2", "DL", values[1])]
        differences.append(0.8 - sum(values) / 2)
    _, tested = analyse_pairs(rows, CONFIG)
    (row,) = tested.rows
    found = dict(zip(tested.columns, row, strict=True))
    assert {found["first"], found["second"]} == {INTER, "DL"} and found["n_first"] == 8
    assert found["p"] == pytest.approx(wilcoxon(differences).pvalue)


def test_repeated_contours_of_readers_and_methods_are_tested() -> None:
    rows = [pair(c, "Dr1", "Dr1", 0.8 + c / 100, "2") for c in range(6)]
    rows += [pair(c, "DL", "DL", 1.0, "2") for c in range(6)]
    _, tested = analyse_pairs(rows, CONFIG)
    found = dict(zip(tested.columns, tested.rows[0], strict=True))
    assert (found["kind"], found["first"], found["second"]) == (INTRA, "Dr1", "DL")
    assert found["p"] == pytest.approx(2 / 2**6)


def test_seconds_by_method_and_of_the_reference() -> None:
    rows = []
    for case in range(6):
        rows.append(CohortRow(str(case), "DL", {"seconds": 2.0 + case / 10, "reference_seconds": 100.0 + case}))
        if case:
            rows.append(CohortRow(str(case), "Dr1", {"seconds": 200.0 + case}))
    described, tested, seconds = analyse_seconds(rows)
    median = {row[0]: row[described.columns.index("median")] for row in described.rows}
    assert median == pytest.approx({"reference": 102.5, "DL": 2.25, "Dr1": 203.0})
    p = {row[:2]: row[tested.columns.index("p")] for row in tested.rows}
    assert p == pytest.approx({("reference", "DL"): 2 / 2**6, ("reference", "Dr1"): 2 / 2**5, ("DL", "Dr1"): 2 / 2**5})
    assert set(seconds) == {"reference", "DL", "Dr1"} and analyse_seconds([CohortRow("1", "A", {})])[2] == {}
