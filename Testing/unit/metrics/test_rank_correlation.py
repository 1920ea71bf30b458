"""Spearman's matrix against scipy, pair by pair where values are missing; groups of like columns."""

import math

import numpy as np
import pytest
from scipy.stats import spearmanr

from oncologyai.errors import CancelledError, InputError
from oncologyai.metrics import group_columns, spearman_matrix, spearman_with
from oncologyai.progress import Silent


class Cancelled(Silent):
    def cancelled(self) -> bool:
        return True


@pytest.fixture
def a_table() -> np.ndarray:
    """Ten columns with ties, one constant, two with gaps, one with infinite values."""
    generator = np.random.default_rng(7)
    table = np.round(generator.normal(size=(30, 10)), 1)
    table[:, 1] = -(table[:, 0] ** 3)
    table[:, 3] = 5.0
    table[[2, 5], 4] = np.nan
    table[10:, 6] = np.nan
    table[4, 7], table[9, 7] = math.inf, -math.inf
    return table


def by_scipy(a: np.ndarray, b: np.ndarray) -> float:
    kept = ~np.isnan(a) & ~np.isnan(b)
    if len(np.unique(a[kept])) < 2 or len(np.unique(b[kept])) < 2:
        return math.nan
    finite = [np.clip(x[kept], -1e9, 1e9) for x in (a, b)]
    return float(spearmanr(*finite).statistic)


def test_every_pair_is_that_of_scipy(a_table) -> None:
    found = spearman_matrix(a_table)
    expected = np.array([[by_scipy(a, b) for b in a_table.T] for a in a_table.T])
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert found[0, 1] == pytest.approx(-1.0) and np.isnan(found[3]).all() and found[4, 4] == 1.0
    assert np.array_equal(found, found.T, equal_nan=True)
    assert spearman_with(a_table, a_table[:, 4]) == pytest.approx(found[4], abs=1e-12, nan_ok=True)


def test_next_to_no_rows_give_nan() -> None:
    assert np.isnan(spearman_matrix(np.ones((1, 3)))).all()
    assert spearman_matrix(np.zeros((5, 0))).shape == (0, 0)
    assert np.isnan(spearman_with(np.full((4, 2), np.nan), np.arange(4.0))).all()


def test_like_columns_stand_together_in_one_group() -> None:
    generator = np.random.default_rng(1)
    a, b = generator.normal(size=(2, 50))
    table = np.stack([a, b, a + 0.01 * b, -b, np.ones(50), a**3], axis=1)
    groups = group_columns(spearman_matrix(table), limit=0.9)
    assert groups.group.tolist() == [1, 2, 1, 2, 3, 1]
    place = np.argsort(groups.order)
    assert sorted(groups.order) == list(range(6)) and np.ptp(place[[0, 2, 5]]) == 2 and abs(place[1] - place[3]) == 1
    assert group_columns(np.ones((1, 1))).group.tolist() == [1] and group_columns(np.zeros((0, 0))).order.size == 0


def test_bad_input_is_told(a_table) -> None:
    with pytest.raises(InputError, match="values: expected rows and columns, got 1 axes"):
        spearman_matrix(np.arange(3.0))
    with pytest.raises(InputError, match="reference: expected 30 values, one a row, got 2"):
        spearman_with(a_table, np.arange(2.0))
    with pytest.raises(InputError, match="matrix: expected a square one"):
        group_columns(np.zeros((2, 3)))
    with pytest.raises(InputError, match="limit"):
        group_columns(np.eye(2), limit=2.0)
    with pytest.raises(CancelledError):
        spearman_matrix(a_table, progress=Cancelled())
