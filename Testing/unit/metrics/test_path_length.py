import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError
from oncologyai.metrics import added_path_length_contour_mm, added_path_length_eq7
from oncologyai.types import Mask


def _square(start: int, size: int, spacing=(0.8, 0.8, 3.0)) -> Mask:
    array = np.zeros((3, 12, 12), dtype=bool)
    array[1, 2 : 2 + size, start : start + size] = True
    return Mask(array, np.diag([*spacing, 1.0]))


def test_eq7_counts_every_missing_voxel_ten_times_the_spacing() -> None:
    # a 5x5 square moved by two pixels leaves 2 x 5 voxels of the reference
    assert added_path_length_eq7(_square(2, 5), _square(4, 5)) == pytest.approx(10 * 0.8 * 10)


def test_contour_length_counts_reference_contour_that_must_be_drawn() -> None:
    # the contour of the 5x5 square has 16 pixels; the moved one shares 3 above and 3 below, no side
    assert added_path_length_contour_mm(_square(2, 5), _square(4, 5)) == pytest.approx(0.8 * 10)


def test_contour_follows_the_slice_and_not_the_volume() -> None:
    array = np.zeros((3, 12, 12), dtype=bool)
    array[:, 2:7, 2:7] = True
    solid = Mask(array, np.diag([0.8, 0.8, 3.0, 1.0]))
    assert added_path_length_contour_mm(solid, Mask.on(solid, np.zeros_like(array))) == pytest.approx(3 * 16 * 0.8)


def test_spacing_is_the_mean_of_the_two_in_plane() -> None:
    spacing = (0.5, 1.5, 3.0)
    assert added_path_length_eq7(_square(2, 2, spacing), _square(8, 2, spacing)) == pytest.approx(10 * 1.0 * 4)


def test_the_two_masks_have_different_roles() -> None:
    assert added_path_length_eq7(_square(2, 5), _square(2, 3)) == pytest.approx(10 * 0.8 * 16)
    assert added_path_length_eq7(_square(2, 3), _square(2, 5)) == 0.0


def test_nothing_to_add_is_zero_for_equal_and_for_empty_masks() -> None:
    square = _square(2, 5)
    empty = Mask.on(square, np.zeros_like(square.array))
    for measure in (added_path_length_eq7, added_path_length_contour_mm):
        assert measure(square, square) == measure(empty, square) == measure(empty, empty) == 0.0


@pytest.mark.parametrize("measure", [added_path_length_eq7, added_path_length_contour_mm])
def test_refuses_masks_on_two_grids(measure) -> None:
    with pytest.raises(GeometryMismatchError, match="predicted: expected the image's grid"):
        measure(_square(2, 5), _square(2, 5, spacing=(1.0, 1.0, 1.0)))
