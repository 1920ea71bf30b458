"""A mask on another grid has the voxels whose centres it holds; values are those of the nearest voxels."""

import numpy as np
import pytest

from oncologyai.harmonize import mask_on_grid, values_at_voxels
from oncologyai.types import Mask, Volume


def a_grid(shape, spacing, origin=(0.0, 0.0, 0.0), turn=0.0):
    """Spacing along (i, j, k), turned about S by degrees."""
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    matrix = np.eye(4)
    matrix[:3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.diag(spacing)
    matrix[:3, 3] = origin
    return Volume(np.zeros(shape, np.float32), matrix)


def all_places(grid):
    k, j, i = np.indices(grid.shape)
    return grid.ras_from_ijk(np.stack([i, j, k], axis=-1))


def a_ball(grid, centre, radius, **rest):
    return Mask.on(grid, np.linalg.norm(all_places(grid) - centre, axis=-1) <= radius, "GTV-1", **rest)


@pytest.mark.parametrize("turn", [0.0, 30.0])
def test_a_voxel_is_in_the_mask_if_the_nearest_one_is(turn):
    fine = a_grid((24, 30, 36), (1.0, 1.5, 2.0), (3.0, -5.0, 7.0), turn=10.0)
    coarse = a_grid((12, 14, 15), (2.7, 3.1, 4.3), (-1.0, -3.0, 5.0), turn=turn)
    mask = a_ball(fine, fine.ras_from_ijk((18, 15, 12)), 9.0, kind="organ")
    moved = mask_on_grid(mask, coarse)
    at = np.rint(fine.ijk_from_ras(all_places(coarse))).astype(int)[..., ::-1]
    within = np.all((at >= 0) & (at < fine.shape), axis=-1)
    expected = within & mask.array[tuple(np.clip(at, 0, np.array(fine.shape) - 1).transpose(3, 0, 1, 2))]
    np.testing.assert_array_equal(moved.array, expected)
    assert expected.any()
    assert (moved.label, moved.kind) == ("GTV-1", "organ")
    assert moved.same_grid(coarse)


def test_on_its_own_grid_a_mask_is_the_same():
    grid = a_grid((8, 9, 10), (1.0, 1.0, 3.0))
    mask = a_ball(grid, (4.0, 4.0, 12.0), 5.0)
    assert mask_on_grid(mask, grid) is mask


def test_outside_the_grid_or_empty_a_mask_gives_an_empty_one():
    grid = a_grid((8, 9, 10), (1.0, 1.0, 1.0))
    far = a_grid((5, 5, 5), (1.0, 1.0, 1.0), (500.0, 0.0, 0.0))
    assert mask_on_grid(a_ball(far, (502.0, 2.0, 2.0), 2.0), grid).is_empty
    assert mask_on_grid(Mask.on(far, np.zeros(far.shape, bool)), grid).is_empty


def test_a_part_outside_is_left_out():
    fine = a_grid((10, 10, 10), (1.0, 1.0, 1.0))
    full = Mask.on(fine, np.ones(fine.shape, bool))
    part = mask_on_grid(full, a_grid((10, 10, 10), (1.0, 1.0, 1.0), (6.0, 0.0, 0.0)))
    assert part.array[:, :, :4].all() and not part.array[:, :, 4:].any()


def test_values_are_those_of_the_nearest_voxels_and_nan_outside():
    grid = a_grid((2, 2, 8), (1.0, 1.0, 1.0))
    coarse = a_grid((1, 1, 2), (4.0, 4.0, 4.0), (1.4, 0.6, 0.6)).with_array(np.array([[[5.0, 7.0]]], np.float32))
    places = np.array([[0, 0, i] for i in range(8)])
    np.testing.assert_array_equal(
        values_at_voxels(coarse, grid, places), np.array([5, 5, 5, 5, 7, 7, 7, 7], np.float32)
    )
    outside = coarse.with_array(coarse.array)
    assert np.isnan(values_at_voxels(outside, a_grid((1, 1, 1), (1, 1, 1), (90.0, 0, 0)), np.array([[0, 0, 0]]))).all()
