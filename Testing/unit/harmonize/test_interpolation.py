"""Interpolation along axes against SimpleITK and OpenCV's kernel."""

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.harmonize.interpolation import METHODS, Interpolated, sample_axis


@pytest.mark.parametrize(("method", "theirs"), [("linear", sitk.sitkLinear), ("bspline", sitk.sitkBSpline)])
def test_equals_simpleitk(method, theirs):
    array = np.random.default_rng(0).normal(100, 30, (7, 11, 13)).astype(np.float32)
    places = [np.linspace(0.0, n - 1.0, m) for n, m in zip(array.shape, (9, 8, 20), strict=True)]
    ours = array
    for axis in range(3):
        ours = sample_axis(ours, axis, places[axis], method)
    reference = sitk.Image([len(p) for p in places[::-1]], sitk.sitkFloat32)
    reference.SetSpacing([float(p[1] - p[0]) for p in places[::-1]])
    resampled = sitk.Resample(sitk.GetImageFromArray(array), reference, sitk.Transform(), theirs, 0.0)
    assert np.abs(ours - sitk.GetArrayFromImage(resampled)).max() < 1e-3


def test_cubic_is_convolution_over_four_voxels_with_opencvs_factor():
    line = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0], np.float32).reshape(1, 1, 6)
    t, a = 0.3, -0.75  # OpenCV: interpolateCubic
    weights = np.array(
        [
            ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a,
            ((a + 2) * t - (a + 3)) * t * t + 1,
            ((a + 2) * (1 - t) - (a + 3)) * (1 - t) * (1 - t) + 1,
            0.0,
        ]
    )
    weights[3] = 1 - weights[:3].sum()
    assert sample_axis(line, 2, np.array([2.3]), "cubic")[0, 0, 0] == pytest.approx(weights @ line[0, 0, 1:5], rel=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_stays_constant_and_own_places_give_the_own_values(method):
    flat = np.full((3, 5, 6), 4, np.int16)
    assert sample_axis(flat, 1, np.linspace(-0.5, 4.5, 13), method) == pytest.approx(4)
    values = np.random.default_rng(1).normal(size=(3, 5, 6)).astype(np.float32)
    assert np.array_equal(sample_axis(values, 2, np.arange(6.0), method), values)


def test_nearest_keeps_the_type_and_others_give_float():
    labels = np.arange(6, dtype=np.uint8).reshape(1, 1, 6)
    assert sample_axis(labels, 2, np.array([0.4, 2.6]), "nearest").tolist() == [[[0, 3]]]
    assert sample_axis(labels, 2, np.array([0.4]), "nearest").dtype == np.uint8
    assert sample_axis(labels, 2, np.array([0.4]), "linear").dtype == np.float32


def test_one_voxel_thick_images_do():
    assert sample_axis(np.full((1, 2, 2), 3.0, np.float32), 0, np.array([-0.2, 0.2]), "bspline") == pytest.approx(3.0)


def test_a_mask_goes_there_and_back():
    ball = sum((g - 12) ** 2 for g in np.meshgrid(*[np.arange(25)] * 3, indexing="ij")) < 64
    record = Interpolated("bspline", (1.3, 0.7, 0.7), (0.2, 0.1, 0.1), (25, 25, 25), (19, 35, 35))
    there = record.forward(ball, 0.0)
    back = record.back(there.astype(np.float32)) >= 0.5
    assert there.dtype == np.bool_ and there.shape == (19, 35, 35)
    assert 2 * (back & ball).sum() / (back.sum() + ball.sum()) > 0.95
