"""Painting with soft edges."""

import numpy as np
import pytest

from oncologyai.samples import GridSpec
from oncologyai.samples.canvas import Canvas


def _canvas() -> Canvas:
    return Canvas(GridSpec((60, 50, 40), (1.0, 1.0, 1.0), (3.0, -4.0, 10.0)), 0.0)


def test_grid_is_centred_and_runs_to_the_left_the_back_and_upwards() -> None:
    matrix = GridSpec((3, 5, 7), (1.0, 2.0, 3.0), (10.0, 20.0, 30.0)).ijk_to_ras
    np.testing.assert_allclose(matrix @ [1, 2, 3, 1], [10.0, 20.0, 30.0, 1.0])
    np.testing.assert_allclose(np.diag(matrix)[:3], [-1.0, -2.0, 3.0])


def test_painted_ellipsoid_has_its_volume_in_shares_of_voxels() -> None:
    canvas = _canvas()
    canvas.ellipsoid((3.0, -4.0, 10.0), (12.0, 10.0, 14.0), 1.0, turn_deg=30.0)
    assert canvas.array.sum() == pytest.approx(4.0 / 3.0 * np.pi * 12.0 * 10.0 * 14.0, rel=0.01)


def test_painted_tube_has_its_volume() -> None:
    canvas = _canvas()
    canvas.tube(np.array([[3.0, -4.0, 0.0], [3.0, -4.0, 20.0]]), 6.0, 1.0)
    assert canvas.array.sum() == pytest.approx(np.pi * 36.0 * 20.0 + 4.0 / 3.0 * np.pi * 216.0, rel=0.01)


def test_thread_thinner_than_a_voxel_is_faint_and_keeps_its_volume() -> None:
    canvas = _canvas()
    canvas.tube(np.array([[3.0, -4.0, 0.0], [3.0, -4.0, 20.0]]), 0.2, 100.0)
    assert 0.0 < canvas.array.max() < 20.0
    assert canvas.array.sum() / 100.0 == pytest.approx(np.pi * 0.2**2 * 20.0, rel=0.15)


def test_body_outside_the_grid_leaves_it_as_it_was() -> None:
    canvas = _canvas()
    canvas.ellipsoid((500.0, 0.0, 0.0), (5.0, 5.0, 5.0), 1.0)
    canvas.tube(np.array([[0.0, 0.0, 900.0], [0.0, 0.0, 950.0]]), 4.0, 1.0)
    assert not canvas.array.any()


def test_paint_is_held_back_to_where_it_may_go() -> None:
    canvas = _canvas()
    within = np.zeros(canvas.grid.shape, dtype=np.float32)
    within[:20] = 1.0
    canvas.ellipsoid((3.0, -4.0, 10.0), (12.0, 10.0, 14.0), 1.0, within)
    assert canvas.array[:20].any()
    assert not canvas.array[20:].any()
