"""Metal and foreign objects are told."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import InputError, ModalityError
from oncologyai.harmonize import FlagArtefacts, Preset, harmonize
from oncologyai.types import Volume

_FLAGS = Preset("flags", "", (FlagArtefacts(),))


@pytest.fixture
def a_trunk():
    y, x = np.mgrid[:120, :160] * 2.0
    hu = np.full((12, 120, 160), -1000.0)
    hu[:, ((x - 160) / 110) ** 2 + ((y - 110) / 80) ** 2 <= 1] = 40
    hu += np.random.default_rng(0).normal(0, 10, hu.shape)
    matrix = np.diag([-2.0, -2.0, 3.0, 1.0])
    matrix[:3, 3] = 160.0, 110.0, 0.0
    return Volume(np.rint(hu).astype(np.int16), matrix, "CT", "HU")


def _with(volume, index, value):
    array = volume.array.copy()
    array[index] = value
    return replace(volume, array=array)


def test_a_clean_scan_has_no_flags(a_trunk):
    assert harmonize(a_trunk, _FLAGS).flags == ()


def test_metal_is_told_with_size_and_place(a_trunk):
    result = harmonize(_with(a_trunk, (slice(4, 8), slice(50, 55), slice(70, 75)), 3071), _FLAGS)
    assert result.flags == ("metal or undiluted contrast in the body: 1 piece of 1.2 ml at RAS (16, 6, 16)",)


def test_streaks_are_counted_by_slice(a_trunk):
    array = a_trunk.array.copy()
    rays = np.random.default_rng(1).normal(0, 120, (3, 40, 40))
    array[4:7, 32:72, 52:92] += rays.astype(np.int16)
    array[4:7, 50:55, 70:75] = 3071
    result = harmonize(replace(a_trunk, array=array), _FLAGS)
    assert result.flags[0].endswith("with streaks in 3 slices")


def test_a_dense_object_outside_the_body_is_told(a_trunk):
    result = harmonize(_with(a_trunk, (slice(2, 6), slice(4, 8), slice(4, 8)), 1800), _FLAGS)
    assert result.flags == ("foreign objects outside the body: 1 piece of 0.8 ml at RAS (149, 99, 10)",)


def test_several_pieces_are_counted(a_trunk):
    array = a_trunk.array.copy()
    array[2:6, 4:8, 4:8] = 1800
    array[2:6, 4:8, 140:150] = 1800
    flags = harmonize(replace(a_trunk, array=array), _FLAGS).flags
    assert "2 pieces, the largest of 1.9 ml" in flags[0]


def test_specks_and_couch_are_not_told(a_trunk):
    array = a_trunk.array.copy()
    array[5, 55, 80] = 3071
    array[:, 110:113, 10:150] = 200
    assert harmonize(replace(a_trunk, array=array), _FLAGS).flags == ()


def test_bone_is_not_metal(a_trunk):
    assert harmonize(_with(a_trunk, (slice(0, 12), slice(60, 75), slice(70, 85)), 1500), _FLAGS).flags == ()


def test_is_for_ct_and_positive_sizes(a_trunk):
    with pytest.raises(ModalityError, match="artefact flag: expected a CT image"):
        harmonize(replace(a_trunk, modality="MR"), _FLAGS)
    with pytest.raises(InputError, match="smallest_metal_ml: expected a number above 0 ml"):
        FlagArtefacts(smallest_metal_ml=0.0)
