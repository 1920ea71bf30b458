"""Gamma camera: attenuation, resolution and place, against their formulas."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.samples.clouds import Cloud
from oncologyai.samples.gamma_camera import CAMERAS, Surface, project, scattered

CAMERA = replace(CAMERAS["alpha"], rows=200, columns=100, pixel_mm=2.0)
SLAB = Surface(np.full((80, 80), 100.0), np.full((80, 80), -100.0), -400.0, -400.0)


def point(x: float, y: float, z: float, mass: float = 1000.0) -> Cloud:
    return Cloud("point", np.array([[x, y, z]]), np.array([mass]))


def seen(cloud: Cloud, *, anterior: bool) -> np.ndarray:
    return project([cloud], CAMERA, SLAB, top_mm=200.0, anterior=anterior)


def test_counts_fall_with_depth_by_the_law_of_attenuation() -> None:
    front = seen(point(0.0, 60.0, 0.0), anterior=True).sum()
    back = seen(point(0.0, 60.0, 0.0), anterior=False).sum()
    assert front == pytest.approx(1000.0 * np.exp(-0.0125 * 40.0), rel=1e-3)
    assert back == pytest.approx(1000.0 * np.exp(-0.0125 * 160.0), rel=1e-3)


@pytest.mark.parametrize("anterior", [True, False])
def test_right_of_the_patient_is_left_in_front_and_right_behind(anterior: bool) -> None:
    picture = seen(point(30.0, 0.0, 50.0), anterior=anterior)
    j, i = (float((picture * grid).sum() / picture.sum()) for grid in np.mgrid[:200, :100])
    assert j == pytest.approx(75.0, abs=0.01)
    assert i == pytest.approx(49.5 - 15.0 if anterior else 49.5 + 15.0, abs=0.01)


@pytest.mark.parametrize("depth", [10.0, 150.0])
def test_width_of_a_point_is_the_cameras_resolution_there(depth: float) -> None:
    picture = seen(point(0.0, 100.0 - depth, 0.0), anterior=True)
    rows = picture.sum(axis=1)
    middle = float((rows * np.arange(200)).sum() / rows.sum())
    sigma = float(np.sqrt((rows * (np.arange(200) - middle) ** 2).sum() / rows.sum())) * 2.0
    expected = np.hypot(4.6 + 0.034 * (depth + 25.0), 3.8)
    assert sigma * 2.3548 == pytest.approx(expected, rel=0.06)


def test_scatter_moves_counts_and_keeps_their_sum() -> None:
    picture = seen(point(0.0, 0.0, 0.0), anterior=True)
    spread = scattered(picture, replace(CAMERA, scatter=0.2))
    assert spread.sum() == pytest.approx(picture.sum(), rel=0.02)
    assert spread.max() == pytest.approx(0.8 * picture.max(), rel=0.02)
    assert scattered(picture, replace(CAMERA, scatter=0.0)) is picture


def test_what_lies_beside_the_field_is_not_seen() -> None:
    assert seen(point(500.0, 0.0, 0.0), anterior=True).sum() == 0.0
    assert project([], CAMERA, SLAB, top_mm=0.0, anterior=True).sum() == 0.0
