"""Grey scale and slices as radiologists view them."""

import numpy as np
import pytest

from oncologyai.report import display_range
from oncologyai.report.planes import largest_cut, patient_axes, slice_plane
from oncologyai.types import Mask, Volume

RAS = np.diag([1.0, 2.0, 3.0, 1.0])
SAGITTAL = np.array([[0, 0, 3.0, 0], [1.0, 0, 0, 0], [0, -2.0, 0, 0], [0, 0, 0, 1]])


def test_ct_has_the_lung_window_pet_suv_10_and_others_their_percentiles():
    array = np.arange(8 * 8 * 8, dtype=np.float32).reshape(8, 8, 8)
    assert display_range(Volume(array, RAS, "CT", "HU")) == (-1350.0, 150.0)
    assert display_range(Volume(array, RAS, "PT", "SUVbw")) == (0.0, 10.0)
    low, high = display_range(Volume(array, RAS, "MR"))
    assert low == pytest.approx(np.percentile(array[::2, ::4, ::4], 1)) and high < array.max()


def test_patient_axes_follow_the_grid():
    assert patient_axes(RAS) == [0, 1, 2]
    assert patient_axes(SAGITTAL) == [2, 0, 1]


def test_the_largest_slice_is_found_across_the_plane():
    array = np.zeros((4, 5, 6), dtype=np.bool_)
    array[2, 1:4, 1:4] = array[1, 2, 2] = True
    volume, mask = Volume(np.zeros(array.shape), RAS), Mask(array, RAS)
    assert largest_cut(volume, [mask], "axial") == (2, 2)
    assert largest_cut(volume, [mask], "sagittal") == (0, 2)
    assert largest_cut(volume, [], "coronal") == (1, 2)


def test_right_is_left_and_anterior_up_on_an_axial_slice():
    array = np.zeros((3, 4, 5))
    array[1, 3, 4] = 1.0  # most anterior, most right, as RAS counts
    pixels, extent = slice_plane(array, RAS, 2, 1)
    assert pixels.shape == (4, 5) and pixels[0, 0] == 1.0
    assert extent == (0.0, 5.0, 0.0, 8.0)
