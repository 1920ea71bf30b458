"""The currency: geometry is right, and what cannot be is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.types import Line, Mask, Series, Study, Table, Volume

AFFINE = np.array([[-2.0, 0, 0, 10], [0, -3.0, 0, 20], [0, 0, 5.0, -30], [0, 0, 0, 1]])


def a_volume(shape: tuple[int, int, int] = (4, 5, 6)) -> Volume:
    return Volume(np.zeros(shape, np.int16), AFFINE, "CT", "HU")


def test_spacing_is_in_ijk_order_and_sampling_in_array_order() -> None:
    assert a_volume().spacing_mm == (2.0, 3.0, 5.0)
    assert a_volume().sampling_mm == (5.0, 3.0, 2.0)
    assert a_volume().voxel_ml == pytest.approx(0.03)


@given(st.tuples(*[st.floats(-500, 500)] * 3))
def test_ras_and_ijk_are_inverse(point: tuple[float, float, float]) -> None:
    volume = a_volume()
    assert volume.ras_from_ijk(volume.ijk_from_ras(point)) == pytest.approx(point, abs=1e-9)


def test_voxel_centre_of_the_first_voxel_is_the_origin() -> None:
    assert a_volume().ras_from_ijk((0, 0, 0)).tolist() == [10, 20, -30]
    assert a_volume().ras_from_ijk((1, 0, 2)).tolist() == [8, 20, -20]


def test_contains_reaches_half_a_voxel_beyond_the_centres() -> None:
    volume = a_volume()
    inside = volume.ras_from_ijk(np.array([[-0.49, 0, 0], [5.49, 4.49, 3.49], [-0.51, 0, 0], [0, 0, 3.51]]))
    assert volume.contains_ras(inside).tolist() == [True, True, False, False]


def test_rejects_mask_on_another_grid() -> None:
    moved = AFFINE.copy()
    moved[0, 3] += 0.5
    mask = Mask(np.zeros((4, 5, 6), bool), moved, "GTV-1")
    with pytest.raises(GeometryMismatchError, match="GTV-1: expected the image's grid 6x5x4 of 2.000x3.000x5.000 mm"):
        a_volume().require_same_grid(mask, "GTV-1")


def test_same_grid_forgives_a_micrometre() -> None:
    moved = AFFINE.copy()
    moved[0, 3] += 5e-4
    assert a_volume().same_grid(Mask(np.zeros((4, 5, 6), bool), moved))


@pytest.mark.parametrize(
    ("array", "affine", "message"),
    [
        (np.zeros((4, 5)), AFFINE, "axes"),
        (np.zeros((0, 4, 5)), AFFINE, "non-empty"),
        (np.zeros((2, 2, 2)), np.zeros((4, 4)), "invertible"),
        (np.zeros((2, 2, 2)), np.eye(3), "4x4"),
    ],
)
def test_rejects_what_is_no_image(array: np.ndarray, affine: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Volume(array, affine)


def test_rejects_unknown_unit_and_mask_that_is_not_bool() -> None:
    with pytest.raises(InputError, match="unit: expected HU or"):
        Volume(np.zeros((2, 2, 2)), AFFINE, unit="MBq")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="array of bool, got uint8"):
        Mask(np.zeros((2, 2, 2), np.uint8), AFFINE)


def test_mask_volume_and_emptiness() -> None:
    array = np.zeros((4, 5, 6), bool)
    assert Mask.on(a_volume(), array).is_empty
    array[1, 2, 3:5] = True
    assert Mask.on(a_volume(), array).volume_ml == pytest.approx(0.06)
    with pytest.raises(InputError, match="shape"):
        Mask.on(a_volume(), array[1:])


def test_with_array_keeps_grid_and_refuses_another_shape() -> None:
    other = a_volume().with_array(np.ones((4, 5, 6), np.float32), unit="probability")
    assert other.unit == "probability"
    assert other.same_grid(a_volume())
    with pytest.raises(InputError, match="shape"):
        a_volume().with_array(np.ones((1, 5, 6)))


def test_line_length_and_table_rows() -> None:
    assert Line("a", (0, 0, 0), (3, 4, 12)).length_mm == 13
    with pytest.raises(InputError, match="rows of 2 cells, got one of 1"):
        Table("t", ("a", "b"), ((1,),))


def test_series_of_a_modality_come_longest_first() -> None:
    short, long = Series("1", "CT", "", ("a",)), Series("2", "CT", "", ("b", "c"))
    study = Study("p", "u", "", "", (short, Series("3", "MR", "", ()), long))
    assert study.of_modality("CT") == (long, short)
