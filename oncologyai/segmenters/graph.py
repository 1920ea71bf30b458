"""Random walks on the graph of neighbouring blocks: links that fall at edges, and chances by a Laplace equation.

The chance that a walker who starts in a block meets one set of blocks before another solves a Laplace equation on the
graph [1]_. A walker may also end where it is, at a rate; what it then counts for is a prior for that block [2]_.

References
----------
.. [1] Grady L. Random walks for image segmentation. IEEE Trans Pattern Anal Mach Intell 2006;28:1768-1783.
.. [2] Grady L. Multilabel random walker image segmentation using prior models. CVPR 2005;1:763-770.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from oncologyai.progress import Progress, check_cancelled

__all__ = ["Graph", "conjugate_gradients", "link_neighbours", "meeting_chance"]

_GROUNDING = 1e-9  # keeps the system regular
_TOLERANCE = 1e-5
_MAX_STEPS = 3000


@dataclass(frozen=True)
class Graph:
    """Blocks (bool, a grid's shape) and the weights (n,) of links between neighbours ``first`` and ``second`` (n,)."""

    nodes: np.ndarray
    first: np.ndarray
    second: np.ndarray
    weights: np.ndarray


def link_neighbours(
    nodes: np.ndarray, image: np.ndarray, sampling_mm: tuple[float, float, float], *, edge_mm: float, spread: float
) -> Graph:
    """Link the 6-neighbours among ``nodes`` by weights that fall with the difference of their values.

    Parameters
    ----------
    nodes : ndarray of bool, shape (k, j, i)
        Which blocks are in the graph.
    image : ndarray, shape (k, j, i)
        Values, smoothed.
    sampling_mm : tuple of float
        Block edge lengths along (k, j, i).
    edge_mm : float, > 0
        Thickness of an edge: a difference of ``spread`` over this length halves the weight.
    spread : float, > 0
        The difference that counts as an edge, in the image's unit.
    """
    index = np.full(nodes.shape, -1, dtype=np.int32)
    index[nodes] = np.arange(np.count_nonzero(nodes), dtype=np.int32)
    links = []
    for axis, gap in enumerate(sampling_mm):
        low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        both = nodes[low] & nodes[high]
        slope = (image[low][both] - image[high][both]) / gap * edge_mm / spread
        links.append((index[low][both], index[high][both], 1.0 / (1.0 + slope.astype(np.float64) ** 2) / gap**2))
    first, second, weights = (np.concatenate(part) for part in zip(*links, strict=True))
    return Graph(nodes, first, second, weights)


def meeting_chance(
    graph: Graph,
    one: np.ndarray,
    other: np.ndarray,
    rate: float,
    progress: Progress,
    *,
    prior: np.ndarray | None = None,
    tolerance: float = _TOLERANCE,
) -> np.ndarray:
    """Give each node's chance (n,) to meet ``one`` before ``other``.

    Parameters
    ----------
    graph : Graph
        Of n nodes.
    one, other : ndarray of bool, shape (n,)
        Where a walk ends, counting 1 and 0.
    rate : float, >= 0
        At which a walker ends where it is, in 1/mm2.
    progress : Progress
        Asked for cancellation in every step.
    prior : ndarray, shape (n,), 0-1, optional
        What a walk that ends by itself counts; 0 where not given.
    tolerance : float
        Of the solution, relative.
    """
    size = one.size
    one_way = sparse.coo_array((graph.weights, (graph.first, graph.second)), shape=(size, size)).tocsr()
    links = one_way + one_way.T
    free = np.flatnonzero(~(one | other))
    chance = one.astype(np.float64)
    if free.size:
        rows = links[free]
        system = sparse.diags_array(rows.sum(axis=1) + rate + _GROUNDING).tocsr() - rows[:, free]
        right = rows @ chance if prior is None else rows @ chance + rate * prior[free]
        start = np.full(right.shape, 0.5) if prior is None else prior[free].astype(np.float64)
        chance[free] = conjugate_gradients(system, right, start, progress, tolerance=tolerance)
    return chance


def conjugate_gradients(
    system: sparse.csr_array, right: np.ndarray, start: np.ndarray, progress: Progress, *, tolerance: float = _TOLERANCE
) -> np.ndarray:
    """Solve a symmetric positive definite system from ``start``, with the diagonal as preconditioner."""
    scale = 1.0 / system.diagonal()
    solution = start.copy()
    residual = right - system @ solution
    step = scale * residual
    direction, power = step.copy(), float(residual @ step)
    goal = tolerance**2 * max(float(right @ (scale * right)), 1e-12)
    for _ in range(_MAX_STEPS):
        if power <= goal:
            break
        check_cancelled(progress)
        image = system @ direction
        length = power / float(direction @ image)
        solution += length * direction
        residual -= length * image
        step = scale * residual
        power, last = float(residual @ step), power
        direction = step + power / last * direction
    return solution
