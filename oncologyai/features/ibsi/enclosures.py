"""What encloses a set of points: the least box, the least ellipsoid, and an ellipsoid's surface."""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial import ConvexHull
from scipy.special import eval_legendre

__all__ = ["ellipsoid_area", "enclosing_ellipsoid", "least_box"]

_TERMS = 20  # of the series of an ellipsoid's surface (IBSI manual, area density of the enclosing ellipsoid)


def least_box(corners: np.ndarray) -> np.ndarray:
    """Give the edges of the least box, in any direction, with a side on a face of the convex hull.

    The least of all boxes may touch the hull with edges only; it is then somewhat smaller.

    Parameters
    ----------
    corners : ndarray, shape (n, 3)
        Corners of a convex hull.
    """
    normals = np.unique(np.round(ConvexHull(corners).equations[:, :3], 9), axis=0)
    best: np.ndarray = np.ptp(corners, axis=0)
    for normal in normals:
        across = np.eye(3)[np.argmin(np.abs(normal))]
        first = np.cross(normal, across)
        first /= np.linalg.norm(first)
        frame = np.stack([first, np.cross(normal, first)])
        height = float(np.ptp(corners @ normal))
        flat = corners @ frame.T
        edges = _least_rectangle(flat[ConvexHull(flat).vertices])
        if height * edges[0] * edges[1] < float(np.prod(best)):
            best = np.array([height, *edges])
    return best


def _least_rectangle(corners: np.ndarray) -> tuple[float, float]:
    """Give the edges of the least rectangle about a convex polygon: it has a side on one of the polygon's."""
    sides = np.roll(corners, -1, axis=0) - corners
    angles = np.unique(np.round(np.arctan2(sides[:, 1], sides[:, 0]) % (math.pi / 2), 9))
    turns = np.stack([np.cos(angles), np.sin(angles), -np.sin(angles), np.cos(angles)], axis=1).reshape(-1, 2, 2)
    extents = np.ptp(corners @ turns.transpose(0, 2, 1), axis=1)
    least = extents[np.argmin(extents.prod(axis=1))]
    return float(least[0]), float(least[1])


def enclosing_ellipsoid(corners: np.ndarray, tolerance: float = 1e-3) -> tuple[float, float, float]:
    """Give the half axes of the least ellipsoid about points, the greatest first, by Khachiyan's algorithm.

    Parameters
    ----------
    corners : ndarray, shape (n, 3), not all in one plane
    tolerance : float
        At which the weights of the points have settled.
    """
    count, dimensions = corners.shape
    lifted = np.column_stack([corners, np.ones(count)]).T
    weights = np.full(count, 1.0 / count)
    for _ in range(10000):
        inverse = np.linalg.inv((lifted * weights) @ lifted.T)
        distances = np.einsum("in,ij,jn->n", lifted, inverse, lifted)
        farthest = int(np.argmax(distances))
        step = (distances[farthest] - dimensions - 1.0) / ((dimensions + 1.0) * (distances[farthest] - 1.0))
        weights *= 1.0 - step
        weights[farthest] += step
        if distances[farthest] < (dimensions + 1.0) * (1.0 + tolerance):
            break
    centre = corners.T @ weights
    spread = (corners.T * weights) @ corners - np.outer(centre, centre)
    half = np.sqrt(np.maximum(np.linalg.eigvalsh(spread) * dimensions, 0.0))
    return float(half[2]), float(half[1]), float(half[0])


def ellipsoid_area(half_axes: tuple[float, float, float]) -> float:
    """Give the surface of an ellipsoid by a series of Legendre polynomials; a flat one has no series: NaN.

    Parameters
    ----------
    half_axes : tuple of float
        The greatest first.
    """
    a, b, c = half_axes
    if c <= 0.0:
        return math.nan
    alpha, beta = math.sqrt(max(1.0 - (b / a) ** 2, 0.0)), math.sqrt(max(1.0 - (c / a) ** 2, 0.0))
    if alpha * beta == 0.0:  # two equal long axes, or a sphere: only the limit of the series is left
        argument_powers = [_limit_term(beta, n) for n in range(_TERMS + 1)]
    else:
        argument = (alpha**2 + beta**2) / (2.0 * alpha * beta)
        argument_powers = [(alpha * beta) ** n * float(eval_legendre(n, argument)) for n in range(_TERMS + 1)]
    return 4.0 * math.pi * a * b * sum(term / (1.0 - 4.0 * n**2) for n, term in enumerate(argument_powers))


def _limit_term(beta: float, n: int) -> float:
    """Give the limit of (alpha beta)**n P_n((alpha**2 + beta**2) / (2 alpha beta)) where alpha goes to 0."""
    leading = math.comb(2 * n, n) / 2.0**n  # of P_n
    return leading * (beta**2 / 2.0) ** n
