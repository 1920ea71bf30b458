"""Everything that compares a predicted mask with a reference, in one call."""

from __future__ import annotations

import numpy as np

from oncologyai._checks import check_range
from oncologyai.metrics.crop import bounding_box
from oncologyai.metrics.overlap import Confusion, confusion, dice_2d, true_positive_slices
from oncologyai.metrics.path_length import added_path_length_contour_mm, added_path_length_eq7
from oncologyai.metrics.surface import (
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

__all__ = ["METRIC_DEFINITIONS", "NSCLC_TOLERANCE_MM", "compare_masks"]

NSCLC_TOLERANCE_MM = 1.18  # variability of five experts in lung tumours: ch. 6, results of dataset 8

_BOTH = {
    "dice": "2 TP / (2 TP + FP + FN) of voxels (ch. 6 eq. 3)",
    "jaccard": "TP / (TP + FP + FN) of voxels (ch. 6 eq. 4)",
    "tp": "voxels in both masks",
    "fp": "voxels only in the predicted mask",
    "fn": "voxels only in the reference",
    "hausdorff_mm": "largest distance between voxel surfaces (ch. 6 eq. 5)",
    "hd95_max_mm": "the larger of the two directed 95th percentiles between voxel surfaces",
    "hd95_mean_mm": "the mean of the two directed 95th percentiles (DenseHighRes3DNet eq. 9)",
    "msd_mm": "the mean of the two directed mean distances between voxel surfaces (DenseHighRes3DNet eq. 6-7)",
    "surface_dice": "share of both surfaces, by area, within the tolerance (ch. 6 eq. 6)",
    "surfel_hd95_max_mm": "the larger of the two directed 95th percentiles by area (surface-distance package)",
    "surfel_msd_from_reference_mm": "mean distance by area from the reference (surface-distance package)",
    "surfel_msd_from_predicted_mm": "mean distance by area from the predicted (surface-distance package)",
    "apl_eq7": "10 x pixel spacing x reference voxels outside the predicted mask, as ch. 6 eq. 7 prints it",
    "apl_contour_mm": "reference contour voxels not on the predicted contour, times pixel spacing",
}

METRIC_DEFINITIONS: dict[str, str] = {
    **_BOTH,
    "surface_dice_tolerance_mm": "the tolerance of every surface_dice here",
    "dice_2d_mean": "mean Dice of the slices that the reference marks (DenseHighRes3DNet table 1)",
    "dice_2d_q1": "first quartile of the same",
    "dice_2d_median": "median of the same",
    "dice_2d_q3": "third quartile of the same",
    "tp_slices": "number of slices in which both masks have voxels",
    **{f"tp_slices_{key}": f"over true positive slices alone: {text}" for key, text in _BOTH.items()},
}
"""What each key of ``compare_masks`` means."""


def compare_masks(reference: Mask, predicted: Mask, *, tolerance_mm: float = NSCLC_TOLERANCE_MM) -> dict[str, float]:
    """Compare a predicted mask with a reference.

    Parameters
    ----------
    reference, predicted : Mask
        On one grid, axes taken as orthogonal; slices are those of the k axis.
    tolerance_mm : float, >= 0
        Of the surface Dice.

    Returns
    -------
    dict
        One number for each key of ``METRIC_DEFINITIONS``, in its order. Two empty masks agree: overlaps 1,
        distances 0. One empty mask: overlaps 0, distances infinite. The ``tp_slices_`` values are made from the
        masks with every other slice emptied (the cut ends are surface); NaN where there is no such slice, as
        are the ``dice_2d_`` values where the reference is empty.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    InputError
        If ``tolerance_mm`` is negative or not finite.
    """
    check_range(tolerance_mm, 0.0, float("inf"), "tolerance_mm")
    reference.require_same_grid(predicted, "predicted")
    reference, predicted = _cut(reference, predicted)
    whole = _measure(reference, predicted, tolerance_mm)
    per_slice = dice_2d(reference, predicted)
    shared = true_positive_slices(reference, predicted)
    return {
        **whole,
        "surface_dice_tolerance_mm": float(tolerance_mm),
        **{f"dice_2d_{name}": value for name, value in per_slice._asdict().items()},
        "tp_slices": float(np.count_nonzero(shared)),
        **{f"tp_slices_{key}": value for key, value in _shared(reference, predicted, shared, whole, tolerance_mm)},
    }


def _measure(reference: Mask, predicted: Mask, tolerance_mm: float) -> dict[str, float]:
    counts: Confusion = confusion(reference, predicted)
    voxels = voxel_surface_distances(reference, predicted)
    surfels = surfel_distances(reference, predicted)
    from_reference, from_predicted = surfel_average_distances_mm(surfels)
    return {
        "dice": counts.dice,
        "jaccard": counts.jaccard,
        "tp": float(counts.tp),
        "fp": float(counts.fp),
        "fn": float(counts.fn),
        "hausdorff_mm": hausdorff_mm(voxels),
        "hd95_max_mm": hd_max_mm(voxels),
        "hd95_mean_mm": hd_mean_mm(voxels),
        "msd_mm": mean_surface_distance_mm(voxels),
        "surface_dice": surface_dice(surfels, tolerance_mm=tolerance_mm),
        "surfel_hd95_max_mm": surfel_hausdorff_mm(surfels),
        "surfel_msd_from_reference_mm": from_reference,
        "surfel_msd_from_predicted_mm": from_predicted,
        "apl_eq7": added_path_length_eq7(reference, predicted),
        "apl_contour_mm": added_path_length_contour_mm(reference, predicted),
    }


def _shared(
    reference: Mask, predicted: Mask, shared: np.ndarray, whole: dict[str, float], tolerance_mm: float
) -> list[tuple[str, float]]:
    """Give the values over true positive slices."""
    if not shared.any():
        return [(key, float("nan")) for key in whole]
    used = reference.array.any(axis=(1, 2)) | predicted.array.any(axis=(1, 2))
    if np.array_equal(shared, used):
        return list(whole.items())
    keep = shared[:, None, None]
    values = _measure(
        Mask.on(reference, reference.array & keep), Mask.on(predicted, predicted.array & keep), tolerance_mm
    )
    return list(values.items())


def _cut(reference: Mask, predicted: Mask) -> tuple[Mask, Mask]:
    """Cut both masks to their common box, so that counting costs no more than the lesion."""
    box = bounding_box(reference.array | predicted.array)
    if box is None:
        return reference, predicted
    return Mask(reference.array[box], reference.ijk_to_ras), Mask(predicted.array[box], reference.ijk_to_ras)
