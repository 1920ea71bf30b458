import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncologyai.errors import GeometryMismatchError
from oncologyai.metrics import confusion, dice, dice_2d, dice_by_slice, jaccard, true_positive_slices
from oncologyai.types import Mask


def _mask(array: np.ndarray, spacing: float = 1.0) -> Mask:
    return Mask(np.asarray(array, dtype=bool), np.diag([spacing, 1.0, 1.0, 1.0]))


def _row(text: str) -> Mask:
    return _mask(np.array([[[c == "x" for c in line] for line in text.split("/")]]))


def test_counts_by_hand() -> None:
    reference, predicted = _row("xxxx..../........"), _row("..xxx.../x.......")
    assert confusion(reference, predicted) == (2, 2, 2)
    assert dice(reference, predicted) == pytest.approx(0.5)
    assert jaccard(reference, predicted) == pytest.approx(1 / 3)


def test_two_empty_masks_agree_and_one_empty_does_not() -> None:
    empty, full = _row("..."), _row("xxx")
    assert dice(empty, empty) == jaccard(empty, empty) == 1.0
    assert dice(full, empty) == dice(empty, full) == jaccard(full, empty) == 0.0


def test_slices_are_compared_one_by_one() -> None:
    reference = _mask([[[1, 1, 0, 0]], [[1, 1, 1, 0]], [[0, 0, 0, 0]], [[1, 0, 0, 0]], [[0, 0, 0, 0]]])
    predicted = _mask([[[1, 1, 0, 0]], [[0, 1, 0, 0]], [[0, 1, 0, 0]], [[0, 0, 0, 0]], [[0, 0, 0, 0]]])
    assert dice_by_slice(reference, predicted) == pytest.approx([1.0, 0.5, 0.0, 0.0, np.nan], nan_ok=True)
    assert true_positive_slices(reference, predicted).tolist() == [True, True, False, False, False]
    # slices 0, 1 and 3 hold reference: 1, 0.5, 0; slice 2, marked by the prediction alone, does not count
    assert dice_2d(reference, predicted) == pytest.approx((0.5, 0.25, 0.5, 0.75))


def test_dice_2d_of_an_empty_reference_is_not_a_number() -> None:
    assert np.isnan(dice_2d(_row("..."), _row("x.."))).all()


@pytest.mark.parametrize("measure", [confusion, dice, jaccard, dice_2d, dice_by_slice, true_positive_slices])
def test_refuses_masks_on_two_grids(measure) -> None:
    with pytest.raises(GeometryMismatchError, match="predicted: expected the image's grid"):
        measure(_mask(np.ones((2, 2, 2))), _mask(np.ones((2, 2, 2)), spacing=2.0))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_overlap_is_symmetric_bounded_and_consistent(seed: int, first: float, second: float) -> None:
    generator = np.random.default_rng(seed)
    a, b = (_mask(generator.random((3, 4, 5)) < share) for share in (first, second))
    assert dice(a, b) == dice(b, a)
    assert 0.0 <= jaccard(a, b) <= dice(a, b) <= 1.0
    assert jaccard(a, b) == pytest.approx(dice(a, b) / (2.0 - dice(a, b)))
    assert dice(a, a) == 1.0
