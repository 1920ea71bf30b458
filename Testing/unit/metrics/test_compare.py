import numpy as np
import pytest

from oncologyai import metrics
from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.metrics import METRIC_DEFINITIONS, compare_masks
from oncologyai.types import Mask

_AFFINE = np.diag([0.9, 0.9, 3.0, 1.0])


@pytest.fixture
def a_pair() -> tuple[Mask, Mask]:
    """Two blocks in slices 1 to 4 and 2 to 6, one pixel apart, in a larger image."""
    reference, predicted = np.zeros((9, 30, 30), dtype=bool), np.zeros((9, 30, 30), dtype=bool)
    reference[1:5, 10:20, 10:20], predicted[2:7, 10:20, 11:21] = True, True
    return Mask(reference, _AFFINE), Mask(predicted, _AFFINE)


def test_gives_every_defined_number_in_order(a_pair) -> None:
    assert list(compare_masks(*a_pair)) == list(METRIC_DEFINITIONS)
    assert all(isinstance(value, float) for value in compare_masks(*a_pair).values())


def test_agrees_with_the_single_functions(a_pair) -> None:
    found = compare_masks(*a_pair, tolerance_mm=1.0)
    voxels, surfels = metrics.voxel_surface_distances(*a_pair), metrics.surfel_distances(*a_pair)
    assert (found["tp"], found["fp"], found["fn"]) == (3 * 90, 5 * 100 - 270, 4 * 100 - 270)
    assert found["dice"] == metrics.dice(*a_pair)
    assert found["jaccard"] == metrics.jaccard(*a_pair)
    assert found["hausdorff_mm"] == pytest.approx(np.hypot(6.0, 0.9))
    assert found["hd95_max_mm"] == metrics.hd_max_mm(voxels)
    assert found["hd95_mean_mm"] == metrics.hd_mean_mm(voxels) < found["hd95_max_mm"]
    assert found["msd_mm"] == metrics.mean_surface_distance_mm(voxels)
    assert found["surface_dice"] == metrics.surface_dice(surfels, tolerance_mm=1.0)
    assert found["surface_dice_tolerance_mm"] == 1.0
    assert found["surfel_hd95_max_mm"] == metrics.surfel_hausdorff_mm(surfels)
    assert found["apl_eq7"] == metrics.added_path_length_eq7(*a_pair)
    assert found["apl_contour_mm"] == metrics.added_path_length_contour_mm(*a_pair)
    assert found["dice_2d_mean"] == pytest.approx(3 * 0.9 / 4)


def test_true_positive_slices_are_measured_alone(a_pair) -> None:
    found = compare_masks(*a_pair)
    assert found["tp_slices"] == 3.0
    assert found["tp_slices_dice"] == pytest.approx(0.9)
    assert found["tp_slices_hausdorff_mm"] == pytest.approx(0.9)
    assert found["tp_slices_hd95_max_mm"] == pytest.approx(0.9)
    assert found["tp_slices_surface_dice"] == 1.0
    assert found["tp_slices_fn"] == 30.0


def test_the_default_tolerance_is_that_of_lung_tumours(a_pair) -> None:
    assert compare_masks(*a_pair)["surface_dice_tolerance_mm"] == 1.18


def test_equal_masks_agree_wholly(a_pair) -> None:
    found = compare_masks(a_pair[0], a_pair[0])
    for key in ("dice", "jaccard", "surface_dice", "dice_2d_q1", "tp_slices_dice"):
        assert found[key] == 1.0
    for key in ("hausdorff_mm", "hd95_mean_mm", "msd_mm", "apl_eq7", "surfel_hd95_max_mm", "fp", "fn"):
        assert found[key] == 0.0


def test_one_empty_mask(a_pair) -> None:
    empty = Mask.on(a_pair[0], np.zeros_like(a_pair[0].array))
    found = compare_masks(a_pair[0], empty)
    assert found["dice"] == found["surface_dice"] == found["dice_2d_mean"] == 0.0
    assert found["hausdorff_mm"] == found["hd95_mean_mm"] == found["msd_mm"] == np.inf
    assert found["tp_slices"] == 0.0
    assert np.isnan(found["tp_slices_dice"])
    assert np.isnan(found["tp_slices_hd95_max_mm"])
    assert np.isnan(compare_masks(empty, a_pair[0])["dice_2d_mean"])


def test_two_empty_masks(a_pair) -> None:
    empty = Mask.on(a_pair[0], np.zeros_like(a_pair[0].array))
    found = compare_masks(empty, empty)
    assert found["dice"] == found["jaccard"] == found["surface_dice"] == 1.0
    assert found["hausdorff_mm"] == found["hd95_max_mm"] == found["msd_mm"] == found["apl_eq7"] == 0.0
    assert np.isnan(found["dice_2d_mean"])
    assert np.isnan(found["tp_slices_dice"])


def test_refuses_other_grids_and_wrong_tolerances(a_pair) -> None:
    with pytest.raises(GeometryMismatchError, match="predicted: expected the image's grid"):
        compare_masks(a_pair[0], Mask(a_pair[1].array, np.eye(4)))
    with pytest.raises(InputError, match="tolerance_mm: expected a number from 0"):
        compare_masks(*a_pair, tolerance_mm=-1.0)
