"""The coarser box around the seeds."""

from __future__ import annotations

import numpy as np

from oncologyai.segmenters.workgrid import average_blocks, work_grid
from oncologyai.types import Volume


def a_volume(shape: tuple[int, int, int], spacing: tuple[float, float, float]) -> Volume:
    array = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    return Volume(array, np.diag([*spacing, 1.0]), "CT", "HU")


def test_blocks_are_about_two_millimetres_and_never_finer_than_voxels() -> None:
    grid = work_grid(a_volume((20, 50, 50), (0.9, 0.7, 3.0)), np.array([[10, 25, 25]]), 10.0)
    assert grid.factors == (1, 3, 2)
    assert np.allclose(grid.sampling_mm, (3.0, 2.1, 1.8))


def test_the_box_holds_the_reach_and_ends_at_the_image() -> None:
    grid = work_grid(a_volume((20, 80, 80), (1.0, 1.0, 2.0)), np.array([[2, 40, 40]]), 10.0)
    assert grid.start == (0, 24, 24)
    assert grid.stop == (11, 57, 57)


def test_a_far_reach_makes_coarser_blocks() -> None:
    volume = a_volume((20, 80, 80), (1.0, 1.0, 2.0))
    assert work_grid(volume, np.array([[10, 40, 40]]), 400.0).sampling_mm == (8.0, 8.0, 8.0)


def test_averages_equal_plain_means_and_spread_back_onto_the_box() -> None:
    volume = a_volume((7, 31, 29), (1.0, 1.0, 1.0))
    grid = work_grid(volume, np.array([[3, 15, 15]]), 50.0)
    assert grid.factors == (2, 2, 2)
    blocks = average_blocks(volume.array[grid.box], grid)
    assert blocks.shape == grid.shape == (4, 16, 15)
    assert np.isclose(blocks[1, 4, 6], volume.array[2:4, 8:10, 12:14].mean(), atol=1e-6)
    assert np.isclose(blocks[3, 0, 0], volume.array[6, 0:2, 0:2].mean(), atol=1e-6)
    assert grid.spread(blocks).shape == volume.shape
    assert grid.spread(blocks)[6, 30, 28] == blocks[3, 15, 14]


def test_distances_are_measured_in_millimetres() -> None:
    grid = work_grid(a_volume((9, 31, 31), (1.0, 1.0, 3.0)), np.array([[4, 15, 15]]), 30.0)
    away = grid.distance_mm(np.array([[4, 7, 7]]))
    assert away[4, 7, 7] == 0.0
    assert away[6, 7, 7] == 6.0
    assert away[4, 10, 11] == 10.0
