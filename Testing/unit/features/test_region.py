import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, InputError, SmallMaskError
from oncologyai.features import FeatureSettings
from oncologyai.features.region import check_size, mask_box, region_of
from oncologyai.types import Mask, Volume


def test_a_region_is_the_mask_s_box_with_a_margin_outside_it() -> None:
    array = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    volume = Volume(array, np.diag([0.5, 0.7, 3.0, 1.0]))
    inside = np.zeros(array.shape, dtype=bool)
    inside[1, 2, 3:5], inside[2, 4, 5] = True, True
    region = region_of(volume, Mask.on(volume, inside))
    assert region.mask.shape == (4, 5, 5)
    assert region.values.tolist() == array[inside].tolist()
    assert region.values.dtype == np.float64
    assert np.array_equal(region.inside, inside[1:3, 2:5, 3:6])
    assert not region.mask[0].any()
    assert not region.mask[:, :, -1].any()
    assert region.sampling_mm == (3.0, 0.7, 0.5)
    assert region.voxel_mm3 == 3.0 * 0.7 * 0.5


def test_single_precision_stays_so() -> None:
    volume = Volume(np.ones((3, 3, 3), dtype=np.float32), np.eye(4))
    assert region_of(volume, Mask.on(volume, volume.array > 0)).values.dtype == np.float32


def test_the_box_of_no_voxel_is_refused() -> None:
    with pytest.raises(EmptyMaskError, match="mask GTV-1: expected at least one voxel"):
        mask_box(np.zeros((3, 4, 5), dtype=bool), "GTV-1")


def test_values_that_are_not_finite_are_refused() -> None:
    array = np.ones((3, 3, 3), dtype=np.float32)
    array[1, 1, 1] = np.nan
    volume = Volume(array, np.eye(4))
    with pytest.raises(InputError, match="volume: expected finite values inside GTV-1, got NaN"):
        region_of(volume, Mask.on(volume, np.ones(array.shape, dtype=bool)))


def test_small_masks_are_refused() -> None:
    usual = FeatureSettings()
    with pytest.raises(SmallMaskError, match="several voxels in at least 2 dimensions, got a single voxel"):
        check_size(np.ones((1, 1, 1), dtype=bool), "GTV-1", usual)
    with pytest.raises(SmallMaskError, match="at least 2 dimensions, got one in 1"):
        check_size(np.ones((1, 5, 1), dtype=bool), "GTV-1", usual)
    check_size(np.ones((1, 5, 1), dtype=bool), "GTV-1", FeatureSettings(minimum_roi_dimensions=1))
    with pytest.raises(SmallMaskError, match="expected more than 8 voxels, got 8"):
        check_size(np.ones((2, 2, 2), dtype=bool), "GTV-1", FeatureSettings(minimum_roi_size=8))
