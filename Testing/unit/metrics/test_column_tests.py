"""Tests of many columns: scipy's own column by column, and the corrections by hand."""

import math

import numpy as np
import pytest
from scipy.stats import kruskal, mannwhitneyu

from oncologyai.errors import CancelledError, InputError
from oncologyai.metrics import compare_classes
from oncologyai.progress import Silent


class Cancelled(Silent):
    def cancelled(self) -> bool:
        return True


@pytest.fixture
def a_table() -> tuple[np.ndarray, np.ndarray]:
    """Four columns of 40 rows: one that parts the classes, one with gaps, one constant, one empty in class 0."""
    generator = np.random.default_rng(3)
    codes = np.repeat([0, 1], 20)
    table = np.round(generator.normal(size=(40, 4)), 1)
    table[:, 0] += codes
    table[[1, 30], 1] = np.nan
    table[:, 2] = 4.0
    table[:20, 3] = np.nan
    return table, codes


def test_two_classes_are_tested_by_mann_and_whitney(a_table) -> None:
    table, codes = a_table
    found = compare_classes(table, codes)
    for n in (0, 1):
        column = table[:, n]
        groups = [column[(codes == c) & ~np.isnan(column)] for c in (1, 0)]
        expected = mannwhitneyu(*groups, alternative="two-sided")
        assert found[n][:2] == pytest.approx((expected.statistic, expected.pvalue), rel=1e-12)
        assert found[n].p_corrected == pytest.approx(min(1.0, 2 * found[n].p))
    low, high = sorted(one.p for one in found[:2])
    assert min(one.p_fdr for one in found[:2]) == pytest.approx(min(2 * low, high))
    assert all(math.isnan(v) for one in found[2:] for v in one)


def test_more_classes_are_tested_by_kruskal_and_wallis(a_table) -> None:
    table, _ = a_table
    codes = np.arange(40) % 3
    found = compare_classes(table, codes)[1]
    kept = ~np.isnan(table[:, 1])
    expected = kruskal(*[table[kept & (codes == c), 1] for c in range(3)])
    assert found[:2] == pytest.approx((expected.statistic, expected.pvalue), rel=1e-12)


def test_few_values_are_tested_exactly() -> None:
    (found,) = compare_classes(np.array([[1.0], [2.0], [3.0], [4.0]]), [0, 0, 1, 1])
    assert found.statistic == 4.0 and found.p == pytest.approx(1 / 3)


def test_bad_input_is_told(a_table) -> None:
    table, codes = a_table
    with pytest.raises(InputError, match="codes: expected 40 classes, one a row, got 2"):
        compare_classes(table, [0, 1])
    with pytest.raises(InputError, match="codes: expected at least two classes, got 1"):
        compare_classes(table, np.zeros(40, dtype=int))
    with pytest.raises(CancelledError):
        compare_classes(table, codes, progress=Cancelled())
    assert compare_classes(np.zeros((2, 0)), [0, 1]) == ()
