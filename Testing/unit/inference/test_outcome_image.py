"""An image reaches a network of outcomes as the card says, and a map finds its way back to the image's own grid."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.inference import prepare_outcome_image
from oncologyai.models import Channel, SlicesInput, VolumeInput
from oncologyai.types import Mask, Volume

GRID = np.array([[-2.0, 0, 0, 30], [0, 0, 3.0, -20], [0, -2.5, 0, 40], [0, 0, 0, 1]])  # an oblique order of axes


@dataclass(frozen=True)
class Card:
    image: Any
    channels: Any = (Channel(name="image", modality="PT"),)


def a_volume(shape=(10, 20, 14), modality="PT"):
    return Volume(np.random.default_rng(1).uniform(0.1, 1.0, shape).astype(np.float32), GRID, modality)


def blob(volume, centre, radius=2.0):
    """A round spot in mm about a voxel (k, j, i)."""
    places = np.stack(np.indices(volume.shape), axis=-1) * np.array(volume.sampling_mm)
    return np.linalg.norm(places - np.array(centre) * np.array(volume.sampling_mm), axis=-1) <= radius * 3


@pytest.mark.parametrize("size", [(4, 10, 10), (30, 24, 24), (12, 8, 30)])
@pytest.mark.parametrize("spacing", [(None, None, None), (2.5, 2.5, 2.5)])
def test_slices_are_cropped_or_padded_and_a_map_returns_to_its_place(size, spacing):
    volume = a_volume()
    card = Card(SlicesInput(size=size, spacing_mm=spacing))
    found = prepare_outcome_image({"image": volume}, card)
    assert found.inputs().shape[1:] == (1, *size)
    centre = (5, 10, 7)
    spot = volume.with_array(blob(volume, centre).astype(np.float32))
    seen = prepare_outcome_image({"image": spot}, card).inputs()
    back = found.restore(list(seen[:, 0]))
    assert back.same_grid(volume) and back.array.min() >= 0 and back.array.max() <= 1
    inside = blob(volume, centre)
    assert back.array[inside].mean() > 0.5 > 10 * back.array[~inside].mean()
    peak = np.argwhere(back.array > 0.9 * back.array.max()).mean(axis=0)
    assert np.abs(peak - centre).max() < 1.5


def test_what_is_padded_is_0_and_the_middle_stays_the_middle():
    volume = a_volume((6, 9, 9))
    turned = prepare_outcome_image({"image": volume}, Card(SlicesInput(size=(6, 40, 40))))
    array = turned.array[0]
    assert np.count_nonzero(array) == volume.array.size
    places = np.argwhere(array)
    for axis in (1, 2):
        before, after = places[:, axis].min(), array.shape[axis] - 1 - places[:, axis].max()
        assert abs(before - after) <= 1


def test_a_region_is_the_box_of_the_mask_and_what_is_outside_gets_no_map():
    volume = a_volume()
    mask = Mask.on(volume, blob(volume, (3, 5, 4)))
    card = Card(SlicesInput(size=(4, 8, 8), region="mask", around_mm=2.0))
    found = prepare_outcome_image({"image": volume}, card, mask=mask)
    assert found.array.shape[1] < 20
    back = found.restore([np.ones((4, 8, 8), np.float32)] * len(found.views))
    assert back.array[3, 5, 4] > 0.9 and back.array[-1, -1, -1] == 0
    with pytest.raises(EmptyMaskError, match="none"):
        prepare_outcome_image({"image": volume}, card)
    with pytest.raises(EmptyMaskError, match="empty"):
        prepare_outcome_image({"image": volume}, card, mask=Mask.on(volume, np.zeros(volume.shape, bool)))


def a_head():
    volume = a_volume((12, 30, 26), "MR")
    values = np.where(blob(volume, (6, 15, 13), 8.0), 100.0 + 5 * volume.array, volume.array)
    return volume.with_array(values.astype(np.float32))


def test_the_volume_is_cropped_to_the_head_darkened_around_the_lesion_and_goes_back():
    volume = a_head()
    mask = Mask.on(volume, blob(volume, (6, 12, 13), 1.2))
    channels = (Channel(name="image", modality="MR"),)
    size = (8, 24, 24)
    how = {"size": size, "preset": "ch4-minimalist-deep"}
    dark = prepare_outcome_image({"image": volume}, Card(VolumeInput(**how), channels), mask=mask)
    plain = prepare_outcome_image({"image": volume}, Card(VolumeInput(**how, attenuate=False), channels))
    assert dark.array.shape == plain.array.shape == (1, *size) and len(dark.views) == 1
    assert plain.array.max() == pytest.approx(255.0) and plain.array.min() >= 0
    bright = [np.median(one.array[0][one.array[0] > 1]) for one in (dark, plain)]
    assert bright[0] < 0.8 * bright[1]
    back = dark.restore([np.ones(size, np.float32)])
    assert back.same_grid(volume)
    head = blob(volume, (6, 15, 13), 7.0)
    assert back.array[head].min() > 0.9 and back.array[0, 0, 0] == 0


def test_the_darkening_is_from_1_to_the_lowest_factor():
    volume = a_head()
    mask = Mask.on(volume, blob(volume, (6, 12, 13), 1.2))
    how = VolumeInput(size=volume.shape, preset="ch4-minimalist-deep", lowest=0.2, sigma_mm=1.0)
    channels = (Channel(name="image", modality="MR"),)
    pair = [
        prepare_outcome_image({"image": volume}, Card(one, channels), mask=mask).array[0]
        for one in (how, how.model_copy(update={"attenuate": False}))
    ]
    share = pair[0] / np.where(pair[1] > 100, pair[1], np.nan)
    scale = np.nanmax(share)
    assert np.nanpercentile(share, 10) / scale == pytest.approx(0.2, abs=0.03)


def test_refuses_a_preset_that_does_not_resize_and_other_channels():
    volume, channels = a_head(), (Channel(name="image", modality="MR"),)
    with pytest.raises(InputError, match="resizes"):
        prepare_outcome_image({"image": volume}, Card(VolumeInput(preset="ch4-minimalist", attenuate=False), channels))
    with pytest.raises(InputError, match="one image"):
        prepare_outcome_image({"other": volume}, Card(VolumeInput(attenuate=False), channels))
    with pytest.raises(InputError, match="one a view"):
        found = prepare_outcome_image({"image": a_volume()}, Card(SlicesInput(size=(4, 8, 8))))
        found.restore([])
