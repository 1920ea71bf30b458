"""The presets, whole."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError, ModalityError, UnitsError
from oncologyai.harmonize import (
    PRESETS,
    CropOrPad,
    Discretise,
    NormaliseRange,
    Preset,
    ResampleInPlane,
    Window,
    harmonize,
)
from oncologyai.types import Mask, Volume


def test_lung_ct_is_as_published(a_ct):
    result = harmonize(a_ct)
    assert result.volume.shape == (3, 512, 512)
    assert result.volume.array.dtype == np.uint8
    assert result.volume.spacing_mm == pytest.approx((1.0, 1.0, 3.0))
    assert result.volume.array.max() == 59
    assert (result.volume.array[:, :200] == 0).all()
    assert (result.bone.array[:, :200] == -500).all()
    assert result.air == 0


def test_lung_ct_values_equal_hand_computed_bins(a_ct):
    values = np.array([-3000, -1350, -1326, -1325, -600, 124, 125, 149, 150, 3000], dtype=np.int16)
    volume = Volume(np.tile(values, (1, 10, 1)), np.diag([-1.0, -1.0, 3.0, 1.0]), "CT", "HU")
    preset = Preset("small", "", (Window(), Discretise()))
    assert harmonize(volume, preset).volume.array[0, 0].tolist() == [0, 0, 0, 1, 30, 58, 59, 59, 59, 59]


def test_bone_window_comes_from_unclipped_hu(a_ct):
    result = harmonize(a_ct)
    place = np.rint(result.trail.carry(a_ct, fill=-1024).array).astype(int)
    assert np.array_equal(result.bone.array, np.clip(place, -500, 1300))
    assert result.bone.array.max() == 1300
    assert result.bone.same_grid(result.volume)


def test_the_harmonised_image_lies_where_the_input_lies(a_ct):
    result = harmonize(a_ct)
    shown = np.argwhere(result.volume.array > 0)[::97]
    ras = result.volume.ras_from_ijk(shown[:, ::-1])
    i, j, k = np.rint(a_ct.ijk_from_ras(ras)).astype(int).T
    away = np.abs(a_ct.ras_from_ijk(np.stack([i, j, k], axis=1)) - ras)
    assert away.max() <= 0.4 + 1e-6
    bins = np.clip((np.clip(a_ct.array[k, j, i], -1350, 150).astype(int) + 1350) // 25, 0, 59)
    assert np.array_equal(bins, result.volume.array[tuple(shown.T)])


def test_an_upside_down_array_gives_the_same_image(a_ct):
    flip = np.diag([1.0, -1.0, -1.0, 1.0])
    flip[:3, 3] = 0, a_ct.shape[1] - 1, a_ct.shape[0] - 1
    turned = replace(a_ct, array=a_ct.array[::-1, ::-1], ijk_to_ras=a_ct.ijk_to_ras @ flip)
    straight, other = harmonize(a_ct), harmonize(turned)
    assert np.array_equal(straight.volume.array, other.volume.array)
    assert straight.volume.same_grid(other.volume)
    mask = Mask.on(other.volume, other.volume.array > 20)
    back = other.trail.restore_mask(mask)
    assert back.same_grid(turned)
    assert np.array_equal(back.array[::-1, ::-1], straight.trail.restore_mask(mask).array)


def test_none_changes_nothing(a_ct):
    result = harmonize(a_ct, "none")
    assert np.array_equal(result.volume.array, a_ct.array)
    assert result.bone is None
    mask = Mask.on(a_ct, a_ct.array > 0)
    assert np.array_equal(result.trail.restore_mask(mask).array, mask.array)


def test_pet_goes_to_the_reference_range():
    volume = Volume(np.array([[[0.0, 5.0, 20.0, 40.0]]], dtype=np.float32), np.eye(4), "PT", "SUVbw")
    result = harmonize(volume, "pet-suv")
    assert result.volume.array.ravel().tolist() == [0.0, 0.25, 1.0, 1.0]
    assert result.volume.unit == "arbitrary"


def test_each_preset_has_its_name_and_a_description():
    assert all(name == preset.name and preset.description for name, preset in PRESETS.items())


def test_the_input_is_not_changed(a_ct):
    before = a_ct.array.copy()
    harmonize(a_ct)
    assert np.array_equal(a_ct.array, before)


def test_steps_compose_for_other_modalities(an_mr):
    preset = Preset("mine", "", (NormaliseRange(), ResampleInPlane(2.0), CropOrPad(30, 20)), "MR")
    result = harmonize(an_mr, preset)
    assert result.volume.shape == (4, 30, 20)
    assert 0 <= result.volume.array.min() <= result.volume.array.max() <= 1


def test_rejects_an_unknown_preset(a_ct):
    with pytest.raises(InputError, match="preset: expected one of lung-ct, mr-fat"):
        harmonize(a_ct, "brain")


def test_rejects_a_preset_for_another_modality_or_unit(an_mr):
    with pytest.raises(ModalityError, match="expected modality CT for lung-ct, got modality MR"):
        harmonize(an_mr)
    counts = Volume(np.zeros((1, 2, 2), dtype=np.float32), np.eye(4), "PT", "counts")
    with pytest.raises(UnitsError, match="SUVbw or SUVlbm or SUVbsa for pet-suv, got unit counts"):
        harmonize(counts, "pet-suv")


def test_rejects_a_preset_without_a_name():
    with pytest.raises(InputError, match="name: expected a preset's name"):
        Preset("", "", ())


def test_ends_when_cancelled(a_ct):
    class Cancelled:
        def stage(self, name, share):
            pass

        def cancelled(self):
            return True

    with pytest.raises(CancelledError, match="cancelled"):
        harmonize(a_ct, progress=Cancelled())
