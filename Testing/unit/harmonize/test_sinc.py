"""Windowed-sinc resampling: exact on its own grid, far better than linear on smooth images, filled outside."""

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.errors import InputError
from oncologyai.harmonize import resample_sinc
from oncologyai.imaging.files import image_from_volume
from oncologyai.types import Volume


def turned(degrees):
    angle = np.deg2rad(degrees)
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return matrix


GRID = turned(10) @ np.array([[0, 0, 1.5, -40.0], [0, -2.0, 0, 60.0], [-1.0, 0, 0, 30.0], [0, 0, 0, 1]])


def waves(volume_shape, ijk_to_ras, period_mm=9.0):
    """A sum of plane waves, none shorter than the period."""
    k, j, i = np.indices(volume_shape)
    points = np.stack([i, j, k, np.ones_like(i)], axis=-1) @ ijk_to_ras.T
    directions = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6, 0.64, 0.48]])
    return sum(np.sin(2 * np.pi * points[..., :3] @ d / period_mm + n) for n, d in enumerate(directions))


@pytest.fixture
def an_image():
    return Volume(waves((50, 60, 70), GRID).astype(np.float32), GRID, "CT", "HU")


def inner(shape, edge_mm, middle, turn):
    """A grid of so large voxels about the image's middle."""
    affine = turn @ np.diag([edge_mm, edge_mm, edge_mm, 1.0])
    half = (np.array(shape[::-1]) - 1) / 2
    affine[:3, 3] = middle - affine[:3, :3] @ half
    return affine


@pytest.mark.parametrize("degrees", [10, 100, 190, 37])  # parallel, parallel with axes exchanged, oblique
def test_a_band_limited_image_is_reproduced_far_better_than_by_linear(an_image, degrees) -> None:
    shape, middle = (20, 21, 22), an_image.ras_from_ijk((np.array(an_image.shape[::-1]) - 1) / 2)
    grid = inner(shape, 1.3, middle, turned(degrees))
    truth = waves(shape, grid)
    error = np.sqrt(np.mean((resample_sinc(an_image, grid, shape) - truth) ** 2))
    target = image_from_volume(Volume(np.zeros(shape, dtype=np.float32), grid))
    linear = sitk.GetArrayFromImage(
        sitk.Resample(image_from_volume(an_image), target, sitk.Transform(), sitk.sitkLinear)
    )
    assert error < 0.05 * np.sqrt(np.mean((linear - truth) ** 2))
    assert error < 0.02


def test_on_its_own_grid_the_image_stays_the_same(an_image) -> None:
    noise = an_image.with_array(np.random.default_rng(0).normal(size=an_image.shape).astype(np.float32))
    assert np.array_equal(resample_sinc(noise, GRID, noise.shape), noise.array)


def test_a_turned_and_flipped_grid_is_numpy_s(an_image) -> None:
    flip = np.array([[0, -1.0, 0, 69], [0, 0, 1, 0], [-1, 0, 0, 49], [0, 0, 0, 1]])  # i = 69 - j', j = k', k = 49 - i'
    found = resample_sinc(an_image, GRID @ flip, (60, 70, 50))
    assert np.array_equal(found, an_image.array[::-1, :, ::-1].transpose(1, 2, 0))


@pytest.mark.parametrize("degrees", [0, 8])
def test_outside_is_filled_from_half_a_voxel_on(degrees) -> None:
    flat = Volume(np.full((12, 14, 16), 3.0, dtype=np.float32), GRID)
    grid = turned(degrees) @ GRID @ np.diag([0.5, 0.5, 0.5, 1.0])
    shape = (30, 35, 40)
    found = resample_sinc(flat, grid, shape, fill=-7.0)
    k, j, i = np.indices(shape)
    places = (np.stack([i, j, k, np.ones_like(i)], axis=-1) @ (np.linalg.inv(GRID) @ grid).T)[..., :3]
    last = np.array([15.5, 13.5, 11.5])
    within = ((places >= -0.5 + 1e-6) & (places < last - 1e-6)).all(axis=-1)
    beyond = ((places < -0.5 - 1e-6) | (places > last + 1e-6)).any(axis=-1)
    assert (found[beyond] == -7.0).all() and beyond.any() and within.any()
    assert np.abs(found[within] - 3.0).max() < (1e-5 if degrees == 0 else 0.05)


@pytest.mark.parametrize("degrees", [10, 40])
def test_what_a_coarser_grid_cannot_hold_is_taken_off_and_the_rest_kept(degrees) -> None:
    grid = turned(10)
    slow, fast = waves((60, 60, 60), grid, 24.0), waves((60, 60, 60), grid, 3.2)
    image = Volume((slow + fast).astype(np.float32), grid)
    shape, middle = (7, 7, 7), image.ras_from_ijk((29.5, 29.5, 29.5))
    coarse = inner(shape, 4.0, middle, turned(degrees))
    gap = resample_sinc(image, coarse, shape) - waves(shape, coarse, 24.0)
    assert np.sqrt(np.mean(gap**2)) < 0.06


def test_both_ways_agree_with_simpleitk_s_own_sinc(an_image) -> None:
    shape, middle = (12, 13, 14), an_image.ras_from_ijk((np.array(an_image.shape[::-1]) - 1) / 2)
    for degrees in (10, 25):
        grid = inner(shape, 0.9, middle, turned(degrees))
        target = image_from_volume(Volume(np.zeros(shape, dtype=np.float32), grid))
        kernel = sitk.sitkLanczosWindowedSinc
        expected = sitk.GetArrayFromImage(sitk.Resample(image_from_volume(an_image), target, sitk.Transform(), kernel))
        assert resample_sinc(an_image, grid, shape) == pytest.approx(expected, abs=0.03)


def test_a_sheared_grid_and_an_empty_one_are_refused(an_image) -> None:
    sheared = GRID.copy()
    sheared[0, 1] += 0.7
    with pytest.raises(InputError, match="axes at right angles"):
        resample_sinc(an_image, sheared, (4, 4, 4))
    with pytest.raises(InputError, match="shape: expected sizes of 1"):
        resample_sinc(an_image, GRID, (0, 4, 4))
