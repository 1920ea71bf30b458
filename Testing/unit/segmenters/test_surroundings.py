"""What a stroke sees around it."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.segmenters.surroundings import depth_of_stroke, like_depth, look_around
from oncologyai.types import Mask, Volume

MATRIX = np.diag([1.0, 1.0, 2.0, 1.0])
SHAPE = (40, 80, 80)
MIDDLE = np.array([[20, 40, 40]])


def a_ball(radius: float) -> np.ndarray:
    k, j, i = np.meshgrid(*(np.arange(n) for n in SHAPE), indexing="ij")
    return ((k - 20) * 2.0) ** 2 + (j - 40) ** 2 + (i - 40) ** 2 <= radius**2


@pytest.fixture(scope="module")
def a_mask() -> Mask:
    return Mask(a_ball(15.0), MATRIX)


def a_volume(inside: float, outside: float, modality: str, radius: float = 12.0) -> Volume:
    return Volume(np.where(a_ball(radius), inside, outside).astype(np.float32), MATRIX, modality)


def test_depth_is_to_the_nearest_voxel_of_the_right_label(a_mask: Mask) -> None:
    assert depth_of_stroke(a_mask, MIDDLE, is_inside=False, most_mm=30.0) == pytest.approx(15.5, abs=1.0)
    assert depth_of_stroke(a_mask, MIDDLE + np.array([0, 0, 25]), is_inside=True, most_mm=30.0) == pytest.approx(10.0)


def test_depth_is_0_where_the_label_is_right(a_mask: Mask) -> None:
    assert depth_of_stroke(a_mask, MIDDLE, is_inside=True, most_mm=30.0) == 0.0


def test_depth_without_the_right_label_near_is_the_most(a_mask: Mask) -> None:
    assert depth_of_stroke(a_mask, MIDDLE, is_inside=False, most_mm=9.0) == 9.0
    empty = Mask(np.zeros(SHAPE, bool), MATRIX)
    assert depth_of_stroke(empty, MIDDLE, is_inside=True, most_mm=30.0) == 30.0


@pytest.mark.parametrize(
    ("inside", "outside", "modality"), [(40.0, -850.0, "CT"), (8.0, 1.0, "PT"), (300.0, 90.0, "MR")]
)
def test_like_depth_is_the_size_of_the_tissue(inside: float, outside: float, modality: str, a_mask: Mask) -> None:
    volume = a_volume(inside, outside, modality)
    around = look_around(volume, a_mask, MIDDLE, (), is_inside=True, reach_mm=30.0)
    assert like_depth(around, modality, 30.0) == pytest.approx(12.0, abs=3.0)


@pytest.mark.parametrize(
    ("inside", "outside", "modality"), [(40.0, 10.0, "CT"), (8.0, 6.0, "PT"), (300.0, 280.0, "MR")]
)
def test_like_depth_in_even_tissue_is_the_most(inside: float, outside: float, modality: str, a_mask: Mask) -> None:
    around = look_around(a_volume(inside, outside, modality), a_mask, MIDDLE, (), is_inside=True, reach_mm=30.0)
    assert like_depth(around, modality, 25.0) == 25.0


def test_only_what_hangs_together_with_the_stroke_is_open(a_mask: Mask) -> None:
    array = a_mask.array.copy()
    array[:, :, 48:50] = False
    mask, volume = Mask(array, MATRIX), a_volume(40.0, -850.0, "CT")
    around = look_around(volume, mask, MIDDLE, (), is_inside=False, reach_mm=30.0)
    behind = around.grid.block_of(np.array([[20, 40, 52]]))
    assert around.wrong[tuple(behind.T)].all()
    assert not around.open[tuple(behind.T)].any()
    assert around.open[tuple(around.stroke.T)].all()


def test_blocks_grow_with_the_reach_but_not_their_number(a_mask: Mask) -> None:
    wide = Volume(np.zeros((120, 240, 240), np.float32), MATRIX)
    mask = Mask(np.zeros(wide.shape, bool), MATRIX)
    middle = np.array([[60, 120, 120]])
    sizes = [look_around(wide, mask, middle, (), is_inside=True, reach_mm=r).image.size for r in (20.0, 40.0, 80.0)]
    assert max(sizes) < 150_000


def test_earlier_strokes_far_away_do_not_count(a_mask: Mask) -> None:
    volume = a_volume(40.0, -850.0, "CT")
    near, far = MIDDLE + np.array([0, 4, 0]), MIDDLE + np.array([0, 39, 0])
    around = look_around(volume, a_mask, MIDDLE, (near, far), is_inside=False, reach_mm=12.0)
    assert len(around.against) == 1
