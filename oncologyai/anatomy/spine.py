"""The spine's axis on the slices that hold lung."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

__all__ = ["bone_window", "find_spine_axis"]

_BONE_WINDOW_HU = (-500.0, 1300.0)  # WW 1800, WL 400: ch. 6, Image preprocessing
_BONE_HU = (150.0, 200.0)  # less is soft tissue or contrast; more counts no more, or osteophytes pull the peak
_SEARCH_MM = 60.0  # a spine lies this close to the body's middle
_BACK_SHARE = 0.5  # the spine lies in this share of the body, counted from the back
_SPINE_MM = 70  # width of a vertebra with its processes and rib heads
_CENTRINGS = 5
_NEIGHBOURS_MM = 60.0  # about two vertebrae with their discs
_OUTLIER_MM = 15.0  # no spine steps aside by this much from its neighbours


def bone_window(hu: np.ndarray) -> np.ndarray:
    """Clip Hounsfield units to the bone window, WW 1800 and WL 400 (ch. 6, Image preprocessing)."""
    return np.clip(hu, *_BONE_WINDOW_HU)


def find_spine_axis(
    hu: np.ndarray,
    body: np.ndarray,
    sampling_mm: tuple[float, float, float],
    *,
    moving_average: int,
    start_slices: int,
    alpha: float,
) -> np.ndarray:
    """Find the spine's centre in each slice, from the feet upwards.

    The bone-window image of each slice is projected onto the coronal plane, the profile filtered with a moving
    average on a 1 mm grid, and the centre of its highest hill taken as the slice's central point; the first slices'
    mean starts the axis and exponential smoothing carries it on. A point far from the median of its neighbours, as in a
    slice through a disc without bone, does not count; that guard is not published.

    Parameters
    ----------
    hu : ndarray, shape (S, A, R)
        Hounsfield units, not clipped, of the slices that hold lung.
    body : ndarray of bool, same shape
        The body with its cavities filled.
    sampling_mm : tuple of float
        Voxel edges along (S, A, R).
    moving_average : int
        Taps of the moving average, each of 1 mm.
    start_slices : int
        Slices whose central points are averaged to start (eq. 1).
    alpha : float, 0-1
        Weight of the slice at hand (eq. 2).

    Returns
    -------
    ndarray, shape (S, 2), float64
        Row (towards anterior) and column (towards right) of the spine's centre, in voxels of ``hu``; all NaN where
        no slice shows bone.

    References
    ----------
    .. [1] Primakov et al., Nat Commun 13, 3423 (2022): Lung region isolation, eq. 1 and 2.
    """
    column_mm = sampling_mm[2]
    back = _back_part(body)
    bone = np.where(back, np.clip(bone_window(hu), *_BONE_HU) - _BONE_HU[0], 0.0)
    coronal = bone.sum(axis=1)
    points = np.array([_centre_mm(p, b, column_mm, moving_average) for p, b in zip(coronal, body, strict=True)])
    points = _without_outliers(points, sampling_mm[0])
    columns = _smooth(points / column_mm, start_slices, alpha)
    near = np.abs(np.arange(hu.shape[2])[None, :] - columns[:, None]) * column_mm <= _SPINE_MM / 2
    weight = (bone * near[:, None, :]).sum(axis=2)
    rows = weight @ np.arange(hu.shape[1]) / np.maximum(weight.sum(axis=1), 1e-6)
    return np.stack([rows, columns], axis=1)


def _back_part(body: np.ndarray) -> np.ndarray:
    """Keep the back of the body in each slice: the spine and the ribs, not the sternum."""
    rows = np.asarray(body.any(axis=2))
    has = rows.any(axis=1)
    first = np.where(has, rows.argmax(axis=1), 0)
    last = np.where(has, rows.shape[1] - rows[:, ::-1].argmax(axis=1), 0)
    limit = first + _BACK_SHARE * (last - first)
    return body & (np.arange(body.shape[1])[None, :] < limit[:, None])[:, :, None]


def _centre_mm(profile: np.ndarray, body: np.ndarray, column_mm: float, moving_average: int) -> float:
    """Give the centre of the filtered profile's highest hill in mm from column 0; NaN where there is no bone."""
    positions = np.arange(0.0, (len(profile) - 1) * column_mm + 1e-6, 1.0)
    fine = np.interp(positions, np.arange(len(profile)) * column_mm, profile)
    filtered = ndimage.uniform_filter1d(fine, moving_average, mode="constant")
    width = np.flatnonzero(body.any(axis=0))
    if len(width) == 0:
        return np.nan
    near = np.abs(positions - column_mm * (width[0] + width[-1]) / 2) <= _SEARCH_MM
    hill = ndimage.uniform_filter1d(filtered, _SPINE_MM + 1, mode="constant") * near
    if hill.max() <= 0:
        return np.nan
    centre = float(positions[hill.argmax()])
    for _ in range(_CENTRINGS):
        weight = filtered * (np.abs(positions - centre) <= _SPINE_MM / 2)
        if weight.sum() <= 0:
            return centre
        centre = float(positions @ weight / weight.sum())
    return centre


def _without_outliers(points: np.ndarray, slice_mm: float) -> np.ndarray:
    """Blank the points (mm) that lie far from the median of those nearby along the spine."""
    found = np.flatnonzero(np.isfinite(points))
    if len(found) == 0:
        return points
    size = 2 * max(1, round(_NEIGHBOURS_MM / 2 / slice_mm)) + 1
    usual = ndimage.median_filter(points[found], size=size, mode="nearest")
    kept = points.copy()
    kept[found[np.abs(points[found] - usual) > _OUTLIER_MM]] = np.nan
    return kept


def _smooth(points: np.ndarray, start_slices: int, alpha: float) -> np.ndarray:
    """Average the first points (eq. 1), then smooth exponentially (eq. 2); slices without a point keep the last."""
    found = points[np.isfinite(points)]
    if len(found) == 0:
        return points
    level = float(found[:start_slices].mean())
    out = np.empty_like(points)
    for n, point in enumerate(points):
        if np.isfinite(point):
            level = alpha * point + (1.0 - alpha) * level
        out[n] = level
    return out
