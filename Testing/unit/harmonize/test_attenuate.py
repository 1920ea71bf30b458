"""Darkening away from a region."""

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.harmonize import AttenuateOutside, Preset, harmonize
from oncologyai.types import Mask, Volume


def test_the_factor_falls_with_the_distance_in_mm_to_its_lowest():
    volume = Volume(np.full((1, 1, 60), 100.0, np.float32), np.diag([2.0, 1.0, 1.0, 1.0]), "MR")
    inside = np.zeros(volume.shape, bool)
    inside[..., :5] = True
    region = Mask.on(volume, inside)
    found = harmonize(volume, Preset("s", "", (AttenuateOutside(0.2, 10.0),)), region=region).volume.array[0, 0]
    assert (found[:5] == 100).all() and found[-1] == pytest.approx(20, abs=0.1) and (np.diff(found[4:]) <= 0).all()
    assert found[9] == pytest.approx(100 * (0.2 + 0.8 * np.exp(-0.5)), rel=1e-5)  # five voxels of 2 mm


def test_wrong_input_is_told():
    volume = Volume(np.ones((2, 2, 2), np.float32), np.eye(4), "MR")
    with pytest.raises(EmptyMaskError, match="region"):
        harmonize(volume, Preset("s", "", (AttenuateOutside(),)))
    with pytest.raises(InputError, match="lowest"):
        AttenuateOutside(lowest=2.0)
