"""Resampling to a spacing or a shape: the field of view stays, masks come along and back."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.harmonize import Preset, ResampleToSpacing, ResizeToShape, harmonize
from oncologyai.types import Mask, Volume

AFFINE = np.array([[-0.8, 0, 0, 20], [0, -0.8, 0, 30], [0, 0, 3.0, -40], [0, 0, 0, 1]])


def only(*steps):
    return Preset("steps", "", steps)


@pytest.fixture
def a_wave() -> Volume:
    """Values that are a plane in space, so that every interpolation is exact."""
    volume = Volume(np.zeros((8, 30, 40), np.float32), AFFINE, "MR")
    k, j, i = np.meshgrid(*[np.arange(n) for n in volume.shape], indexing="ij")
    ras = volume.ras_from_ijk(np.stack([i, j, k], axis=-1))
    return volume.with_array((ras @ [1.0, 2.0, -0.5]).astype(np.float32))


def centre(volume: Volume) -> np.ndarray:
    return volume.ras_from_ijk([(n - 1) / 2 for n in volume.shape[::-1]])


@pytest.mark.parametrize("method", ["linear", "cubic", "bspline"])
def test_values_stay_at_their_place_in_space(a_wave, method):
    found = harmonize(a_wave, only(ResampleToSpacing((1.0, 1.0, 2.0), method))).volume
    assert found.spacing_mm == pytest.approx((1, 1, 2)) and found.shape == (12, 24, 32)
    assert centre(found) == pytest.approx(centre(a_wave))
    k, j, i = np.meshgrid(*[np.arange(2, n - 2) for n in found.shape], indexing="ij")
    expected = found.ras_from_ijk(np.stack([i, j, k], axis=-1)) @ [1.0, 2.0, -0.5]
    tolerance = {"linear": 1e-3, "bspline": 0.15, "cubic": 0.3}[method]  # a = -0.75 does not keep planes
    assert np.abs(found.array[2:-2, 2:-2, 2:-2] - expected).max() < tolerance


def test_none_keeps_an_axis_and_the_same_spacing_changes_nothing(a_wave):
    found = harmonize(a_wave, only(ResampleToSpacing((0.4, 0.4, None)))).volume
    assert found.shape == (8, 60, 80) and found.spacing_mm[2] == 3.0
    assert harmonize(a_wave, only(ResampleToSpacing((0.8, 0.8, 3.0)))).volume.array is a_wave.array


def test_a_region_comes_along_and_a_mask_back(a_wave):
    inside = np.zeros(a_wave.shape, bool)
    inside[2:6, 8:22, 10:30] = True
    mask = Mask.on(a_wave, inside)
    found = harmonize(a_wave, only(ResampleToSpacing((1.0, 1.0, 1.0))), region=mask)
    assert found.region.same_grid(found.volume) and found.region.volume_ml == pytest.approx(mask.volume_ml, rel=0.05)
    back = found.trail.restore_mask(found.region)
    assert back.same_grid(a_wave) and 2 * (back.array & inside).sum() / (back.array.sum() + inside.sum()) > 0.93


def test_a_shape_keeps_the_field_of_view(a_wave):
    found = harmonize(a_wave, only(ResizeToShape((16, 15, 80), "linear"))).volume
    assert found.shape == (16, 15, 80) and found.spacing_mm == pytest.approx((0.4, 1.6, 1.5))
    assert centre(found) == pytest.approx(centre(a_wave))
    assert harmonize(a_wave, only(ResizeToShape((8, 30, 40)))).volume.array is a_wave.array


def test_wrong_settings_are_told():
    with pytest.raises(InputError, match="spacing_mm"):
        ResampleToSpacing((1.0, 0.0, 1.0))
    with pytest.raises(InputError, match="method: expected one of bspline"):
        ResampleToSpacing(method="sinc")
    with pytest.raises(InputError, match="shape"):
        ResizeToShape((0, 4, 4))
