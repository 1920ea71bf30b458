"""Branching vessels that fill a lung, grown from its hilum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.progress import Progress, check_cancelled
from oncologyai.samples.canvas import Canvas

__all__ = ["VesselTree", "grow_tree", "paint_tree"]

# A parent's radius to this power is the sum of its children's (Murray 1926, PNAS 12:207, gives 3).
_MURRAY_POWER = 2.8


@dataclass(frozen=True)
class VesselTree:
    """Nodes (n, 3) in RAS mm, the parent of each (the root is its own), the radius of the branch that ends there."""

    nodes: np.ndarray
    parents: np.ndarray
    radii_mm: np.ndarray


def grow_tree(
    root: np.ndarray, targets: np.ndarray, *, leaf_mm: float, rng: np.random.Generator, detour: float = 0.35
) -> VesselTree:
    """Join targets (n, 3) to a root, nearest first, each to the node that keeps its whole way short.

    ``leaf_mm`` is the radius of the last branches; ``detour`` weighs the way along the tree against the new branch.
    """
    order = np.argsort(np.linalg.norm(targets - root, axis=1), kind="stable")
    room = 3 * len(targets) + 1
    nodes, parents = np.empty((room, 3)), np.zeros(room, dtype=np.int64)
    way, leaves = np.zeros(room), np.zeros(room)
    nodes[0], count = root, 1
    for target in targets[order]:
        gap = np.linalg.norm(nodes[:count] - target, axis=1)
        join = int((gap + detour * way[:count]).argmin())
        wobble = rng.standard_normal((2, 3)) * 0.06 * gap[join]
        for step in range(3):
            nodes[count] = nodes[join] + (target - nodes[join]) / (3 - step)
            if step < 2:
                nodes[count] += wobble[step]
            parents[count] = join
            way[count] = way[join] + float(np.linalg.norm(nodes[count] - nodes[join]))
            join, count = count, count + 1
        leaves[count - 1] = 1.0
    for node in range(count - 1, 0, -1):
        leaves[parents[node]] += leaves[node]
    return VesselTree(nodes[:count], parents[:count], leaf_mm * leaves[:count] ** (1.0 / _MURRAY_POWER))


def paint_tree(
    canvas: Canvas, tree: VesselTree, value: float, within: np.ndarray, *, largest_mm: float, progress: Progress
) -> None:
    """Paint every branch as a tube that narrows from its parent's radius to its own."""
    radii = np.minimum(tree.radii_mm, largest_mm)
    for node in range(1, len(tree.nodes)):
        if node % 64 == 1:
            check_cancelled(progress)
        parent = tree.parents[node]
        start = min(radii[parent], radii[node] * 1.25)
        canvas.tube(tree.nodes[[parent, node]], np.array([start, radii[node]]), value, within)
