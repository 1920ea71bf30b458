"""Maps of several lesions lie on the image's grid, with no value elsewhere."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings
from oncologyai.pipelines import feature_maps, overlay_maps
from oncologyai.types import Mask, Volume

MEAN, CONTRAST = "original_firstorder_Mean", "original_glcm_Contrast"


@pytest.fixture
def a_volume():
    values = np.random.default_rng(5).normal(40.0, 30.0, (9, 12, 14)).astype(np.float32)
    return Volume(values, np.diag([-1.0, -1.0, 2.0, 1.0]), "CT", "HU")


def a_box(volume, k, j, i, label):
    array = np.zeros(volume.shape, bool)
    array[slice(*k), slice(*j), slice(*i)] = True
    return Mask.on(volume, array, label)


def test_each_lesion_has_its_own_map_and_the_rest_no_value(a_volume):
    masks = [a_box(a_volume, (1, 5), (2, 6), (2, 7), "a"), a_box(a_volume, (5, 8), (6, 11), (8, 13), "b")]
    settings = FeatureSettings(bin_width=10)
    found = overlay_maps(a_volume, masks, settings, [CONTRAST, MEAN])
    assert set(found) == {CONTRAST, MEAN}
    for name, values in found.items():
        assert values.same_grid(a_volume)
        np.testing.assert_array_equal(np.isfinite(values.array), masks[0].array | masks[1].array)
        for mask in masks:
            (one,) = feature_maps(a_volume, [mask], settings, [name]).maps.values()
            np.testing.assert_array_equal(values.array[mask.array], one[name].array[mask.array])


def test_where_lesions_overlap_the_first_gives_the_value(a_volume):
    masks = [a_box(a_volume, (1, 5), (2, 6), (2, 7), "a"), a_box(a_volume, (3, 8), (2, 8), (4, 9), "b")]
    both = overlay_maps(a_volume, masks, FeatureSettings(), [MEAN])[MEAN].array
    first = overlay_maps(a_volume, masks[:1], FeatureSettings(), [MEAN])[MEAN].array
    np.testing.assert_array_equal(both[masks[0].array], first[masks[0].array])
    assert np.isfinite(both[masks[1].array]).all()


def test_resampled_maps_come_back_to_the_images_voxels(a_volume):
    mask = a_box(a_volume, (2, 7), (2, 9), (2, 10), "a")
    settings = FeatureSettings(resampled_spacing_mm=(0.7, 0.7, 0.7))
    values = overlay_maps(a_volume, [mask], settings, [MEAN])[MEAN]
    assert values.same_grid(a_volume)
    assert np.isfinite(values.array[mask.array]).mean() > 0.9  # at its edge the resampled mask may be smaller
    assert not np.isfinite(values.array[~mask.array]).any()


def test_a_lesion_too_small_is_left_without_values(a_volume):
    masks = [a_box(a_volume, (1, 2), (1, 2), (1, 2), "dot"), a_box(a_volume, (4, 8), (4, 8), (4, 8), "a")]
    values = overlay_maps(a_volume, masks, FeatureSettings(), [MEAN])[MEAN].array
    np.testing.assert_array_equal(np.isfinite(values), masks[1].array)


@pytest.mark.parametrize("name", ["original_shape_MeshVolume", "original_glcm_Colour", "wavelet-LLH_glcm_Contrast"])
def test_refuses_what_cannot_be_mapped(a_volume, name):
    with pytest.raises(InputError, match=name):
        overlay_maps(a_volume, [a_box(a_volume, (1, 5), (2, 6), (2, 7), "a")], FeatureSettings(), [name])
