import numpy as np

from oncologyai.metrics import bounding_box


def test_a_box_holds_every_voxel_and_no_empty_border() -> None:
    array = np.zeros((5, 6, 7), dtype=bool)
    array[1, 2, 3], array[3, 4, 3] = True, True
    assert bounding_box(array) == (slice(1, 4), slice(2, 5), slice(3, 4))


def test_a_margin_stops_at_the_array_s_end() -> None:
    array = np.zeros((5, 6, 7), dtype=bool)
    array[0, 2, 6] = True
    assert bounding_box(array, margin=(1, 1, 2)) == (slice(0, 2), slice(1, 4), slice(4, 7))


def test_nothing_has_no_box() -> None:
    assert bounding_box(np.zeros((2, 2, 2), dtype=bool)) is None
