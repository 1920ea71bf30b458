"""What a model is shown: boxes in whole voxels, on grids however turned."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError, OutsideImageError
from oncologyai.pipelines.channels import ModelInputs
from oncologyai.pipelines.view import box_around, check_points, cut_view
from oncologyai.types import Point, Volume


def a_volume(ijk_to_ras, shape=(20, 30, 40)):
    return Volume(np.arange(np.prod(shape), dtype=np.float32).reshape(shape), np.array(ijk_to_ras, dtype=float))


LPS = [[-2, 0, 0, 10], [0, -2, 0, 20], [0, 0, 3, -30], [0, 0, 0, 1]]
CORONAL = [[-2, 0, 0, 10], [0, 0, 3, -40], [0, -2, 0, 30], [0, 0, 0, 1]]
COS, SIN = 2 * np.cos(0.3), 2 * np.sin(0.3)
OBLIQUE = [[-COS, SIN, 0, 10], [-SIN, -COS, 0, 20], [0, 0, 3, -30], [0, 0, 0, 1]]


@pytest.mark.parametrize("matrix", [LPS, CORONAL, OBLIQUE])
def test_voxels_keep_their_places_and_the_box_is_covered(matrix):
    first = a_volume(matrix)
    centre = first.ras_from_ijk((20, 15, 10))
    box = (*(centre - 9), *(centre + 9))
    view = cut_view(ModelInputs("a", first, {}), box)
    part = view.volumes["a"]
    assert all(1 < n < whole for n, whole in zip(part.shape, first.shape, strict=True))
    for ras in [centre, *(centre + np.array(s) * 8 for s in np.ndindex(2, 2, 2))]:
        assert part.contains_ras(ras)
    at = tuple(np.round(part.ijk_from_ras(centre)).astype(int)[::-1])
    assert part.array[at] == first.array[10, 15, 20]
    back = view.back(first, part.array)
    assert np.array_equal(back[view.slices], part.array)
    assert np.count_nonzero(back) == np.count_nonzero(part.array)
    assert view.mask(first).array.sum() == part.array.size


def test_without_a_box_everything_is_shown_as_it_is():
    first = a_volume(LPS)
    view = cut_view(ModelInputs("a", first, {"b": first}), None)
    assert view.volumes["a"] is first and view.volumes["b"] is first
    assert view.back(first, first.array) is first.array


def test_a_box_thinner_than_a_voxel_shows_one_and_one_beyond_the_image_is_refused():
    first = a_volume(LPS)
    centre = first.ras_from_ijk((20, 15, 10))
    view = cut_view(ModelInputs("a", first, {}), (*(centre - 0.1), *(centre + 0.1)))
    assert view.volumes["a"].shape == (1, 1, 1)
    with pytest.raises(OutsideImageError, match="box: expected a box that meets the image, R -69.0 to 11.0"):
        cut_view(ModelInputs("a", first, {}), (100, 100, 100, 110, 110, 110))


def test_further_channels_are_cut_wider_and_those_beside_the_box_left_out_or_refused():
    first, fine = a_volume(LPS), a_volume([[-1, 0, 0, 10], [0, -1, 0, 20], [0, 0, 1, -30], [0, 0, 0, 1]], (60, 60, 80))
    centre = first.ras_from_ijk((20, 15, 10))
    view = cut_view(ModelInputs("a", first, {"b": fine}), (*(centre - 6), *(centre + 6)))
    wider = view.volumes["b"]
    for corner in np.ndindex(2, 2, 2):
        assert wider.contains_ras(centre + (np.array(corner) - 0.5) * 13)
    assert wider.array.size < fine.array.size
    far = replace(fine, ijk_to_ras=np.array([[-1, 0, 0, 10], [0, -1, 0, 20], [0, 0, 1, 20], [0, 0, 0, 1]], float))
    inputs = ModelInputs("a", first, {"b": far})
    box = (*(centre - 6), *(centre + 6))
    beside = cut_view(inputs, box)
    assert list(beside.volumes) == ["a"] and beside.notes == ("channel b does not reach the box",)
    with pytest.raises(GeometryMismatchError, match="channel b: expected an image that reaches the box"):
        cut_view(inputs, box, required=["b"])


def test_box_around_points_and_their_check():
    assert box_around([Point("a", (0, 0, 0)), Point("b", (10, -10, 5))], 2) == (-2, -12, -2, 12, 2, 7)
    first = a_volume(LPS)
    with pytest.raises(OutsideImageError, match=r"seed: expected a point within R .* mm, got \(500.0, 0.0, 0.0\)"):
        check_points(first, [Point("a", (500.0, 0.0, 0.0))], "seed")
    with pytest.raises(InputError, match="seed: expected three finite numbers"):
        check_points(first, [Point("a", (float("nan"), 0.0, 0.0))], "seed")
