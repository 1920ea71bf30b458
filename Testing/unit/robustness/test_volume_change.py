"""Masks grown and shrunk to the voxel."""

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.robustness import change_volume
from oncologyai.types import Mask, Volume


@pytest.mark.parametrize("share", [-0.5, -0.28, -0.05, 0.0, 0.05, 0.28, 1.0])
def test_the_volume_changes_by_the_share_and_the_rest_stays(a_ball, share: float) -> None:
    _, mask = a_ball
    changed = change_volume(mask, share, np.random.default_rng(0))
    count = np.count_nonzero(mask.array)
    assert np.count_nonzero(changed.array) == round(count * (1 + share))
    assert not (mask.array & ~changed.array).any() if share >= 0 else not (changed.array & ~mask.array).any()


def test_it_grows_evenly_in_millimetres() -> None:
    volume = Volume(np.zeros((21, 41, 41)), np.diag([1.0, 1.0, 3.0, 1.0]))
    k, j, i = np.meshgrid(np.arange(21), np.arange(41), np.arange(41), indexing="ij")
    ball = ((k - 10) * 3.0) ** 2 + (j - 20.0) ** 2 + (i - 20.0) ** 2 <= 100
    grown = change_volume(Mask.on(volume, ball), 1.5, np.random.default_rng(0)).array
    reach = [np.ptp(np.nonzero(grown)[axis]) * step / 2 for axis, step in ((0, 3.0), (1, 1.0), (2, 1.0))]
    assert reach == pytest.approx([10 * 2.5 ** (1 / 3)] * 3, abs=2.5)


def test_chance_decides_among_equals_and_the_seed_decides_chance(a_ball) -> None:
    _, mask = a_ball
    one, same, other = (change_volume(mask, 0.1, np.random.default_rng(seed)).array for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_a_single_voxel_stays_and_a_full_image_is_full() -> None:
    volume = Volume(np.zeros((3, 3, 3)), np.eye(4))
    one = np.zeros((3, 3, 3), bool)
    one[1, 1, 1] = True
    generator = np.random.default_rng(0)
    assert change_volume(Mask.on(volume, one), -0.9, generator).array.sum() == 1
    assert change_volume(Mask.on(volume, np.ones((3, 3, 3), bool)), 1.0, generator).array.all()
    assert change_volume(Mask.on(volume, one), 3.0, generator).array.sum() == 4
    with pytest.raises(EmptyMaskError, match="expected at least one voxel"):
        change_volume(Mask.on(volume, ~one & one), 0.1, generator)
    with pytest.raises(InputError, match="share: expected a number from -0.9 to 3"):
        change_volume(Mask.on(volume, one), -1, generator)
