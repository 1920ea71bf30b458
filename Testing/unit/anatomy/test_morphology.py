"""Axial morphology against scipy, slice by slice."""

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.anatomy._morphology import close_discs, dilate_discs, erode_discs, fill_slices, label_slices


@pytest.fixture
def a_random_mask():
    return np.random.default_rng(3).random((4, 30, 34)) > 0.93


@pytest.mark.parametrize(
    ("radius", "sampling"), [(5.0, (3.0, 1.0, 1.0)), (4.0, (1.0, 2.0, 1.5)), (0.4, (1.0, 1.0, 1.0))]
)
def test_dilation_is_all_within_the_radius(a_random_mask, radius, sampling):
    expected = np.stack(
        [ndimage.distance_transform_edt(~s, sampling=sampling[1:]) <= radius + 1e-6 for s in a_random_mask]
    )
    assert np.array_equal(dilate_discs(a_random_mask, radius, sampling), expected)


def test_disc_of_five_pixels_has_81():
    point = np.zeros((1, 21, 21), dtype=bool)
    point[0, 10, 10] = True
    assert dilate_discs(point, 5.0, (3.0, 1.0, 1.0)).sum() == 81


def test_erosion_and_closing_follow_from_dilation(a_random_mask):
    sampling = (1.0, 1.0, 1.0)
    disc = np.hypot(*np.mgrid[-3:4, -3:4]) <= 3
    expected = np.stack([ndimage.binary_erosion(~s, disc, border_value=1) for s in a_random_mask])
    assert np.array_equal(erode_discs(~a_random_mask, 3.0, sampling), expected)
    closed = close_discs(a_random_mask, 3.0, sampling)
    assert (closed & a_random_mask).sum() == a_random_mask.sum()


def test_filling_is_scipys_slice_by_slice():
    rings = np.random.default_rng(5).random((5, 40, 40)) > 0.4
    expected = np.stack([ndimage.binary_fill_holes(s) for s in rings])
    assert np.array_equal(fill_slices(rings), expected)


def test_labels_do_not_cross_slices(a_random_mask):
    _, count = label_slices(a_random_mask)
    assert count == sum(ndimage.label(s)[1] for s in a_random_mask)
