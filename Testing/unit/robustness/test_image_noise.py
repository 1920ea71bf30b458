"""Noise: measured where it was put, and put where it was measured."""

import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError
from oncologyai.robustness import add_noise, noise_level
from oncologyai.types import Mask, Volume


def test_the_level_is_that_of_the_noise_and_not_of_the_edges(a_ball) -> None:
    volume, mask = a_ball
    assert noise_level(volume, mask) == pytest.approx(3, rel=0.15)


def test_added_noise_has_the_level_asked_for(a_ball) -> None:
    volume, _ = a_ball
    noisy = add_noise(volume, 5.0, np.random.default_rng(1))
    assert (noisy.array - volume.array).std() == pytest.approx(5, rel=0.02) and noisy.array.dtype == np.float32


def test_an_image_without_details_or_of_few_voxels_has_none(a_ball) -> None:
    volume, mask = a_ball
    assert noise_level(volume.with_array(np.ones_like(volume.array)), mask) == 0
    small = Volume(np.ones((2, 4, 4)), np.eye(4))
    assert noise_level(small, Mask.on(small, np.ones((2, 4, 4), bool))) == 0
    assert noise_level(volume, Mask.on(volume, np.zeros(volume.shape, bool))) == 0
    with pytest.raises(GeometryMismatchError):
        noise_level(small, mask)
