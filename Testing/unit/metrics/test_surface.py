"""Surfaces against an all-pairs computation and against the surface-distance package."""

import numpy as np
import pytest
import surface_distance
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_erosion
from scipy.spatial.distance import cdist

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.metrics import (
    hausdorff_mm,
    hd_max_mm,
    hd_mean_mm,
    mean_surface_distance_mm,
    surface_dice,
    surfel_average_distances_mm,
    surfel_distances,
    surfel_hausdorff_mm,
    voxel_surface_distances,
)
from oncologyai.types import Mask

# the surface-distance package imports from old places of scipy
pytestmark = pytest.mark.filterwarnings("ignore:Please import:DeprecationWarning")

_SPACINGS = [(1.0, 1.0, 1.0), (0.7, 1.3, 3.0)]  # along i, j, k


def _mask(array: np.ndarray, spacing=(1.0, 1.0, 1.0)) -> Mask:
    return Mask(np.asarray(array, dtype=bool), np.diag([*spacing, 1.0]))


def _pairs() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    generator = np.random.default_rng(7)
    shape = (6, 9, 8)
    k, j, i = np.indices(shape)
    ball = (k - 3) ** 2 + (j - 4) ** 2 + (i - 4) ** 2 <= 8
    voxel, corner = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    voxel[2, 3, 4], corner[5, 8, 7] = True, True
    return {
        "random": (generator.random(shape) < 0.3, generator.random(shape) < 0.5),
        "sparse": (generator.random(shape) < 0.02, generator.random(shape) < 0.02),
        "moved ball": (ball, np.roll(ball, 1, axis=2)),
        "same": (ball, ball),
        "single voxels": (voxel, corner),
        "voxel and ball": (voxel, ball),
        "whole image": (np.ones(shape, dtype=bool), ball),
        "touching the border": (k < 2, i > 5),
    }


_PAIRS = _pairs()


@pytest.fixture(params=[(name, s) for name in _PAIRS for s in _SPACINGS], ids=lambda p: f"{p[0]} {p[1]}")
def a_pair(request) -> tuple[Mask, Mask]:
    name, spacing = request.param
    first, second = _PAIRS[name]
    return _mask(first, spacing), _mask(second, spacing)


def _all_pairs(first: Mask, second: Mask) -> tuple[np.ndarray, np.ndarray]:
    """Directed distances between voxel surfaces, by brute force."""
    points = []
    for mask in (first, second):
        inner = binary_erosion(mask.array, border_value=0)
        points.append(np.argwhere(mask.array & ~inner) * np.array(mask.sampling_mm))
    table = cdist(*points)
    return table.min(axis=1), table.min(axis=0)


def test_voxel_surface_measures_equal_all_pairs(a_pair) -> None:
    there, back = _all_pairs(*a_pair)
    found = voxel_surface_distances(*a_pair)
    assert found.from_reference == pytest.approx(there)
    assert found.from_predicted == pytest.approx(back)
    p_there, p_back = np.percentile(there, 95), np.percentile(back, 95)
    assert hausdorff_mm(found) == pytest.approx(max(there.max(), back.max()))
    assert hd_max_mm(found) == pytest.approx(max(p_there, p_back))
    assert hd_mean_mm(found) == pytest.approx((p_there + p_back) / 2)
    assert mean_surface_distance_mm(found) == pytest.approx((there.mean() + back.mean()) / 2)


def test_surfel_measures_equal_the_surface_distance_package(a_pair) -> None:
    reference, predicted = a_pair
    theirs = surface_distance.compute_surface_distances(reference.array, predicted.array, reference.sampling_mm)
    ours = surfel_distances(reference, predicted)
    for tolerance in (0.0, 0.7, 1.0, 1.18, 3.0):
        expected = surface_distance.compute_surface_dice_at_tolerance(theirs, tolerance)
        assert surface_dice(ours, tolerance_mm=tolerance) == pytest.approx(expected, abs=1e-12)
    for percent in (50.0, 95.0, 100.0):
        expected = surface_distance.compute_robust_hausdorff(theirs, percent)
        assert surfel_hausdorff_mm(ours, percent=percent) == pytest.approx(expected)
    expected = surface_distance.compute_average_surface_distance(theirs)
    assert surfel_average_distances_mm(ours) == pytest.approx(expected)
    assert ours.reference_weights.sum() == pytest.approx(theirs["surfel_areas_gt"].sum())


def test_one_empty_mask_is_infinitely_far_as_in_the_surface_distance_package(monkeypatch) -> None:
    monkeypatch.setattr(np, "Inf", np.inf, raising=False)  # the package needs the name that numpy 2 dropped
    full, empty = _mask(_PAIRS["same"][0]), _mask(np.zeros((6, 9, 8)))
    theirs = surface_distance.compute_surface_distances(full.array, empty.array, (1, 1, 1))
    for reference, predicted in ((full, empty), (empty, full)):
        voxels, surfels = voxel_surface_distances(reference, predicted), surfel_distances(reference, predicted)
        assert surface_dice(surfels, tolerance_mm=1.18) == 0.0
        assert surface_distance.compute_surface_dice_at_tolerance(theirs, 1.18) == 0.0
        assert surfel_hausdorff_mm(surfels) == surface_distance.compute_robust_hausdorff(theirs, 95) == np.inf
        assert hausdorff_mm(voxels) == hd_max_mm(voxels) == hd_mean_mm(voxels) == np.inf
        assert mean_surface_distance_mm(voxels) == np.inf
        assert surfel_average_distances_mm(surfels) == (np.inf, np.inf)


def test_two_empty_masks_are_at_no_distance() -> None:
    empty = _mask(np.zeros((2, 3, 4)))
    voxels, surfels = voxel_surface_distances(empty, empty), surfel_distances(empty, empty)
    assert surface_dice(surfels, tolerance_mm=0.0) == 1.0
    assert hausdorff_mm(voxels) == hd_mean_mm(voxels) == mean_surface_distance_mm(voxels) == 0.0
    assert surfel_hausdorff_mm(surfels) == 0.0
    assert surfel_average_distances_mm(surfels) == (0.0, 0.0)


def test_a_distance_equal_to_the_tolerance_is_within_it() -> None:
    first, second = np.zeros((3, 3, 40), dtype=bool), np.zeros((3, 3, 40), dtype=bool)
    first[:, :, :20], second[:, :, :23] = True, True
    spacing = (0.1, 0.1, 0.1)
    theirs = surface_distance.compute_surface_distances(first, second, spacing)
    for tolerance in (0.1 * 3, 0.3, np.nextafter(0.1 * 3, 0)):
        ours = surface_dice(surfel_distances(_mask(first, spacing), _mask(second, spacing)), tolerance_mm=tolerance)
        assert ours == pytest.approx(surface_distance.compute_surface_dice_at_tolerance(theirs, tolerance), abs=1e-12)


@pytest.mark.parametrize("measure", [voxel_surface_distances, surfel_distances])
def test_refuses_masks_on_two_grids(measure) -> None:
    with pytest.raises(GeometryMismatchError, match="predicted: expected the image's grid"):
        measure(_mask(np.ones((2, 2, 2))), _mask(np.ones((2, 2, 3))))


def test_refuses_a_tolerance_or_percentile_out_of_range() -> None:
    distances = surfel_distances(_mask(np.ones((2, 2, 2))), _mask(np.ones((2, 2, 2))))
    for wrong in (-0.1, np.nan, np.inf):
        with pytest.raises(InputError, match="tolerance_mm: expected a number from 0"):
            surface_dice(distances, tolerance_mm=wrong)
    for measure in (hd_max_mm, hd_mean_mm, surfel_hausdorff_mm):
        with pytest.raises(InputError, match="percent: expected a number from 0 to 100"):
            measure(distances, percent=101.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.tuples(*[st.integers(0, 3)] * 3), st.tuples(*[st.floats(0.3, 4.0)] * 3))
def test_distances_are_symmetric_ordered_and_unmoved_by_translation(seed, shift, spacing) -> None:
    generator = np.random.default_rng(seed)
    first, second = np.zeros((8, 8, 8), dtype=bool), np.zeros((8, 8, 8), dtype=bool)
    first[:5, :5, :5], second[:5, :5, :5] = generator.random((2, 5, 5, 5)) < 0.3
    if not (first.any() and second.any()):
        return
    a, b = _mask(first, spacing), _mask(second, spacing)
    there, back = voxel_surface_distances(a, b), voxel_surface_distances(b, a)
    moved = surfel_distances(*(_mask(np.roll(x, shift, axis=(0, 1, 2)), spacing) for x in (first, second)))

    assert hausdorff_mm(there) == hausdorff_mm(back)
    assert hd_mean_mm(there) == pytest.approx(hd_mean_mm(back))
    assert 0.0 <= hd_mean_mm(there) <= hd_max_mm(there) <= hausdorff_mm(there) + 1e-12
    assert mean_surface_distance_mm(there) <= hausdorff_mm(there) + 1e-12
    shares = [surface_dice(surfel_distances(a, b), tolerance_mm=t) for t in (0.0, 0.5, 2.0, 100.0)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert surface_dice(moved, tolerance_mm=0.5) == pytest.approx(shares[1])
