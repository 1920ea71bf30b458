"""RAS points as voxels."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.errors import InputError, OutsideImageError
from oncologyai.segmenters.seeds import seed_voxels
from oncologyai.types import Volume


@pytest.fixture
def a_volume() -> Volume:
    """Patient-left and posterior axes, as CT has them: i runs to the left, j to the back."""
    matrix = np.diag([-1.0, -2.0, 3.0, 1.0])
    matrix[:3, 3] = (10.0, 20.0, -30.0)
    return Volume(np.zeros((4, 5, 6), np.float32), matrix)


def test_a_point_is_in_the_voxel_whose_centre_is_nearest(a_volume: Volume) -> None:
    assert seed_voxels(a_volume, [(8.6, 17.1, -26.0), (10.0, 20.0, -30.0)], "seed").tolist() == [[1, 1, 1], [0, 0, 0]]


def test_no_point_gives_no_voxel(a_volume: Volume) -> None:
    assert seed_voxels(a_volume, (), "seed").shape == (0, 3)


def test_a_bare_point_is_one(a_volume: Volume) -> None:
    assert seed_voxels(a_volume, (10.0, 20.0, -30.0), "seed").tolist() == [[0, 0, 0]]


def test_a_point_outside_is_named_with_the_images_bounds(a_volume: Volume) -> None:
    with pytest.raises(OutsideImageError, match=r"seed: expected a point within R 4.5 to 10.5, .* got \(11.0, 20.0"):
        seed_voxels(a_volume, [(11.0, 20.0, -30.0)], "seed")


@pytest.mark.parametrize("points", [[(1.0, 2.0)], [(np.inf, 0.0, 0.0)]])
def test_a_point_is_three_finite_numbers(points: list[tuple[float, ...]], a_volume: Volume) -> None:
    with pytest.raises(InputError, match="seed: expected points of three finite numbers R, A, S in mm"):
        seed_voxels(a_volume, points, "seed")
