import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncologyai.features.spectrum import eigenvalue, three_diagonals


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_eigenvalues_equal_lapack_s(seed, size) -> None:
    matrix = np.random.default_rng(seed).normal(size=(size, size))
    matrix = matrix + matrix.T
    expected = np.linalg.eigvalsh(matrix)
    diagonal, beside = three_diagonals(matrix.copy())
    found = [eigenvalue(diagonal, beside, rank) for rank in range(size)]
    assert found == pytest.approx(expected, abs=1e-12 * max(1.0, np.abs(expected).max()) * size)


def test_a_diagonal_matrix_with_equal_values() -> None:
    diagonal, beside = three_diagonals(np.diag([2.0, 2.0, -1.0]))
    assert [eigenvalue(diagonal, beside, rank) for rank in range(3)] == pytest.approx([-1.0, 2.0, 2.0])
