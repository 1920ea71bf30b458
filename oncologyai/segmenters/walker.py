"""Random walker whose level is chosen by the narrowest cut.

Balls around the inside seeds are lesion; the blocks at the limit of the reach and balls around the outside seeds are
not. The probability that a walker who starts in a block meets lesion first is the solution of a Laplace equation on
the graph of lesion-like blocks [1]_; air, fat and bone are no part of it. The probability falls fast where the way
out is narrow or crosses an edge of the image: at the contact with an organ of like density. The usual level of 0.5
would put the border in the middle between the markers; instead the level is taken whose border is the least for the
volume it encloses, the isoperimetric ratio of graph partitioning [2]_. Walkers are absorbed at a small rate, so that
the result hardly depends on how far away the user lets lesion be; this is a uniform prior for background [3]_.

References
----------
.. [1] Grady L. Random walks for image segmentation. IEEE Trans Pattern Anal Mach Intell 2006;28:1768-1783.
.. [2] Grady L, Schwartz EL. Isoperimetric graph partitioning for image segmentation. IEEE Trans Pattern Anal Mach
       Intell 2006;28:469-475.
.. [3] Grady L. Multilabel random walker image segmentation using prior models. CVPR 2005;1:763-770.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse

from oncologyai.progress import Progress, check_cancelled
from oncologyai.segmenters.task import SeedTask, component_of, depth_mm

__all__ = ["walk_randomly"]

_MARKER_MM = 4.0
_MARKER_SHARE = 0.5
_EDGE_SMOOTHING_MM = 2.0
_GROUNDING = 1e-9  # keeps the system regular
_TOLERANCE = 1e-5
_MAX_STEPS = 3000
_LEVELS = np.arange(5, 95) / 100.0
# Between 2/3, which does not care for size, and 1, the ratio of [2], which runs away where the reach is large.
_VOLUME_POWER = 0.8


@dataclass(frozen=True)
class _Graph:
    """Lesion-like blocks and the weights (n,) of the links between neighbours ``first`` and ``second`` (n,)."""

    nodes: np.ndarray
    first: np.ndarray
    second: np.ndarray
    weights: np.ndarray


def walk_randomly(task: SeedTask, progress: Progress) -> np.ndarray:
    """Segment the lesion with the random walker; bool, the work grid's shape."""
    lesion, other = _markers(task)
    nodes = component_of(task.candidate | lesion, task.inside)
    lesion &= nodes
    other = (other | task.border) & nodes & ~lesion
    if not other.any():
        return nodes
    check_cancelled(progress)
    graph = _link(task, nodes)
    chance = _solve(graph, lesion[nodes], other[nodes], 1.0 / task.tissue.decay_mm**2, progress)
    result = np.zeros_like(nodes)
    result[nodes] = chance >= _level_of_narrowest_cut(graph, chance)
    return result & ~other


def _markers(task: SeedTask) -> tuple[np.ndarray, np.ndarray]:
    """Give the balls around the inside and the outside seeds; none reaches half way to another seed."""
    depth = depth_mm(task.candidate, task.sampling_mm)
    seeds = np.vstack([task.inside, task.outside]) * np.array(task.sampling_mm)
    lesion, other = np.zeros(depth.shape, dtype=bool), np.zeros(depth.shape, dtype=bool)
    for number, center in enumerate(np.vstack([task.inside, task.outside])):
        gaps = np.linalg.norm(seeds - seeds[number], axis=1)
        room = 0.5 * float(gaps[gaps > 0].min(initial=np.inf))
        if number < len(task.inside):
            wanted = max(_MARKER_MM, _MARKER_SHARE * float(min(depth[tuple(center)], task.reach_mm)))
            lesion |= task.inner_ball(center, min(wanted, room))
        else:
            other |= task.ball(center, min(_MARKER_MM, room))
    return lesion & ~other, other


def _link(task: SeedTask, nodes: np.ndarray) -> _Graph:
    """Link neighbouring nodes by weights that fall with the difference of their smoothed values."""
    tissue = task.tissue
    clipped = np.clip(task.image, tissue.low - 4 * tissue.spread, tissue.high + 4 * tissue.spread)
    smooth = ndimage.gaussian_filter(clipped, [_EDGE_SMOOTHING_MM / s for s in task.sampling_mm])
    index = np.full(nodes.shape, -1, dtype=np.int32)
    index[nodes] = np.arange(np.count_nonzero(nodes), dtype=np.int32)
    links = []
    for axis, gap in enumerate(task.sampling_mm):
        low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        both = nodes[low] & nodes[high]
        slope = (smooth[low][both] - smooth[high][both]) / gap * _EDGE_SMOOTHING_MM / tissue.spread
        links.append((index[low][both], index[high][both], 1.0 / (1.0 + slope.astype(np.float64) ** 2) / gap**2))
    first, second, weights = (np.concatenate(part) for part in zip(*links, strict=True))
    return _Graph(nodes, first, second, weights)


def _solve(graph: _Graph, lesion: np.ndarray, other: np.ndarray, absorption: float, progress: Progress) -> np.ndarray:
    """Give each node's chance (n,) to meet ``lesion`` before ``other`` or being absorbed, a rate in 1/mm2."""
    size = lesion.size
    one_way = sparse.coo_array((graph.weights, (graph.first, graph.second)), shape=(size, size)).tocsr()
    links = one_way + one_way.T
    free = np.flatnonzero(~(lesion | other))
    chance = lesion.astype(np.float64)
    if free.size:
        rows = links[free]
        system = sparse.diags_array(rows.sum(axis=1) + absorption + _GROUNDING).tocsr() - rows[:, free]
        chance[free] = _conjugate_gradients(system, rows @ chance, progress)
    return chance


def _conjugate_gradients(system: sparse.csr_array, right: np.ndarray, progress: Progress) -> np.ndarray:
    """Solve a symmetric positive definite system with the diagonal as preconditioner."""
    scale = 1.0 / system.diagonal()
    solution = np.full(right.shape, 0.5)
    residual = right - system @ solution
    step = scale * residual
    direction, power = step.copy(), float(residual @ step)
    goal = _TOLERANCE**2 * max(float(right @ (scale * right)), 1e-12)
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


def _level_of_narrowest_cut(graph: _Graph, chance: np.ndarray) -> float:
    """Give the level whose border, the weights of the links it cuts, is least for the volume above it."""
    ends = chance[graph.first], chance[graph.second]
    bins = len(_LEVELS) + 1
    enters = np.searchsorted(_LEVELS, np.minimum(*ends), side="right")
    leaves = np.searchsorted(_LEVELS, np.maximum(*ends), side="right")
    change = np.bincount(enters, graph.weights, bins) - np.bincount(leaves, graph.weights, bins)
    cut = np.cumsum(change)[: len(_LEVELS)]
    above = chance.size - np.searchsorted(np.sort(chance), _LEVELS)
    return float(_LEVELS[np.argmin(cut / np.maximum(above, 1) ** _VOLUME_POWER)])
