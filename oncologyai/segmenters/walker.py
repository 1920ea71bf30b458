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

import numpy as np
from scipy import ndimage

from oncologyai.progress import Progress, check_cancelled
from oncologyai.segmenters.graph import Graph, link_neighbours, meeting_chance
from oncologyai.segmenters.task import SeedTask, component_of, depth_mm

__all__ = ["walk_randomly"]

_MARKER_MM = 4.0
_MARKER_SHARE = 0.5
_EDGE_SMOOTHING_MM = 2.0
_LEVELS = np.arange(5, 95) / 100.0
# Between 2/3, which does not care for size, and 1, the ratio of [2], which runs away where the reach is large.
_VOLUME_POWER = 0.8


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
    chance = meeting_chance(graph, lesion[nodes], other[nodes], 1.0 / task.tissue.decay_mm**2, progress)
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


def _link(task: SeedTask, nodes: np.ndarray) -> Graph:
    """Link neighbouring nodes by weights that fall with the difference of their smoothed values."""
    tissue = task.tissue
    clipped = np.clip(task.image, tissue.low - 4 * tissue.spread, tissue.high + 4 * tissue.spread)
    smooth = ndimage.gaussian_filter(clipped, [_EDGE_SMOOTHING_MM / s for s in task.sampling_mm])
    return link_neighbours(nodes, smooth, task.sampling_mm, edge_mm=_EDGE_SMOOTHING_MM, spread=tissue.spread)


def _level_of_narrowest_cut(graph: Graph, chance: np.ndarray) -> float:
    """Give the level whose border, the weights of the links it cuts, is least for the volume above it."""
    ends = chance[graph.first], chance[graph.second]
    bins = len(_LEVELS) + 1
    enters = np.searchsorted(_LEVELS, np.minimum(*ends), side="right")
    leaves = np.searchsorted(_LEVELS, np.maximum(*ends), side="right")
    change = np.bincount(enters, graph.weights, bins) - np.bincount(leaves, graph.weights, bins)
    cut = np.cumsum(change)[: len(_LEVELS)]
    above = chance.size - np.searchsorted(np.sort(chance), _LEVELS)
    return float(_LEVELS[np.argmin(cut / np.maximum(above, 1) ** _VOLUME_POWER)])
