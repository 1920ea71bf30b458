import math

import numpy as np
import pytest
from surface_distance.lookup_tables import (
    ENCODE_NEIGHBOURHOOD_3D_KERNEL,
    create_table_neighbour_code_to_surface_area,
)

from oncologyai.metrics import cell_codes, mesh_area_and_volume, surfel_areas


@pytest.mark.parametrize("sampling", [(1.0, 1.0, 1.0), (3.0, 1.2, 0.7)])
def test_every_cell_has_the_area_of_the_surface_distance_package(sampling) -> None:
    theirs = create_table_neighbour_code_to_surface_area(sampling)
    ours = surfel_areas(sampling)
    for bits in range(256):
        cell = np.array([bits >> n & 1 for n in range(8)], dtype=bool).reshape(2, 2, 2)
        code = int((cell * np.array(ENCODE_NEIGHBOURHOOD_3D_KERNEL)).sum())
        assert ours[cell_codes(cell)[0, 0, 0]] == pytest.approx(theirs[code])


def test_a_single_voxel_is_an_octahedron() -> None:
    mask = np.zeros((3, 3, 3), dtype=bool)
    mask[1, 1, 1] = True
    a, b, c = 2.0, 1.5, 0.5  # half-axes a/2 ...: eight right corners
    area, volume = mesh_area_and_volume(mask, (a, b, c))
    triangle = 0.5 * np.linalg.norm(np.cross([-a / 2, b / 2, 0], [-a / 2, 0, c / 2]))
    assert area == pytest.approx(8 * triangle)
    assert volume == pytest.approx(4 / 3 * a * b * c / 8)


def test_a_fine_ball_has_the_volume_of_a_ball() -> None:
    k, j, i = np.indices((45, 45, 45)) - 22
    area, volume = mesh_area_and_volume(k**2 + j**2 + i**2 <= 20**2, (0.5, 0.5, 0.5))
    assert volume == pytest.approx(4 / 3 * math.pi * 10**3, rel=0.01)
    assert area == pytest.approx(4 * math.pi * 10**2, rel=0.12)  # the staircase has more surface than the ball


def test_an_empty_mask_has_neither_area_nor_volume() -> None:
    assert mesh_area_and_volume(np.zeros((3, 3, 3), dtype=bool), (1.0, 1.0, 1.0)) == (0.0, 0.0)
