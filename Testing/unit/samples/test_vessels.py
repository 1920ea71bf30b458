"""Vessels that branch."""

import numpy as np

from oncologyai.samples.vessels import grow_tree


def test_every_target_is_reached_from_the_root() -> None:
    rng = np.random.default_rng(3)
    targets = rng.uniform(-50.0, 50.0, (40, 3))
    tree = grow_tree(np.zeros(3), targets, leaf_mm=0.5, rng=np.random.default_rng(1))
    for target in targets:
        node = int(np.linalg.norm(tree.nodes - target, axis=1).argmin())
        assert np.linalg.norm(tree.nodes[node] - target) < 1e-9
        steps = 0
        while node != 0:
            node, steps = int(tree.parents[node]), steps + 1
            assert steps <= len(tree.nodes)


def test_branches_narrow_from_the_root_by_murrays_law() -> None:
    targets = np.random.default_rng(3).uniform(-50.0, 50.0, (40, 3))
    tree = grow_tree(np.zeros(3), targets, leaf_mm=0.5, rng=np.random.default_rng(1))
    assert (tree.radii_mm[1:] <= tree.radii_mm[tree.parents[1:]] + 1e-12).all()
    np.testing.assert_allclose(tree.radii_mm.min(), 0.5)
    np.testing.assert_allclose(tree.radii_mm[0], 0.5 * 40 ** (1 / 2.8))
