from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError, ModalityError
from oncologyai.harmonize import resample_sinc
from oncologyai.imaging.files import image_from_volume
from oncologyai.inference import prepare_channels, resample, working_grid
from oncologyai.inference.intensities import normalise_channel
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_ct(a_pet):
    """A CT ramp along R-L in another grid of the same frame, finer and turned."""
    affine = np.array([[0, 0, 1.5, -100.0], [0, 2.0, 0, -120.0], [-1.0, 0, 0, 100.0], [0, 0, 0, 1]])
    x = affine[0, 2] * np.arange(90) + affine[0, 3]
    array = np.broadcast_to(x[:, None, None] * 5, (90, 80, 120)).astype(np.float32)
    return Volume(np.ascontiguousarray(array), affine, "CT", "HU")


def test_samples_like_simpleitk(a_ct):
    rng = np.random.default_rng(0)
    source = a_ct.with_array(rng.normal(size=a_ct.shape).astype(np.float32))
    angle = np.deg2rad(20)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    target = Volume(np.zeros((15, 16, 17), dtype=np.float32), turn @ np.diag([0.9, 0.9, 0.9, 1]), "CT", "HU")
    for order, method in ((0, sitk.sitkNearestNeighbor), (1, sitk.sitkLinear)):
        expected = sitk.GetArrayFromImage(
            sitk.Resample(image_from_volume(source), image_from_volume(target), sitk.Transform(), method, -7.0)
        )
        found = resample(source, target.ijk_to_ras, target.shape, order=order, fill=-7.0)
        assert np.mean(np.abs(found - expected) > 1e-3) < (0.002 if order == 0 else 1e-9)
    with pytest.raises(InputError, match="order"):
        resample(source, target.ijk_to_ras, target.shape, order=3)


def test_outside_is_filled_and_coarse_sampling_keeps_the_mean(a_ct):
    far = np.eye(4)
    far[:3, 3] = 1000
    assert (resample(a_ct, far, (2, 2, 2), fill=4.0) == 4.0).all()
    noise = a_ct.with_array(np.random.default_rng(0).normal(size=a_ct.shape).astype(np.float32))
    coarse = resample(noise, a_ct.ijk_to_ras @ np.diag([6.0, 6, 6, 1]), (14, 12, 18))
    assert coarse.std() < 0.1, "noise is averaged, not picked"


def test_the_working_grid_has_the_card_s_spacing_directions_and_the_image_s_middle(a_ct, a_deep_model):
    affine, shape = working_grid(a_ct, a_deep_model[1])
    np.testing.assert_allclose(np.linalg.norm(affine[:3, :3], axis=0), 4.0)
    np.testing.assert_allclose(affine[:3, :3], np.diag([-4.0, -4.0, 4.0]), atol=1e-12)
    assert shape == (30, 40, 34)
    middle = affine @ [*((np.array(shape[::-1]) - 1) / 2), 1]
    np.testing.assert_allclose(middle[:3], a_ct.ras_from_ijk((np.array(a_ct.shape[::-1]) - 1) / 2))


def test_channels_meet_in_one_place(a_pet, a_ct, a_deep_model):
    prepared = prepare_channels({"pet": a_pet, "ct": a_ct}, a_deep_model[1])
    assert prepared.present == (True, True)
    assert prepared.array[0].max() == pytest.approx(0.8, abs=0.02)
    k, j, i = (n // 2 for n in prepared.array.shape[1:])
    x = (prepared.ijk_to_ras @ [i, j, k, 1])[0]
    assert prepared.array[1, k, j, i] == pytest.approx((5 * x + 1000) / 2000, abs=1e-3)


def test_a_card_may_ask_for_the_windowed_sinc_and_its_field_stays_nearest(a_pet, a_deep_model):
    card = a_deep_model[1]
    only = card.channels[0].model_copy(update={"field_of_view": True, "required": True})
    sinc = card.model_copy(update={"interpolation": "sinc", "channels": (only,)})
    prepared = prepare_channels({"pet": a_pet}, sinc)
    linear = prepare_channels({"pet": a_pet}, sinc.model_copy(update={"interpolation": "linear"}))
    shape = prepared.array.shape[1:]
    ready = a_pet.with_array(normalise_channel(a_pet.array, only))
    assert np.array_equal(prepared.array[0], resample_sinc(ready, prepared.ijk_to_ras, shape, fill=only.fill))
    assert not np.allclose(prepared.array[0], linear.array[0], atol=1e-3)
    assert np.array_equal(prepared.array[1], linear.array[1])


def test_a_missing_optional_channel_is_filled_and_told(a_pet, a_deep_model):
    prepared = prepare_channels({"pet": a_pet}, a_deep_model[1])
    assert prepared.present == (True, False)
    assert (prepared.array[1] == 0.25).all()
    assert prepared.notes == ("channel ct was not given: the model did without it",)


def test_a_box_is_all_that_is_covered(a_pet, a_deep_model):
    box = np.zeros(a_pet.shape, dtype=bool)
    box[4:16, 4:16, 8:20] = True
    prepared = prepare_channels({"pet": a_pet}, a_deep_model[1], box=Mask.on(a_pet, box))
    assert prepared.array.shape == (2, 9, 9, 9)
    with pytest.raises(EmptyMaskError, match="box"):
        prepare_channels({"pet": a_pet}, a_deep_model[1], box=Mask.on(a_pet, box & False))
    with pytest.raises(GeometryMismatchError, match="box"):
        prepare_channels({"pet": a_pet}, a_deep_model[1], box=Mask(box, np.eye(4)))


def test_wrong_missing_and_strange_channels_are_refused(a_pet, a_ct, a_deep_model):
    card = a_deep_model[1]
    with pytest.raises(InputError, match="channel: expected pet or ct, got mr"):
        prepare_channels({"pet": a_pet, "mr": a_ct}, card)
    with pytest.raises(InputError, match="expected an image for pet"):
        prepare_channels({"ct": a_ct}, card)
    with pytest.raises(ModalityError, match="ct: expected modality CT"):
        prepare_channels({"pet": a_pet, "ct": replace(a_pet, modality="MR")}, card)


def test_a_margin_of_fill_surrounds_the_image_and_a_box(a_pet, a_deep_model):
    card = a_deep_model[1]
    wide = card.model_copy(update={"margin": 3})
    box = np.zeros(a_pet.shape, dtype=bool)
    box[4:14, 5:15, 6:18] = True
    for cover in (None, Mask.on(a_pet, box)):
        bare, found = (prepare_channels({"pet": a_pet}, c, box=cover) for c in (card, wide))
        inner = found.array[:, 3:-3, 3:-3, 3:-3]
        assert np.array_equal(inner, bare.array)
        assert (found.array[0].sum(), found.array[0].min()) == (pytest.approx(bare.array[0].sum()), 0.0)
        np.testing.assert_allclose(found.ijk_to_ras @ [3, 3, 3, 1], bare.ijk_to_ras @ [0, 0, 0, 1])
