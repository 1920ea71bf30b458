"""Rank tests: against counting all arrangements by hand, the correction and the stars of chapter 6."""

import math
from itertools import combinations, product

import pytest

from oncologyai.metrics import compare_groups, compare_paired, significance_stars


def exact_mann_whitney(a: list[float], b: list[float]) -> tuple[float, float]:
    """U of ``a`` by counting pairs; p by going through every way to part the values."""

    def u_of(x: list[float], y: list[float]) -> float:
        return sum((p > q) + 0.5 * (p == q) for p, q in product(x, y))

    every, middle, seen = a + b, len(a) * len(b) / 2, abs(u_of(a, b) - len(a) * len(b) / 2)
    parts = list(combinations(range(len(every)), len(a)))
    extreme = 0
    for part in parts:
        x = [every[n] for n in part]
        y = [every[n] for n in range(len(every)) if n not in part]
        extreme += abs(u_of(x, y) - middle) >= seen - 1e-12
    return u_of(a, b), extreme / len(parts)


def exact_signed_ranks(differences: list[float]) -> float:
    """P of Wilcoxon's test by going through every choice of signs."""
    order = sorted(abs(d) for d in differences)
    ranks = [order.index(abs(d)) + 1 for d in differences]  # no ties in these tests
    total = sum(ranks)
    seen = abs(sum(r for r, d in zip(ranks, differences, strict=True) if d > 0) - total / 2)
    signs = list(product((0, 1), repeat=len(ranks)))
    return sum(abs(sum(r * s for r, s in zip(ranks, c, strict=True)) - total / 2) >= seen for c in signs) / len(signs)


def test_groups_equal_the_count_of_all_arrangements() -> None:
    a, b = [0.91, 0.85, 0.88, 0.93], [0.7, 0.8, 0.86, 0.6, 0.75]
    (found,) = compare_groups({"thin": a, "thick": b})
    u, p = exact_mann_whitney(a, b)
    assert (found.statistic, found.p) == pytest.approx((u, p)) and found.p_corrected == found.p
    assert (found.first, found.second, found.n_first, found.n_second, found.stars) == ("thin", "thick", 4, 5, "*")


def test_corrected_for_the_number_of_pairs_that_could_be_tested() -> None:
    groups = {"a": [1.0, 2, 3, 4], "b": [5.0, 6, 7, 8], "c": [2.5, 3.5, 6.5, 9], "empty": [], "missing": [math.nan]}
    found = {(t.first, t.second): t for t in compare_groups(groups)}
    assert len(found) == 10
    assert found["a", "b"].p == pytest.approx(2 / 70) and found["a", "b"].p_corrected == pytest.approx(6 / 70)
    assert found["a", "b"].stars == "ns" and found["b", "c"].p_corrected == 1.0
    assert math.isnan(found["a", "empty"].p) and found["a", "missing"].stars == ""


def test_paired_methods_on_the_cases_that_both_have() -> None:
    a = {"1": 0.9, "2": 0.81, "3": 0.75, "4": 0.66, "5": 0.59, "6": math.nan, "7": 0.5}
    b = {"1": 0.89, "2": 0.79, "3": 0.72, "4": 0.62, "5": 0.54, "6": 0.2, "8": 0.1}
    (found,) = compare_paired({"A": a, "B": b})
    assert found.n_first == 5 and found.p == pytest.approx(exact_signed_ranks([0.01, 0.02, 0.03, 0.04, 0.05]))
    assert found.p == pytest.approx(2 / 32)


def test_equal_values_give_p_one_and_infinite_ones_are_ranked() -> None:
    assert compare_groups({"a": [1.0, 1.0], "b": [1.0]})[0].p == 1.0
    assert compare_paired({"a": {"1": math.inf, "2": 3.0}, "b": {"1": math.inf, "2": 3.0}})[0].p == 1.0
    assert compare_groups({"a": [1.0, 2, 3, 4], "b": [math.inf] * 4})[0].statistic == 0.0
    assert math.isnan(compare_paired({"a": {"1": 1.0}, "b": {"2": 1.0}})[0].p)


@pytest.mark.parametrize(
    ("p", "stars"),
    [(1.0, "ns"), (0.0501, "ns"), (0.05, "*"), (0.0101, "*"), (0.01, "**"), (1e-3, "***"), (1e-4, "****"), (0, "****")],
)
def test_stars_of_chapter_6(p: float, stars: str) -> None:
    assert significance_stars(p) == stars
