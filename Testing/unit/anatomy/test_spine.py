"""The spine's axis: published filter and smoothing."""

import numpy as np
import pytest

from oncologyai.anatomy import bone_window, find_spine_axis
from oncologyai.anatomy.spine import _smooth


def _bone_columns(columns, shape=(12, 60, 90)):
    hu = np.full(shape, 40.0, dtype=np.float32)
    for k, column in enumerate(columns):
        hu[k, 8:28, column - 7 : column + 8] = 400
    return hu, np.ones(shape, dtype=bool)


def test_bone_window_clips_at_minus_500_and_1300():
    assert bone_window(np.array([-1000, -500, 0, 1300, 3000])).tolist() == [-500, -500, 0, 1300, 1300]


def test_first_mean_and_exponential_smoothing_by_hand():
    points = np.array([10.0, 12.0, 20.0, np.nan, 30.0])
    start = (10.0 + 12.0) / 2
    first = 0.3 * 10.0 + 0.7 * start
    second = 0.3 * 12.0 + 0.7 * first
    third = 0.3 * 20.0 + 0.7 * second
    last = 0.3 * 30.0 + 0.7 * third
    assert _smooth(points, 2, 0.3) == pytest.approx([first, second, third, third, last])


def test_straight_spine_is_found_exactly():
    hu, body = _bone_columns([50] * 12)
    axis = find_spine_axis(hu, body, (3.0, 2.0, 2.0), moving_average=7, start_slices=5, alpha=0.3)
    assert axis[:, 1] == pytest.approx(np.full(12, 50.0), abs=0.3)
    assert axis[:, 0] == pytest.approx(np.full(12, 17.5), abs=0.5)


def test_alpha_one_follows_each_slice():
    columns = [40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51]
    hu, body = _bone_columns(columns)
    axis = find_spine_axis(hu, body, (3.0, 2.0, 2.0), moving_average=7, start_slices=5, alpha=1.0)
    assert axis[:, 1] == pytest.approx(np.array(columns, dtype=float), abs=0.3)


def test_denser_bone_on_one_side_does_not_pull_the_axis():
    hu, body = _bone_columns([45] * 6, (6, 60, 90))
    hu[:, 8:28, 48:53] = 1500
    axis = find_spine_axis(hu, body, (3.0, 2.0, 2.0), moving_average=7, start_slices=5, alpha=0.3)
    assert np.abs(axis[:, 1] - 45).max() < 1.0


def test_no_bone_gives_nan():
    hu = np.full((3, 20, 30), 40.0, dtype=np.float32)
    axis = find_spine_axis(
        hu, np.ones(hu.shape, dtype=bool), (3.0, 2.0, 2.0), moving_average=7, start_slices=5, alpha=0.3
    )
    assert np.isnan(axis[:, 1]).all()


def test_a_slice_without_vertebra_does_not_throw_the_axis_aside():
    hu, body = _bone_columns([50] * 24, (24, 60, 90))
    hu[10:12] = 40.0
    hu[10:12, 10:20, 64:72] = 400  # only a rib is left, 36 mm aside
    axis = find_spine_axis(hu, body, (3.0, 2.0, 2.0), moving_average=7, start_slices=5, alpha=1.0)
    assert axis[:, 1] == pytest.approx(np.full(24, 50.0), abs=0.5)
