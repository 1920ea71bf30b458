"""Contours become the voxels whose centres they hold."""

import numpy as np
import pytest
from skimage.measure import points_in_poly

from oncologyai.imaging.contours import rasterise_contours
from oncologyai.types import Mask


def _grid(shape=(6, 20, 24), spacing=(1.5, 1.25, 3.0), origin=(12.0, 30.0, -100.0)) -> Mask:
    ijk_to_ras = np.diag([-spacing[0], -spacing[1], spacing[2], 1.0])
    ijk_to_ras[:3, 3] = origin
    return Mask(np.zeros(shape, dtype=bool), ijk_to_ras)


def _contour(grid: Mask, points_ij, k: float) -> np.ndarray:
    points = np.asarray(points_ij, dtype=float)
    return grid.ras_from_ijk(np.column_stack([points, np.full(len(points), k)]))


def _square(low: float, high: float) -> list[tuple[float, float]]:
    return [(low, low), (high, low), (high, high), (low, high)]


def _circle(radius: float, centre=(12.0, 10.0), n=200) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.column_stack([centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)])


def test_fills_the_voxels_whose_centres_are_inside():
    grid = _grid()
    drawn = rasterise_contours([_contour(grid, _square(4.5, 8.5), 2)], grid)
    expected = np.zeros(grid.shape, dtype=bool)
    expected[2, 5:9, 5:9] = True
    np.testing.assert_array_equal(drawn.array, expected)
    assert drawn.notes == ()


@pytest.mark.parametrize("seed", range(20))
def test_agrees_with_a_point_in_polygon_test_on_any_polygon(seed):
    rng = np.random.default_rng(seed)
    polygon = rng.uniform(-4, 26, (rng.integers(3, 40), 2))  # crosses itself and leaves the image
    grid = _grid()
    drawn = rasterise_contours([_contour(grid, polygon, 3)], grid)
    j, i = np.mgrid[:20, :24]
    expected = points_in_poly(np.column_stack([i.ravel(), j.ravel()]), polygon).reshape(20, 24)
    np.testing.assert_array_equal(drawn.array[3], expected)
    assert not np.delete(drawn.array, 3, axis=0).any()


def test_squares_side_by_side_on_voxel_centres_share_no_voxel_and_leave_none_out():
    grid = _grid()
    left, right = [(3, 3), (9, 3), (9, 9), (3, 9)], [(9, 3), (15, 3), (15, 9), (9, 9)]
    both = [rasterise_contours([_contour(grid, p, 1)], grid).array for p in (left, right)]
    assert not (both[0] & both[1]).any()
    assert (both[0] | both[1]).sum() == 12 * 6


def test_a_contour_inside_a_contour_is_a_hole_and_one_inside_that_is_filled():
    grid = _grid()
    nested = [_contour(grid, _square(*ends), 2) for ends in ((1.5, 17.5), (4.5, 14.5), (7.5, 11.5))]
    assert rasterise_contours(nested, grid).array.sum() == 16**2 - 10**2 + 4**2


def test_a_keyhole_is_the_same_hole():
    grid = _grid()
    outer, inner = _square(1.5, 15.5), _square(5.5, 9.5)[::-1]
    keyhole = [*outer, outer[0], *[inner[3], inner[0], inner[1], inner[2], inner[3]], outer[0]]
    nested = rasterise_contours([_contour(grid, outer, 2), _contour(grid, inner, 2)], grid)
    np.testing.assert_array_equal(rasterise_contours([_contour(grid, keyhole, 2)], grid).array, nested.array)


def test_several_contours_of_a_slice_are_all_drawn():
    grid = _grid()
    apart = [_contour(grid, _square(1.5, 4.5), 2), _contour(grid, _square(9.5, 14.5), 2)]
    assert rasterise_contours(apart, grid).array.sum() == 9 + 25


def test_a_contour_given_twice_counts_once():
    grid = _grid()
    square = _contour(grid, _square(1.5, 4.5), 2)
    drawn = rasterise_contours([square, square.copy()], grid)
    assert drawn.array.sum() == 9
    assert drawn.notes == ("1 contours given twice counted once",)


def test_says_when_contours_almost_repeat_one_another():
    grid = _grid()
    almost = [_contour(grid, _circle(8.0), 2), _contour(grid, _circle(8.0) + 1e-4, 2)]
    assert any("cancel by the even-odd rule" in note for note in rasterise_contours(almost, grid).notes)


def test_a_contour_between_slices_goes_to_the_nearest_and_says_so():
    grid = _grid()
    drawn = rasterise_contours([_contour(grid, _square(1.5, 4.5), k + 0.3) for k in (1, 2, 3)], grid)
    assert drawn.array.any(axis=(1, 2)).tolist() == [False, True, True, True, False, False]
    assert drawn.notes == ("contours lie between slices, up to 0.90 mm away; each was put on the nearest",)


def test_slices_between_contours_are_interpolated_by_shape():
    grid = _grid(shape=(9, 64, 64), spacing=(1.0, 1.0, 2.0))
    radii = {0: 10.0, 4: 20.0, 8: 10.0}
    drawn = rasterise_contours([_contour(grid, _circle(r, (31.3, 30.8)), k) for k, r in radii.items()], grid)
    areas = drawn.array.sum(axis=(1, 2))
    expected = np.pi * np.array([10, 12.5, 15, 17.5, 20, 17.5, 15, 12.5, 10]) ** 2
    np.testing.assert_allclose(areas, expected, rtol=0.03)
    assert "6 slices between contours filled by shape-based interpolation" in drawn.notes


def test_a_gap_between_two_parts_is_left_open():
    grid = _grid(shape=(12, 20, 24))
    parts = [_contour(grid, _square(3.5, 9.5), k) for k in (0, 1, 2, 8, 9, 10)]
    assert np.flatnonzero(rasterise_contours(parts, grid).array.any(axis=(1, 2))).tolist() == [0, 1, 2, 8, 9, 10]


def test_of_contours_closer_than_the_slices_the_nearest_is_used():
    grid = _grid()
    fine = [_contour(grid, _square(1.5, 4.5 + n), 2 + offset) for n, offset in enumerate((-0.4, 0.0, 0.4))]
    drawn = rasterise_contours(fine, grid)
    assert drawn.array.sum() == 4 * 4
    assert any("closer together than the slices" in note for note in drawn.notes)


def test_contours_outside_the_image_are_left_out_with_a_note():
    grid = _grid()
    outside = [_contour(grid, _square(1.5, 4.5), 1), _contour(grid, _square(1.5, 4.5), 9)]
    drawn = rasterise_contours(outside, grid)
    assert drawn.array.sum() == 9
    assert drawn.notes[0] == "1 contour planes outside the image left out"


def test_a_contour_over_the_border_is_cut_with_a_note():
    grid = _grid()
    drawn = rasterise_contours([_contour(grid, _square(-5.5, 3.5), 1)], grid)
    assert drawn.array.sum() == 4 * 4
    assert drawn.notes == ("1 contours reach beyond the image and were cut at its border",)


def test_axial_contours_are_drawn_on_a_sagittal_image():
    axial = _grid(shape=(8, 20, 24), spacing=(1.5, 1.5, 2.0))
    contours = [_contour(axial, _circle(6.2, (12.1, 9.8)), k) for k in range(1, 7)]
    turn = np.zeros((4, 4))
    turn[[2, 1, 0, 3], [0, 1, 2, 3]] = 1  # (i, j, k) of the sagittal image are (k, j, i) of the axial one
    sagittal = Mask(np.zeros((24, 20, 8), dtype=bool), axial.ijk_to_ras @ turn)
    drawn = rasterise_contours(contours, sagittal).array
    expected = rasterise_contours(contours, axial).array
    assert expected.sum() > 600
    np.testing.assert_array_equal(drawn.transpose(2, 1, 0), expected)


def test_axial_contours_are_drawn_on_an_oblique_image():
    angle = np.deg2rad(25)
    rotation = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    oblique = np.eye(4)
    oblique[:3, :3] = rotation
    oblique[:3, 3] = rotation @ [-25.0, -25.0, -25.0]
    grid = Mask(np.zeros((50, 50, 50), dtype=bool), oblique)
    circle = _circle(14.0, (1.2, -0.7))
    contours = [np.column_stack([circle, np.full(len(circle), z)]) for z in np.arange(-12.0, 12.5, 1.5)]
    drawn = rasterise_contours(contours, grid)
    k, j, i = np.mgrid[:50, :50, :50]
    ras = grid.ras_from_ijk(np.stack([i, j, k], axis=-1))
    expected = (np.hypot(ras[..., 0] - 1.2, ras[..., 1] + 0.7) < 14) & (np.abs(ras[..., 2]) < 12.75)
    dice = 2 * (drawn.array & expected).sum() / (drawn.array.sum() + expected.sum())
    assert dice > 0.98
    assert "parallel to no axis" in drawn.notes[-1]


def test_an_oblique_contour_outside_the_image_leaves_it_empty():
    angle = np.deg2rad(30)
    matrix = np.eye(4)
    matrix[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    grid = Mask(np.zeros((10, 10, 10), dtype=bool), matrix)
    far = np.column_stack([_circle(9.0, (500.0, 500.0)), np.full(200, 500.0)])
    drawn = rasterise_contours([far], grid)
    assert not drawn.array.any()
    assert drawn.notes == ("1 contours outside the image left out",)


def test_no_contour_gives_no_voxel():
    grid = _grid()
    assert not rasterise_contours([], grid).array.any()
    line = rasterise_contours([_contour(grid, [(1, 1), (5, 5)], 2)], grid)
    assert not line.array.any()
    assert line.notes == ("1 contours of fewer than 3 points left out",)
