"""Contours drawn again."""

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.metrics import dice
from oncologyai.robustness import randomise_contour
from oncologyai.types import Mask, Volume


def test_where_the_image_shows_the_border_the_contour_finds_it_again(a_ball) -> None:
    volume, mask = a_ball
    drawn = randomise_contour(volume, mask, np.random.default_rng(0))
    assert dice(mask, drawn) > 0.93


def test_where_it_does_not_contours_differ_from_draw_to_draw(a_ball) -> None:
    volume, mask = a_ball
    blank = volume.with_array(np.zeros_like(volume.array))
    drawn = [randomise_contour(blank, mask, np.random.default_rng(seed)) for seed in range(4)]
    overlaps = [dice(mask, one) for one in drawn]
    assert all(0.6 < overlap < 0.97 for overlap in overlaps) and len(set(overlaps)) > 1
    assert np.array_equal(drawn[0].array, randomise_contour(blank, mask, np.random.default_rng(0)).array)


def test_the_volume_is_kept_on_average(a_ball) -> None:
    volume, mask = a_ball
    blank = volume.with_array(np.zeros_like(volume.array))
    volumes = [randomise_contour(blank, mask, np.random.default_rng(seed)).volume_ml for seed in range(20)]
    assert np.mean(volumes) == pytest.approx(mask.volume_ml, rel=0.25)


def test_a_mask_of_one_voxel_is_never_lost() -> None:
    volume = Volume(np.random.default_rng(0).normal(size=(12, 12, 12)), np.eye(4))
    one = np.zeros(volume.shape, bool)
    one[6, 6, 6] = True
    assert not randomise_contour(volume, Mask.on(volume, one), np.random.default_rng(0)).is_empty


def test_bad_input(a_ball) -> None:
    volume, mask = a_ball
    generator = np.random.default_rng(0)
    with pytest.raises(EmptyMaskError, match="expected at least one voxel"):
        randomise_contour(volume, Mask.on(volume, np.zeros(volume.shape, bool)), generator)
    with pytest.raises(InputError, match="edge_mm: expected a number above 0 mm"):
        randomise_contour(volume, mask, generator, edge_mm=0)
    with pytest.raises(GeometryMismatchError):
        randomise_contour(Volume(np.zeros((2, 2, 2)), np.eye(4)), mask, generator)
