import numpy as np
import pytest
from scipy.spatial import ConvexHull

from oncologyai.measure.outline import (
    Plane,
    boundary_points,
    contour_segments,
    crop_to_lesion,
    face_points,
    largest_part,
)
from oncologyai.types import Mask


def test_outermost_points_span_the_hull_of_all_voxel_faces() -> None:
    inside = np.random.default_rng(4).random((4, 5, 6)) < 0.3
    steps = [0.5 * sign * np.eye(3)[axis] for axis in range(3) for sign in (-1, 1)]
    every = np.concatenate([np.argwhere(inside) + step for step in steps])
    found = face_points(inside)
    assert {tuple(p) for p in found} <= {tuple(p) for p in every}
    assert ConvexHull(found).volume == pytest.approx(ConvexHull(every).volume)


def test_a_pixel_s_boundary_is_a_diamond() -> None:
    inside = np.array([[True]])
    diamond = {(-0.5, 0.0), (0.5, 0.0), (0.0, -0.5), (0.0, 0.5)}
    assert {tuple(p) for p in boundary_points(inside)} == diamond
    assert {tuple(p) for p in contour_segments(inside).reshape(-1, 2)} == diamond


def test_contours_go_around_holes_too() -> None:
    ring = np.ones((5, 5), dtype=bool)
    ring[2, 2] = False
    ends = {tuple(p) for p in contour_segments(ring).reshape(-1, 2)}
    assert (2.0, 1.5) in ends
    assert (-0.5, 0.0) in ends


def test_of_equal_parts_the_first_is_kept() -> None:
    assert largest_part(np.array([[True, False, True]])).tolist() == [[True, False, False]]


def test_a_cut_mask_stays_in_its_place() -> None:
    array = np.zeros((5, 6, 7), dtype=bool)
    array[2, 3, 4] = True
    mask = Mask(array, np.diag([0.5, 0.5, 2.0, 1.0]))
    cut, corner = crop_to_lesion(mask)
    assert corner == (2, 3, 4)
    assert cut.array.tolist() == [[[True]]]
    assert cut.ras_from_ijk((0, 0, 0)).tolist() == mask.ras_from_ijk((4, 3, 2)).tolist()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_plane_keeps_distances_of_a_sheared_grid(axis: int) -> None:
    ijk_to_ras = np.eye(4)
    ijk_to_ras[:3, :3] = [[1.0, 0.4, 0.1], [0.0, 0.9, 0.3], [0.2, 0.0, 2.0]]
    plane = Plane(Mask(np.ones((4, 4, 4), dtype=bool), ijk_to_ras), axis, 2)
    points = np.array([[0.0, 1.0], [2.0, 3.0], [3.0, 0.5]])
    flat, space = points @ plane.rows_to_mm, plane.ras(points)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert np.linalg.norm(flat[a] - flat[b]) == pytest.approx(np.linalg.norm(space[a] - space[b]))
