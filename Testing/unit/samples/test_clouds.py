"""Clouds of activity hold what their formulas say."""

import numpy as np
import pytest

from oncologyai.samples.clouds import ball, mirrored, plate, shell, tube


def test_tube_holds_section_times_length() -> None:
    cloud = tube("x R", [(0.0, 0.0, 0.0), (0.0, 0.0, 100.0)], 10.0, 2.0)
    assert cloud.mass.sum() == pytest.approx(2.0 * np.pi * 100.0 * 100.0)
    assert np.linalg.norm(cloud.points[:, :2], axis=1).max() <= 10.0
    assert np.average(cloud.points, axis=0, weights=cloud.mass) == pytest.approx([0, 0, 50], abs=0.6)
    flat = tube("x R", [(0.0, 0.0, 0.0), (0.0, 0.0, 100.0)], 10.0, 2.0, flat=0.5)
    assert flat.mass.sum() == pytest.approx(0.5 * cloud.mass.sum())
    assert np.abs(flat.points[:, 1]).max() <= 5.0


def test_ball_holds_its_volume_evenly_in_all_directions() -> None:
    cloud = ball("x", (5.0, 0.0, -3.0), (20.0, 10.0, 30.0), 1.5)
    assert cloud.mass.sum() == pytest.approx(1.5 * 4.0 / 3.0 * np.pi * 6000.0)
    scaled = (cloud.points - (5.0, 0.0, -3.0)) / (20.0, 10.0, 30.0)
    np.testing.assert_allclose(np.cov(scaled.T), 0.2 * np.eye(3), atol=0.02)  # of an even ball: 1/5


def test_shell_holds_area_times_thickness() -> None:
    cloud = shell("x", (0.0, 0.0, 0.0), (50.0, 50.0, 50.0), 3.0, 1.0)
    assert cloud.mass.sum() == pytest.approx(3.0 * 4.0 * np.pi * 2500.0, rel=1e-3)
    np.testing.assert_allclose(np.linalg.norm(cloud.points, axis=1), 50.0, rtol=1e-9)


def test_plate_holds_area_times_thickness() -> None:
    cloud = plate("x", [(0.0, 0.0, 0.0), (0.0, 0.0, 80.0)], [(40.0, 0.0, 0.0), (40.0, 0.0, 80.0)], 5.0, 1.0)
    assert cloud.mass.sum() == pytest.approx(5.0 * 3200.0, rel=0.05)
    rimmed = plate(
        "x", [(0.0, 0.0, 0.0), (0.0, 0.0, 80.0)], [(40.0, 0.0, 0.0), (40.0, 0.0, 80.0)], 5.0, 1.0, rims=(3, 1)
    )
    assert rimmed.mass[rimmed.points[:, 0] < 5].sum() > 1.5 * cloud.mass[cloud.points[:, 0] < 5].sum()


def test_other_side_is_turned_over_and_named() -> None:
    cloud = ball("knee R", (90.0, 1.0, 2.0), (5.0, 5.0, 5.0), 1.0)
    other = mirrored(cloud)
    assert other.name == "knee L"
    np.testing.assert_allclose(other.points[:, 0], -cloud.points[:, 0])
    assert cloud.scaled(2.0).mass.sum() == pytest.approx(2.0 * cloud.mass.sum())
