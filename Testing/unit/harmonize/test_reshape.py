"""Cropping and padding in space."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.harmonize import CropOrPadToShape, CropToForeground, Preset, harmonize
from oncologyai.types import Mask, Volume

AFFINE = np.diag([-1.0, -1.0, 3.0, 1.0])


def only(*steps):
    return Preset("steps", "", steps)


def test_every_voxel_keeps_its_place_and_new_ones_are_air():
    values = np.arange(4 * 5 * 6).reshape(4, 5, 6).astype(np.int16)
    volume = Volume(values, AFFINE, "CT", "HU")
    found = harmonize(volume, only(CropOrPadToShape((6, 3, 8))))
    assert found.volume.shape == (6, 3, 8) and found.flags == (
        "cropping to 8x3x6 voxels cut 0 columns, 2 rows and 0 slices",
    )
    assert np.array_equal(found.volume.array[1:5, :, 1:7], values[:, 1:4]) and found.volume.array[0, 0, 0] == -1000
    assert found.volume.ras_from_ijk((1, 0, 1)) == pytest.approx(volume.ras_from_ijk((0, 1, 0)))
    assert harmonize(volume, only(CropOrPadToShape((0, 0, 0)))).volume.array is volume.array


def test_a_mask_comes_back_without_what_was_cut():
    volume = Volume(np.zeros((4, 6, 6), np.float32), AFFINE, "MR")
    mask = Mask.on(volume, np.ones(volume.shape, bool))
    found = harmonize(volume, only(CropOrPadToShape((2, 10, 4))), region=mask)
    back = found.trail.restore_mask(found.region).array
    assert back[1:3, :, 1:5].all() and back.sum() == 2 * 6 * 4


def test_the_box_is_that_of_the_largest_part_and_holes_stay():
    values = np.full((6, 20, 20), 3.0, np.float32)
    values[1:5, 4:16, 5:17] = 100.0
    values[2:4, 8:10, 8:10] = 3.0  # a hole
    values[0, 0, 0] = 100.0  # a speck
    volume = Volume(values, AFFINE, "MR")
    found = harmonize(volume, only(CropToForeground())).volume
    assert np.array_equal(found.array, values[1:5, 4:16, 5:17])
    assert found.ras_from_ijk((0, 0, 0)) == pytest.approx(volume.ras_from_ijk((5, 4, 1)))
    wider = harmonize(volume, only(CropToForeground(margin=2))).volume
    assert wider.shape == (6, 16, 16) and wider.array[0, 0, 0] == 0.0
    kept = harmonize(volume, only(CropToForeground(margin=2, blank=False))).volume
    assert kept.array[0, 0, 0] == 3.0


def test_a_constant_image_stays_and_wrong_settings_are_told():
    flat = Volume(np.full((3, 4, 4), 5.0, np.float32), AFFINE, "MR")
    assert harmonize(flat, only(CropToForeground())).volume.array is flat.array
    with pytest.raises(InputError, match="shape"):
        CropOrPadToShape((-1, 2, 2))
    with pytest.raises(InputError, match="margin"):
        CropToForeground(-1)
