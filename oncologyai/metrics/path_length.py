"""Added path length: how much contour a reader must draw to correct a segmentation.

Two definitions are in use and both are given. Slices are those of the k axis; the pixel spacing is the mean of
the two in-plane spacings. Empty masks are ordinary cases: nothing to add gives 0.
"""

from __future__ import annotations

import numpy as np

from oncologyai.metrics.crop import crop_pair
from oncologyai.types import Mask

__all__ = ["added_path_length_contour_mm", "added_path_length_eq7"]


def added_path_length_eq7(reference: Mask, predicted: Mask) -> float:
    """Give 10 x pixel spacing x number of reference voxels outside the prediction, as ch. 6 eq. 7 prints it.

    The published factor 10 and the counting of all voxels, not only those of contours, are kept as printed, so
    the number has no plain unit; compare it only with numbers made the same way.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    reference.require_same_grid(predicted, "predicted")
    missing = int(np.count_nonzero(reference.array & ~predicted.array))
    return 10.0 * _pixel_mm(reference) * missing  # ch. 6 eq. 7


def added_path_length_contour_mm(reference: Mask, predicted: Mask) -> float:
    """Give the number of reference contour voxels that are not on the predicted contour, times pixel spacing.

    A contour voxel shares an edge, within its slice, with the background (Vaassen et al., Phys Imaging Radiat
    Oncol 2020;13:1-6).

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    reference.require_same_grid(predicted, "predicted")
    wanted, drawn = (_contours(a) for a in crop_pair(reference.array, predicted.array))
    return float(np.count_nonzero(wanted & ~drawn)) * _pixel_mm(reference)


def _contours(padded: np.ndarray) -> np.ndarray:
    inner = padded.copy()
    inner[:, 1:, :] &= padded[:, :-1, :]
    inner[:, :-1, :] &= padded[:, 1:, :]
    inner[:, :, 1:] &= padded[:, :, :-1]
    inner[:, :, :-1] &= padded[:, :, 1:]
    return padded & ~inner


def _pixel_mm(mask: Mask) -> float:
    i, j, _ = mask.spacing_mm
    return (i + j) / 2.0
