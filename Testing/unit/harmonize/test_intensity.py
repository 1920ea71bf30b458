"""Windows, bins, ranges."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import InputError, ModalityError, UnitsError
from oncologyai.harmonize import Discretise, KeepBoneWindow, NormaliseRange, Preset, Window, harmonize


def _only(*steps):
    return Preset("steps", "", steps)


def test_lung_window_is_minus_1350_to_150_and_keeps_the_type(a_ct):
    result = harmonize(a_ct, _only(Window())).volume
    assert np.array_equal(result.array, np.clip(a_ct.array, -1350, 150))
    assert result.array.dtype == np.int16
    assert result.unit == "HU"


def test_window_of_floats_gives_floats(a_ct):
    result = harmonize(a_ct, _only(Window(1.5, 0.25))).volume
    assert result.array.dtype == np.float32
    assert result.array.max() == 1.0


def test_range_maps_onto_the_reference(a_ct):
    result = harmonize(a_ct, _only(NormaliseRange((-1000, 1000), (10, 20))))
    assert result.volume.array == pytest.approx(10 + (np.clip(a_ct.array, -1000.0, 1000.0) + 1000) / 200, abs=1e-4)
    assert result.air == 10


def test_range_of_a_constant_image_is_its_lower_end(a_ct):
    flat = a_ct.with_array(np.full(a_ct.shape, 7, dtype=np.int16))
    assert (harmonize(flat, _only(NormaliseRange())).volume.array == 0).all()


def test_range_follows_the_window_before_it(a_ct):
    result = harmonize(a_ct, _only(Window(1000, 0), NormaliseRange())).volume
    assert result.array == pytest.approx((np.clip(a_ct.array, -500.0, 500.0) + 500) / 1000, abs=1e-6)


def test_bins_equal_numpy_digitize(a_ct):
    result = harmonize(a_ct, _only(Discretise(50.0, (-1000.0, 1000.0)))).volume
    edges = np.arange(-950, 1000, 50)
    assert np.array_equal(result.array, np.digitize(a_ct.array, edges))


def test_bins_need_a_window_or_limits(a_ct):
    with pytest.raises(InputError, match="limits: expected a window before the bins, got none"):
        harmonize(a_ct, _only(Discretise()))


def test_rejects_settings_that_make_no_sense():
    with pytest.raises(InputError, match="width: expected a number above 0"):
        Window(0, 0)
    with pytest.raises(InputError, match="width: expected a number above 0"):
        KeepBoneWindow(-1, 0)
    with pytest.raises(InputError, match="width: expected at most 256 bins, got 1500"):
        Discretise(1.0, (-1350.0, 150.0))
    with pytest.raises(InputError, match="limits: expected two ascending numbers"):
        Discretise(25.0, (150.0, -1350.0))
    with pytest.raises(InputError, match="reference: expected two ascending numbers"):
        NormaliseRange(None, (1.0, 0.0))


def test_bone_window_is_for_ct_in_hu(a_ct):
    with pytest.raises(ModalityError, match="bone window: expected a CT image"):
        harmonize(replace(a_ct, modality="MR"), _only(KeepBoneWindow()))
    with pytest.raises(UnitsError, match="bone window: expected Hounsfield units"):
        harmonize(replace(a_ct, unit="arbitrary"), _only(KeepBoneWindow()))
