"""The lungs united with their mirror image, so that an opaque lung is kept."""

from __future__ import annotations

import numpy as np

from oncologyai.anatomy._morphology import close_discs, fill_slices

__all__ = ["fill_pockets", "unite_with_mirror"]


def unite_with_mirror(lungs: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Mirror each slice about its column of the spine and unite it with itself.

    Parameters
    ----------
    lungs : ndarray of bool, shape (S, A, R)
        Lungs along the patient's axes.
    columns : ndarray, shape (S,)
        Column of the spine in each slice, in voxels, fractional.

    Returns
    -------
    ndarray of bool, shape (S, A, R)
        What the mirror image would have beyond the array is cut.

    References
    ----------
    .. [1] Primakov et al., Nat Commun 13, 3423 (2022): Lung region isolation.
    """
    width = lungs.shape[2]
    twin = np.rint(2.0 * columns[:, None] - np.arange(width)[None, :]).astype(np.intp)
    there = (twin >= 0) & (twin < width)
    mirrored = np.take_along_axis(lungs, np.clip(twin, 0, width - 1)[:, None, :], axis=2)
    return lungs | (mirrored & there[:, None, :])


def fill_pockets(
    region: np.ndarray, columns: np.ndarray, sampling_mm: tuple[float, float, float], *, radius_mm: float
) -> np.ndarray:
    """Close, in each half by itself, the pockets that a disc does not fit in, and fill what is enclosed.

    Between two lungs that differ in shape the united region leaves gaps at the hilum and the heart, where central
    tumours lie. The halves are closed apart, so that the mediastinum is not bridged.

    Parameters
    ----------
    region : ndarray of bool, shape (S, A, R)
        The lungs united with their mirror image.
    columns : ndarray, shape (S,)
        Column of the spine in each slice.
    sampling_mm : tuple of float
        Voxel edges along (S, A, R).
    radius_mm : float
        Radius of the disc.

    Returns
    -------
    ndarray of bool, shape (S, A, R)
        Holds ``region``.
    """
    reach = int(radius_mm / min(sampling_mm[1:])) + 1
    is_right = np.arange(region.shape[2])[None, None, :] > columns[:, None, None]
    filled = region.copy()
    for half in (is_right, ~is_right):
        room = np.pad(region & half, ((0, 0), (reach, reach), (reach, reach)))
        closed = fill_slices(close_discs(room, radius_mm, sampling_mm))
        filled |= closed[:, reach:-reach, reach:-reach] & half
    return filled
