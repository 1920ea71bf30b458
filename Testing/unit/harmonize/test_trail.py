"""The way back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.harmonize import CropOrPad, Preset, Reorient, ResampleInPlane, harmonize
from oncologyai.types import Mask, Volume


def _ball(pixel_mm, size=256, radius_mm=25.0):
    matrix = np.diag([-pixel_mm, -pixel_mm, 3.0, 1.0])
    matrix[:3, 3] = 100.0, 90.0, 10.0
    y, x = np.mgrid[:size, :size] * pixel_mm - (size - 1) / 2 * pixel_mm
    z = np.arange(-8, 9)[:, None, None] * 3.0
    inside = (x - 3.3) ** 2 + (y + 5.7) ** 2 + z**2 <= radius_mm**2
    return Volume(inside.astype(np.float32), matrix, "OT", "probability")


def _dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


_GEOMETRY = Preset("geometry", "", (Reorient(), ResampleInPlane(), CropOrPad()))


@pytest.mark.parametrize(("pixel_mm", "least"), [(0.977, 0.99), (0.6, 0.975), (1.4, 1.0), (1.0, 1.0), (0.5, 0.97)])
def test_mask_survives_the_way_there_and_back(pixel_mm, least):
    ball = _ball(pixel_mm)
    there = harmonize(ball, _GEOMETRY)
    back = there.trail.restore_mask(Mask(there.volume.array > 0, there.volume.ijk_to_ras, "GTV-2"))
    assert back.label == "GTV-2"
    assert back.same_grid(ball)
    assert _dice(back.array, ball.array > 0) >= least


@pytest.mark.parametrize("pixel_mm", [0.6, 0.977, 1.4])
def test_volume_is_kept_within_two_percent(pixel_mm):
    ball = _ball(pixel_mm)
    there = harmonize(ball, _GEOMETRY)
    back = there.trail.restore_mask(Mask(there.volume.array > 0, there.volume.ijk_to_ras))
    assert back.volume_ml == pytest.approx(4 / 3 * np.pi * 2.5**3, rel=0.02)


@settings(max_examples=40, deadline=None)
@given(pixel_mm=st.floats(0.3, 3.0), rows=st.integers(1, 40), columns=st.integers(1, 40), crop=st.integers(1, 60))
def test_a_constant_probability_stays_constant_inside(pixel_mm, rows, columns, crop):
    volume = Volume(np.full((2, rows, columns), 0.25, dtype=np.float32), np.diag([pixel_mm, pixel_mm, 3, 1.0]))
    there = harmonize(volume, Preset("any", "", (ResampleInPlane(),)))
    back = there.trail.restore_probability(there.volume)
    assert back.array == pytest.approx(np.full(volume.shape, 0.25), abs=1e-6)
    placed = harmonize(volume, Preset("any", "", (CropOrPad(crop, crop),)))
    back = placed.trail.restore_probability(placed.volume)
    assert back.shape == volume.shape
    assert np.count_nonzero(back.array) == 2 * min(rows, crop) * min(columns, crop)


def test_shown_pixels_return_exactly_and_others_between_them():
    volume = Volume(np.linspace(0, 1, 10, dtype=np.float32).reshape(1, 1, 10), np.diag([0.5, 1.0, 1.0, 1.0]))
    there = harmonize(volume, Preset("half", "", (ResampleInPlane(),)))
    assert there.volume.shape == (1, 1, 5)
    back = there.trail.restore_probability(there.volume)
    shown = [1, 3, 5, 7, 9]
    assert there.volume.array.ravel() == pytest.approx(volume.array.ravel()[shown])
    given = volume.array.ravel()
    expected = [given[1], given[1]]
    for n in (2, 4, 6, 8):
        expected += [0.25 * given[n - 1] + 0.75 * given[n + 1], given[n + 1]]
    assert back.array.ravel() == pytest.approx(expected, abs=1e-6)


def test_pixels_shown_twice_return_their_mean():
    volume = Volume(np.zeros((1, 1, 3), dtype=np.float32), np.diag([2.0, 1.0, 1.0, 1.0]))
    there = harmonize(volume, Preset("double", "", (ResampleInPlane(),)))
    assert there.volume.shape == (1, 1, 6)
    drawn = there.volume.with_array(np.array([[[0.2, 0.4, 1.0, 1.0, 0.0, 0.5]]], dtype=np.float32))
    assert there.trail.restore_probability(drawn).array.ravel() == pytest.approx([0.3, 1.0, 0.25])


def test_probability_has_its_unit_and_stays_within_0_and_1():
    ball = _ball(0.7, 64, 10.0)
    there = harmonize(ball, _GEOMETRY)
    back = there.trail.restore_probability(there.volume)
    assert back.unit == "probability"
    assert back.array.min() == 0.0
    assert back.array.max() == 1.0
    assert back.array.dtype == np.float32


def test_empty_mask_stays_empty():
    there = harmonize(_ball(0.977, 64), _GEOMETRY)
    assert there.trail.restore_mask(Mask(np.zeros((17, 512, 512), dtype=bool), there.volume.ijk_to_ras)).is_empty


def test_rejects_images_of_other_grids():
    ball = _ball(0.977, 64)
    there = harmonize(ball, _GEOMETRY)
    with pytest.raises(GeometryMismatchError, match="mask: expected the image's grid 512x512x17"):
        there.trail.restore_mask(Mask(ball.array > 0, ball.ijk_to_ras))
    with pytest.raises(GeometryMismatchError, match="volume: expected the image's grid 512x512x17"):
        there.trail.restore_probability(ball)
    with pytest.raises(GeometryMismatchError, match="volume: expected the image's grid 64x64x17"):
        there.trail.carry(there.volume, fill=0)


def test_rejects_values_that_are_no_probabilities():
    ball = _ball(1.0, 64)
    there = harmonize(ball, Preset("nothing", "", ()))
    with pytest.raises(InputError, match="volume: expected probabilities within 0-1, got 0 to 3"):
        there.trail.restore_probability(ball.with_array(ball.array * 3))
