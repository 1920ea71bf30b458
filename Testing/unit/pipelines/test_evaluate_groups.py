"""Cases in groups: which group each is in, and planted differences."""

import pytest
from scipy.stats import mannwhitneyu, wilcoxon

from oncologyai.errors import InputError
from oncologyai.pipelines import CohortConfig, CohortRow
from oncologyai.pipelines.evaluate_groups import group_cases, group_tables, method_tests


def rows_of(**columns: list) -> list[CohortRow]:
    """Rows of one method; numbers become values, texts groups."""
    count = len(next(iter(columns.values())))
    rows = []
    for n in range(count):
        cells = {name: column[n] for name, column in columns.items() if column[n] is not None}
        numbers = {name: float(v) for name, v in cells.items() if not isinstance(v, str)}
        rows.append(CohortRow(str(n), "A", numbers, groups={k: v for k, v in cells.items() if isinstance(v, str)}))
    return rows


def test_borders_belong_to_the_group_below() -> None:
    found = group_cases(rows_of(thickness=["2.5", "1", "5", "5.1", None]), "thickness", (2.5, 5.0))
    assert found.labels == ("≤ 2.5", "2.5 to 5", "> 5")
    assert found.label_of == {"0": "≤ 2.5", "1": "≤ 2.5", "2": "2.5 to 5", "3": "> 5"}


def test_many_different_numbers_are_split_at_the_median() -> None:
    found = group_cases(rows_of(volume_ml=[1, 2, 3, 4, 5, 6, 7]), "volume_ml")
    assert found.labels == ("≤ 4", "> 4") and found.label_of["3"] == "≤ 4" and found.label_of["4"] == "> 4"
    assert group_cases(rows_of(volume_ml=[1.5, 2.5]), "volume_ml").labels == ("≤ 2", "> 2")  # measured: also of few
    assert group_cases(rows_of(age=[str(n) for n in range(7)]), "age").labels == ("≤ 3", "> 3")


def test_few_numbers_and_texts_are_the_groups_themselves() -> None:
    assert group_cases(rows_of(a=["10", "9", "10", "2"]), "a").labels == ("2", "9", "10")
    assert group_cases(rows_of(a=["wall", "hilum", "wall"]), "a").labels == ("hilum", "wall")
    assert group_cases(rows_of(a=[1.25, 3, 3]), "a").labels == ("1.25", "3")


def test_tumours_are_one_or_several_and_a_column_comes_before_what_was_counted() -> None:
    found = group_cases(rows_of(tumours=[1, 2, 5, 0]), "tumours")
    assert found.label_of == {"0": "single", "1": "multiple", "2": "multiple"}
    rows = [CohortRow("1", "A", {"tumours": 3.0}, groups={"tumours": "1"})]
    assert group_cases(rows, "tumours").label_of == {"1": "single"}


def test_unknown_factors_and_borders_of_texts_are_refused() -> None:
    with pytest.raises(InputError, match="--group-by: expected one of dice, where, got 'nothing'"):
        group_cases(rows_of(dice=[0.5], where=["a"]), "nothing")
    with pytest.raises(InputError, match="--edges where: expected a column of numbers, got 'a' in it"):
        group_cases(rows_of(where=["1", "a"]), "where", (1.0,))


def test_planted_groups_have_their_medians_tests_and_stars() -> None:
    thin, thick, thicker = [0.9 + n / 1000 for n in range(12)], [0.7 + n / 1000 for n in range(12)], [0.71, 0.72]
    dices = thin + thick + thicker
    rows = rows_of(dice=dices, t=["1"] * 12 + ["3"] * 12 + ["5"] * 2)
    config = CohortConfig(metrics=("dice", "absent"))
    described, tested = group_tables(rows, [group_cases(rows, "t")], config)
    medians = {row[3]: row[described.columns.index("median")] for row in described.rows}
    assert medians == pytest.approx({"1": 0.9055, "3": 0.7055, "5": 0.715})
    first = dict(zip(tested.columns, tested.rows[0], strict=True))
    p = mannwhitneyu(thin, thick).pvalue
    assert (first["first"], first["second"], first["stars"]) == ("1", "3", "***")
    assert first["p"] == pytest.approx(p) and first["p_corrected"] == pytest.approx(3 * p)
    assert len(tested.rows) == 3


def test_an_empty_group_and_equal_values_are_told_as_such() -> None:
    rows = rows_of(dice=[0.5, 0.5, 0.5], v=["1", "2", "1"])
    grouping = group_cases(rows, "v", (5.0,))
    described, tested = group_tables(rows, [grouping], CohortConfig(metrics=("dice",)))
    empty = dict(zip(described.columns, described.rows[1], strict=True))
    assert (empty["group"], empty["n"], empty["median"]) == ("> 5", 0, None)
    assert tested.rows[0][tested.columns.index("p")] is None
    split = group_cases(rows, "v")
    _, same = group_tables(rows, [split], CohortConfig(metrics=("dice",)))
    assert same.rows[0][same.columns.index("p")] == 1.0


def test_methods_are_tested_on_the_cases_that_both_have() -> None:
    a = {str(n): 0.5 + n * n / 1000 for n in range(8)}
    b = {str(n): 0.45 + n / 1000 for n in range(2, 10)}
    rows = [CohortRow(case, "A", {"dice": v}) for case, v in a.items()]
    rows += [CohortRow(case, "B", {"dice": v}) for case, v in b.items()] + [CohortRow("0", "C", {})]
    table = method_tests(rows, ["dice"])
    (row,) = table.rows
    found = dict(zip(table.columns, row, strict=True))
    shared = [str(n) for n in range(2, 8)]
    assert found["n_first"] == 6 and found["p"] == pytest.approx(wilcoxon([a[s] - b[s] for s in shared]).pvalue)
