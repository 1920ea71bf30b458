"""Inputs that say where an image is, and intensities that no scale changes."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.inference import input_names, normalise_channel, prepare_channels
from oncologyai.models import Channel, Logarithm, Robust, Window
from oncologyai.types import Volume


class Steps:
    channels = (
        Channel(name="pet", modality="PT", normalisation=Logarithm()),
        Channel(name="ct", modality="CT", required=False, field_of_view=True, normalisation=Window(low=-250, high=300)),
    )
    spacing_mm = (None, None, None)
    orientation = "LPS"
    interpolation = "linear"
    margin = 0


def test_an_image_s_field_of_view_follows_it_as_an_input() -> None:
    grid = np.diag([-2.0, -2.0, 2.0, 1.0])
    pet = Volume(np.zeros((4, 4, 6), dtype=np.float32), grid, modality="PT")
    ct = Volume(np.full((4, 4, 3), 300.0, dtype=np.float32), grid, modality="CT")
    array = prepare_channels({"pet": pet, "ct": ct}, Steps).array
    assert input_names(Steps) == ("pet", "ct", "ct_field")
    assert array.shape == (3, 4, 4, 6)
    for image in array[1:]:
        assert np.array_equal(image[..., :3], np.ones((4, 4, 3)))
        assert not image[..., 3:].any()


def test_a_missing_image_has_no_field_of_view() -> None:
    pet = Volume(np.ones((4, 4, 6), dtype=np.float32), np.eye(4), modality="PT")
    prepared = prepare_channels({"pet": pet}, Steps)
    assert prepared.present == (True, False)
    assert not prepared.array[1:].any()
    assert prepared.array[0] == pytest.approx(np.log(2.0))


def test_robust_scaling_is_the_same_for_any_scale_of_the_image() -> None:
    values = np.random.default_rng(1).gamma(2.0, 50.0, (6, 8, 8))
    channel = Channel(name="mr", modality="MR", normalisation=Robust())
    once, thrice = normalise_channel(values, channel), normalise_channel(3 * values, channel)
    assert np.abs(once - thrice).max() < 1e-5
    bright = values[values > 0.1 * np.quantile(values, 0.99)]
    low, high = np.quantile(bright, [0.05, 0.95])
    expected = np.clip((values - np.median(bright)) / (high - low), -3, 3)
    assert once == pytest.approx(expected, abs=1e-5)


def test_a_constant_image_is_zero_after_robust_scaling() -> None:
    channel = Channel(name="mr", modality="MR", normalisation=Robust())
    assert not normalise_channel(np.full((2, 2, 2), 7.0), channel).any()


def test_signed_windows_and_logarithms_are_as_computed_by_hand() -> None:
    signed = Channel(name="ct", modality="CT", normalisation=Window(low=-250, high=300, signed=True))
    assert normalise_channel(np.array([[[-900.0, 25.0, 300.0]]]), signed).ravel() == pytest.approx([-1, 0, 1])
    suv = Channel(name="pet", modality="PT", normalisation=Logarithm(high=50))
    assert normalise_channel(np.array([[[-1.0, 1.0, 99.0]]]), suv).ravel() == pytest.approx([0, 0.6931472, 3.9318256])


def test_what_is_no_number_is_refused() -> None:
    channel = Channel(name="mr", modality="MR", normalisation=Robust())
    with pytest.raises(InputError, match="mr: expected finite values"):
        normalise_channel(np.array([[[np.nan]]]), channel)
