import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.measure import split_lesions
from oncologyai.resources import terminology
from oncologyai.types import Mask


@pytest.fixture
def a_mask_of_three() -> Mask:
    array = np.zeros((8, 12, 12), dtype=bool)
    array[1, 1, 1] = True
    array[3:6, 4:7, 4:7] = True
    array[6, 7, 7] = True  # touches the block at a corner
    array[1:3, 9:11, 9:11] = True
    return Mask(array, np.diag([10.0, 10.0, 10.0, 1.0]), "GTV-1", terminology("tumour"))


def test_components_are_named_by_falling_volume(a_mask_of_three) -> None:
    lesions = split_lesions(a_mask_of_three)
    assert [(m.label, m.volume_ml) for m in lesions] == [
        ("GTV-1", pytest.approx(28.0)),
        ("GTV-2", pytest.approx(8.0)),
        ("GTV-3", pytest.approx(1.0)),
    ]
    assert np.array_equal(sum(m.array.astype(int) for m in lesions), a_mask_of_three.array.astype(int))
    assert all(m.same_grid(a_mask_of_three) and m.code == terminology("tumour") for m in lesions)


def test_small_components_are_left_out(a_mask_of_three) -> None:
    assert [m.label for m in split_lesions(a_mask_of_three, minimum_ml=8.0)] == ["GTV-1", "GTV-2"]
    assert split_lesions(a_mask_of_three, minimum_ml=100.0) == ()


@pytest.mark.parametrize(("label", "first"), [("GTV-7", "GTV-1"), ("tumour", "tumour-1"), ("12", "12-1")])
def test_a_trailing_number_of_the_name_is_replaced(label, first) -> None:
    assert split_lesions(Mask(np.ones((1, 1, 1), dtype=bool), np.eye(4), label))[0].label == first


def test_an_empty_mask_has_no_lesion() -> None:
    assert split_lesions(Mask(np.zeros((2, 2, 2), dtype=bool), np.eye(4))) == ()


def test_refuses_a_negative_volume(a_mask_of_three) -> None:
    with pytest.raises(InputError, match="minimum_ml: expected a number from 0"):
        split_lesions(a_mask_of_three, minimum_ml=-1.0)
