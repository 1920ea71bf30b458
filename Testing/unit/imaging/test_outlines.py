"""A mask's outline holds the mask again."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from oncologyai.imaging.contours import rasterise_contours
from oncologyai.imaging.outlines import outline_mask
from oncologyai.types import Mask

_OBLIQUE = np.array([[-0.9, 0.2, 0.1, 5.0], [0.1, -0.8, 0.3, 7.0], [0.05, 0.2, 2.9, -30.0], [0, 0, 0, 1]])


def _redrawn(mask: Mask) -> np.ndarray:
    return rasterise_contours([points for _, points in outline_mask(mask)], mask).array


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.02, 0.98), smooth=st.sampled_from([0.0, 1.0, 2.0]))
def test_any_mask_comes_back_voxel_for_voxel(seed, share, smooth):
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).random((3, 12, 14)), (0, smooth, smooth))
    mask = Mask(noise <= np.quantile(noise, share), _OBLIQUE)
    filled = np.flatnonzero(mask.array.any(axis=(1, 2)))
    assume(len(filled) == np.ptp(filled) + 1)  # a slice left out between two is filled in when contours are read
    np.testing.assert_array_equal(_redrawn(mask), mask.array)


def test_a_chequerboard_and_a_full_slice_come_back():
    array = np.zeros((2, 8, 9), dtype=bool)
    array[0] = np.indices((8, 9)).sum(axis=0) % 2 == 0
    array[1] = True
    mask = Mask(array, np.diag([1.0, 1.0, 3.0, 1.0]))
    np.testing.assert_array_equal(_redrawn(mask), array)


def test_a_hole_is_a_contour_of_its_own():
    array = np.zeros((1, 9, 9), dtype=bool)
    array[0, 1:8, 1:8] = True
    array[0, 3:6, 3:6] = False
    assert len(outline_mask(Mask(array, np.eye(4)))) == 2


def test_the_area_is_half_a_voxel_below_that_of_the_voxels():
    array = np.zeros((1, 9, 9), dtype=bool)
    array[0, 2:6, 1:8] = True
    ((k, points),) = outline_mask(Mask(array, np.eye(4)))
    x, y = points[:, 0], points[:, 1]
    assert k == 0
    assert abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2 == pytest.approx(28 - 0.5)
    assert len(points) == 8  # straight runs have no points inside


def test_an_empty_mask_has_no_outline():
    assert outline_mask(Mask(np.zeros((2, 3, 4), dtype=bool), np.eye(4))) == ()
