"""Rotation and translation, in millimetres, of image and mask together."""

import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError
from oncologyai.robustness import displace
from oncologyai.types import Mask, Volume


def a_bar(sampling_ji: tuple[float, float] = (1.0, 1.0)) -> tuple[Volume, Mask]:
    """A bar along j through the middle."""
    bar = np.zeros((3, 41, 41), dtype=bool)
    bar[1, 10:31, 19:22] = True
    volume = Volume(bar.astype(np.float32) * 10, np.diag([sampling_ji[1], sampling_ji[0], 1.0, 1.0]))
    return volume, Mask.on(volume, bar)


def test_a_quarter_turn_lays_the_bar_along_the_other_axis() -> None:
    volume, mask = a_bar()
    image, moved = displace(volume, mask, rotation_deg=90)
    assert np.array_equal(moved.array, np.swapaxes(mask.array, 1, 2))
    assert np.allclose(image.array, np.swapaxes(volume.array, 1, 2), atol=1e-4)


def test_the_angle_is_one_of_millimetres() -> None:
    volume, mask = a_bar((1.0, 2.0))  # voxels twice as wide as high
    _, moved = displace(volume, mask, rotation_deg=90)
    _, j, i = np.nonzero(moved.array)
    assert np.ptp(i) + 1 == pytest.approx(21 / 2, abs=1.1) and np.ptp(j) + 1 == pytest.approx(3 * 2, abs=1.1)


def test_a_whole_voxel_moves_without_interpolation_and_half_a_voxel_halves_the_edge() -> None:
    volume, mask = a_bar()
    image, moved = displace(volume, mask, translation=(0, 0, 3))
    assert np.array_equal(moved.array, np.roll(mask.array, 3, axis=2))
    assert np.allclose(image.array, np.roll(volume.array, 3, axis=2), atol=1e-4)
    half, _ = displace(volume, mask, translation=(0, 0, 0.5))
    assert half.array[1, 20, 19] == pytest.approx(5, abs=0.5)


def test_a_small_turn_keeps_volume_and_mean(a_ball) -> None:
    volume, mask = a_ball
    image, moved = displace(volume, mask, rotation_deg=10, translation=(0.3, 0.4, 0.2))
    assert moved.volume_ml == pytest.approx(mask.volume_ml, rel=0.03)
    assert image.array[moved.array].mean() == pytest.approx(volume.array[mask.array].mean(), rel=0.05)


def test_nothing_to_do_gives_the_same_values(a_ball) -> None:
    volume, mask = a_ball
    image, moved = displace(volume, mask)
    assert np.array_equal(image.array, volume.array) and moved is mask
    with pytest.raises(GeometryMismatchError):
        displace(a_bar()[0], mask)
