"""Adaptive equalisation: scikit-image's, on the image's own range."""

import numpy as np
import pytest
from skimage import exposure

from oncologyai.errors import InputError
from oncologyai.harmonize import EqualiseAdaptively, Preset, harmonize
from oncologyai.types import Volume


def test_equals_scikit_image_and_lies_within_0_and_1(an_mr):
    low, high = an_mr.array.min(), an_mr.array.max()
    theirs = exposure.equalize_adapthist((an_mr.array - low) / (high - low), kernel_size=(1, 6, 6), clip_limit=0.01)
    ours = harmonize(an_mr, Preset("s", "", (EqualiseAdaptively(),))).volume.array
    assert np.abs(ours - theirs).max() < 1e-5 and ours.min() >= 0 and ours.max() <= 1


def test_a_weak_structure_gains_contrast():
    values = np.zeros((4, 64, 64), np.float32)
    values[:, :32] = 1000.0
    values[:, 40:50, 20:40] = 20.0
    ours = harmonize(Volume(values, np.eye(4), "MR"), Preset("s", "", (EqualiseAdaptively(clip=0.1),))).volume.array
    assert ours[0, 45, 30] - ours[0, 60, 60] > 2 * 20 / 1000


def test_a_constant_image_becomes_0_and_wrong_settings_are_told(an_mr):
    flat = an_mr.with_array(np.full(an_mr.shape, 4.0, np.float32))
    assert (harmonize(flat, Preset("s", "", (EqualiseAdaptively(),))).volume.array == 0).all()
    for settings in ({"tiles": 0}, {"clip": 1.5}, {"levels": 1}):
        with pytest.raises(InputError, match=next(iter(settings))):
            EqualiseAdaptively(**settings)
