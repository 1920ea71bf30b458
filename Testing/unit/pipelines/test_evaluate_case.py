"""One result against its reference."""

import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError, UnitsError
from oncologyai.metrics import compare_masks
from oncologyai.pipelines import detect_in_case, evaluate_case
from oncologyai.types import Mask, Volume

AFFINE = np.diag([1.0, 2.0, 3.0, 1.0])  # slices of 3 mm


def boxes(*corners: tuple[int, int, int]) -> Mask:
    """Boxes of 2 x 2 x 4 voxels (k, j, i)."""
    array = np.zeros((10, 12, 20), bool)
    for k, j, i in corners:
        array[k : k + 2, j : j + 2, i : i + 4] = True
    return Mask(array, AFFINE)


def test_holds_the_metrics_and_what_both_measure() -> None:
    reference, result = boxes((1, 1, 1), (7, 7, 7)), boxes((2, 1, 1))
    found = evaluate_case(reference, result)
    expected = compare_masks(reference, result)
    assert {name: found.values[name] for name in expected} == pytest.approx(expected, nan_ok=True)
    assert found.values["volume_ml"] == pytest.approx(32 * 0.006)
    assert found.values["predicted_volume_ml"] == pytest.approx(16 * 0.006)
    assert found.values["recist_mm"] == pytest.approx(5.0, abs=0.5)  # 4 mm by 4 mm, corners cut
    assert (found.values["tumours"], found.values["predicted_tumours"]) == (2, 1)
    assert found.values["slice_thickness_mm"] == 3.0
    assert (found.values["fn_slices"], found.values["fp_slices"], found.values["tp_slices"]) == (3, 1, 1)
    assert found.slice_dices == (0.0, 1.0, 0.0, 0.0)


def test_empty_masks_measure_nothing() -> None:
    found = evaluate_case(boxes(), boxes((1, 1, 1))).values
    assert (found["volume_ml"], found["recist_mm"], found["tumours"], found["dice"]) == (0, 0, 0, 0)
    assert evaluate_case(boxes(), boxes()).values["dice"] == 1 and evaluate_case(boxes(), boxes()).slice_dices == ()


def test_refuses_other_grids_and_tolerances() -> None:
    with pytest.raises(GeometryMismatchError):
        evaluate_case(boxes(), Mask(np.zeros((2, 2, 2), bool), AFFINE))
    with pytest.raises(InputError, match="tolerance_mm: expected a number above 0 mm"):
        evaluate_case(boxes(), boxes(), tolerance_mm=-1.0)


def test_detects_in_the_whole_case() -> None:
    (unit,) = detect_in_case(boxes((1, 1, 1)), boxes((5, 5, 5)))
    assert (unit.unit, unit.positive, unit.found, unit.overlapping, unit.score) == ("case", True, True, False, 1.0)
    (none,) = detect_in_case(boxes(), boxes())
    assert (none.positive, none.found, none.score) == (False, False, 0.0)


def test_detects_by_lung_with_the_largest_probability_of_each() -> None:
    halves = {"left": np.zeros((10, 12, 20), bool), "right": np.zeros((10, 12, 20), bool)}
    halves["left"][:, :6], halves["right"][:, 6:] = True, True
    lungs = {name: Mask(array, AFFINE) for name, array in halves.items()}
    array = np.full((10, 12, 20), 0.1, np.float32)
    array[5, 3, 3], array[5, 9, 9] = 0.9, 0.4
    probability = Volume(array, AFFINE, unit="probability")
    left, right = detect_in_case(boxes((1, 1, 1)), boxes((1, 1, 1)), lungs=lungs, probability=probability)
    assert (left.unit, left.positive, left.found, left.overlapping) == ("left", True, True, True)
    assert (right.positive, right.found) == (False, False)
    assert (left.score, right.score) == pytest.approx((0.9, 0.4))
    with pytest.raises(UnitsError):
        detect_in_case(boxes(), boxes(), probability=Volume(array, AFFINE))
