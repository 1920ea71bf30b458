"""Clicks and scribbles as voxels."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.errors import InputError, OutsideImageError
from oncologyai.segmenters import Stroke
from oncologyai.segmenters.stroke import stroke_voxels
from oncologyai.types import Volume


@pytest.fixture
def a_volume() -> Volume:
    """10 x 12 x 14 voxels (k, j, i) of 3 x 2 x 1 mm, voxel (0, 0, 0) at the origin."""
    return Volume(np.zeros((10, 12, 14), np.float32), np.diag([1.0, 2.0, 3.0, 1.0]))


def test_a_click_is_one_voxel(a_volume: Volume) -> None:
    assert stroke_voxels(a_volume, Stroke("inside", ((4.0, 6.0, 9.0),))).tolist() == [[3, 3, 4]]


def test_a_scribble_has_no_gaps_and_no_voxel_twice(a_volume: Volume) -> None:
    voxels = stroke_voxels(a_volume, Stroke("outside", ((0.0, 0.0, 0.0), (13.0, 0.0, 0.0), (13.0, 22.0, 27.0))))
    assert len(np.unique(voxels, axis=0)) == len(voxels)
    assert {(0, 0, i) for i in range(14)} <= {tuple(v) for v in voxels.tolist()}
    ends = [np.abs(voxels - voxels[n]).max(axis=1) for n in range(len(voxels))]
    assert all((gaps == 1).any() for gaps in ends), "every voxel touches another"


def test_points_in_the_same_place_are_a_click(a_volume: Volume) -> None:
    assert len(stroke_voxels(a_volume, Stroke("inside", ((4.0, 6.0, 9.0),) * 3))) == 1


@pytest.mark.parametrize(
    ("points", "argument"), [(((40.0, 0.0, 0.0),), "inside click"), (((1.0, 0.0, 0.0), (1.0, 0.0, 40.0)), "inside scr")]
)
def test_a_stroke_that_leaves_the_image_is_refused(
    points: tuple[tuple[float, float, float], ...], argument: str, a_volume: Volume
) -> None:
    with pytest.raises(OutsideImageError, match=rf"{argument}.*expected a point within R -0.5 to 13.5.*got \(.*40.0"):
        stroke_voxels(a_volume, Stroke("inside", points))


@pytest.mark.parametrize("points", [(), ((1.0, 2.0),), ((1.0, 2.0, float("nan")),)])
def test_a_stroke_has_points_of_three_numbers(points: tuple[tuple[float, ...], ...]) -> None:
    with pytest.raises(InputError, match="inside stroke: expected one point or more of three finite numbers"):
        Stroke("inside", points)  # type: ignore[arg-type]


def test_a_stroke_is_inside_or_outside() -> None:
    with pytest.raises(InputError, match="stroke kind: expected one of inside, outside, got 'left'"):
        Stroke("left", ((0.0, 0.0, 0.0),))  # type: ignore[arg-type]
