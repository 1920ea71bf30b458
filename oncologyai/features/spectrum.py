"""One eigenvalue of a symmetric matrix, by reduction to three diagonals and bisection."""

from __future__ import annotations

import numpy as np

from oncologyai.features.compiled import compiled

__all__ = ["eigenvalue", "three_diagonals"]

_STEPS = 60  # halvings: the bracket ends below the rounding of double precision


@compiled
def three_diagonals(matrix):  # type: ignore[no-untyped-def]
    """Reduce a symmetric matrix (n, n) by Householder's reflections; it is overwritten.

    Returns
    -------
    tuple of ndarray
        The diagonal, shape (n,), and the squares of the one beside it, shape (n,), of which the last is 0.
    """
    size = matrix.shape[0]
    beside = np.zeros(size)
    product = np.zeros(size)
    for k in range(size - 2):
        norm = 0.0
        for i in range(k + 1, size):
            norm += matrix[i, k] * matrix[i, k]
        beside[k] = norm
        rest = norm - matrix[k + 1, k] * matrix[k + 1, k]
        if rest <= 0.0:
            continue
        root = np.sqrt(norm)
        matrix[k + 1, k] += root if matrix[k + 1, k] >= 0.0 else -root
        length = rest + matrix[k + 1, k] * matrix[k + 1, k]
        _reflect(matrix, k, length, product)
    if size > 1:
        beside[size - 2] = matrix[size - 1, size - 2] * matrix[size - 1, size - 2]
    diagonal = np.zeros(size)
    for i in range(size):
        diagonal[i] = matrix[i, i]
    return diagonal, beside


@compiled
def _reflect(matrix, k, length, product):  # type: ignore[no-untyped-def]
    """Reflect the part right of and below column k along that column, from row k + 1."""
    size = matrix.shape[0]
    along = 0.0
    for i in range(k + 1, size):
        total = 0.0
        for j in range(k + 1, size):
            total += matrix[i, j] * matrix[j, k]
        product[i] = 2.0 * total / length
        along += product[i] * matrix[i, k]
    for i in range(k + 1, size):
        product[i] -= along / length * matrix[i, k]
    for i in range(k + 1, size):
        for j in range(k + 1, size):
            matrix[i, j] -= matrix[i, k] * product[j] + product[i] * matrix[j, k]


@compiled
def eigenvalue(diagonal, beside, rank):  # type: ignore[no-untyped-def]
    """Give the eigenvalue with ``rank`` smaller ones, of what ``three_diagonals`` gives, by Sturm's count."""
    reach = 0.0
    for i in range(diagonal.size):
        reach = max(reach, abs(diagonal[i]) + np.sqrt(beside[i]) + np.sqrt(beside[i - 1] if i > 0 else 0.0))
    low, high = -reach, reach
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        if _smaller(diagonal, beside, middle) > rank:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


@compiled
def _smaller(diagonal, beside, limit):  # type: ignore[no-untyped-def]
    count, pivot = 0, 1.0
    for i in range(diagonal.size):
        pivot = diagonal[i] - limit - (beside[i - 1] / pivot if i > 0 else 0.0)
        if pivot == 0.0:
            pivot = 1e-300
        if pivot < 0.0:
            count += 1
    return count
