import numpy as np

from oncologyai.features import region_of
from oncologyai.types import Mask, Volume


def test_a_region_is_the_mask_s_box_with_a_margin_outside_it() -> None:
    array = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    volume = Volume(array, np.diag([0.5, 0.7, 3.0, 1.0]))
    inside = np.zeros(array.shape, dtype=bool)
    inside[1, 2, 3:5], inside[2, 4, 5] = True, True
    region = region_of(volume, Mask.on(volume, inside))
    assert region.mask.shape == region.image.shape == (4, 5, 5)
    assert region.values.tolist() == array[inside].tolist()
    assert region.values.dtype == np.float64
    assert np.array_equal(region.image[region.mask], region.values)
    assert not region.mask[0].any()
    assert not region.mask[:, :, -1].any()
    assert region.sampling_mm == (3.0, 0.7, 0.5)
    assert region.voxel_mm3 == 3.0 * 0.7 * 0.5
