"""Air-filled lungs within the body, left and right apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.anatomy._morphology import bounding_box, close_discs, dilate_discs, fill_slices

__all__ = ["AirFilled", "find_air_filled_lungs", "split_sides"]

_SMALLEST_PART_ML = 1.0
_LARGE_SHARE = 0.05  # a part this large, measured by the largest, is a lung or a lobe
_NEAR_MM = 20.0  # smaller parts belong to a lung that is this close in the slice
_GAS_HU = -950.0  # bowel gas has a quarter of its voxels below this; aerated lung has not
_PARENCHYMA_HU = (-960.0, -600.0)
_SPLIT_HU = (0.0, -550.0, -650.0, -700.0)  # stricter and stricter air, until a thin septum parts the lungs
_SPLIT_EROSIONS = 5
_CORE_SHARE = 0.2  # a core smaller than this share of the lungs says nothing on where they part
_ONE_SIDE = 0.2  # a lung may reach this far over the midline


@dataclass(frozen=True, eq=False)
class AirFilled:
    """Lungs as bool arrays (S, A, R): the air found, and that with vessels, walls and nodules filled in."""

    air: np.ndarray
    left: np.ndarray
    right: np.ndarray

    @property
    def both(self) -> np.ndarray:
        """Left and right together."""
        return self.left | self.right


def find_air_filled_lungs(
    hu: np.ndarray, body: np.ndarray, airways: np.ndarray, sampling_mm: tuple[float, float, float], *, air_hu: float
) -> np.ndarray:
    """Find the air of the lungs: the largest aerated part of the body and the parts that belong to it.

    Parameters
    ----------
    hu : ndarray, shape (S, A, R)
        Hounsfield units along the patient's axes.
    body, airways : ndarray of bool, same shape
        The filled body, and the trachea and bronchi that are not lung.
    sampling_mm : tuple of float
        Voxel edges along (S, A, R).
    air_hu : float
        What is below counts as air.

    Returns
    -------
    ndarray of bool, same shape
        Empty where the body holds no aerated part. Gas in the bowel, in folds and between limbs is left out.
    """
    labels, count = ndimage.label((hu < air_hu) & body & ~airways)
    if count == 0:
        return np.zeros_like(body)
    aerated = (hu > _PARENCHYMA_HU[0]) & (hu < _PARENCHYMA_HU[1])
    weight = np.bincount(labels[aerated], minlength=count + 1)
    weight[0] = 0
    if weight.max() == 0:
        return np.zeros_like(body)
    main = int(weight.argmax())
    size = np.bincount(labels.ravel(), minlength=count + 1)
    voxel_ml = float(np.prod(sampling_mm)) / 1000.0
    boxes = ndimage.find_objects(labels)
    large = _large_parts(hu, labels, boxes, size, main)
    kept = np.zeros(count + 1, dtype=bool)
    kept[large] = True
    lungs = kept[labels]
    levels = np.flatnonzero(lungs.any(axis=(1, 2)))
    near = dilate_discs(lungs, _NEAR_MM, sampling_mm)
    for part in np.unique(labels[near & (labels > 0)]):
        if kept[part] or size[part] * voxel_ml < _SMALLEST_PART_ML:
            continue
        box = boxes[part - 1]
        middle = (box[0].start + box[0].stop) / 2
        kept[part] = levels[0] <= middle <= levels[-1] and not _is_gas(hu[box], labels[box] == part)
    return kept[labels]


def split_sides(
    hu: np.ndarray,
    air: np.ndarray,
    midline: np.ndarray,
    sampling_mm: tuple[float, float, float],
    *,
    closing_mm: float,
) -> tuple[AirFilled, bool]:
    """Part left from right and fill vessels, walls and nodules of each, so that no bridge crosses the mediastinum.

    Parameters
    ----------
    hu : ndarray, shape (S, A, R)
        Hounsfield units along the patient's axes.
    air : ndarray of bool, same shape, not empty
        The lungs' air.
    midline : ndarray, shape (S,)
        Column of the spine in each slice.
    sampling_mm : tuple of float
        Voxel edges along (S, A, R).
    closing_mm : float
        Radius of the disc that closes the gaps that vessels leave.

    Returns
    -------
    AirFilled
        Left and right are disjoint; one is empty where that lung holds no air.
    bool
        Whether the lungs were parted where they touch (True) or cut at the midline (False).
    """
    box = bounding_box(air, _margin(closing_mm, sampling_mm))
    inner = air[box]
    columns = midline[box[0], None, None] - box[2].start
    is_right = np.arange(inner.shape[2])[None, None, :] > columns
    right_side, parted = _right_by_parts(hu[box], inner, is_right)
    halves = []
    for half in (inner & ~right_side, inner & right_side):
        filled = fill_slices(close_discs(half, closing_mm, sampling_mm)) if half.any() else half
        whole = np.zeros_like(air)
        whole[box] = filled
        halves.append(whole)
    left, right = halves
    overlap = left & right
    if overlap.any():
        outer = np.zeros_like(air)
        outer[box] = is_right
        left &= ~(overlap & outer)
        right &= ~left
    return AirFilled(air, left, right), parted


def _large_parts(
    hu: np.ndarray, labels: np.ndarray, boxes: list[tuple[slice, ...]], size: np.ndarray, main: int
) -> list[int]:
    large = [main]
    for part in np.flatnonzero(size >= _LARGE_SHARE * size[main]):
        if part not in (0, main):
            box = boxes[part - 1]
            if not _is_gas(hu[box], labels[box] == part):
                large.append(int(part))
    return large


def _is_gas(hu: np.ndarray, part: np.ndarray) -> bool:
    return bool(np.percentile(hu[part], 25) < _GAS_HU)


def _margin(radius_mm: float, sampling_mm: tuple[float, float, float]) -> tuple[int, int, int]:
    return 0, int(radius_mm / sampling_mm[1]) + 2, int(radius_mm / sampling_mm[2]) + 2


def _right_by_parts(hu: np.ndarray, air: np.ndarray, is_right: np.ndarray) -> tuple[np.ndarray, bool]:
    """Tell for each voxel whether it is nearer to the right lung's core than to the left's."""
    total = np.count_nonzero(air)
    for erosions in range(_SPLIT_EROSIONS):
        for limit in _SPLIT_HU:
            core = air & (hu < limit)
            if erosions:
                core = ndimage.binary_erosion(core, iterations=erosions)
            if np.count_nonzero(core) < _CORE_SHARE * total:
                break
            labels, count = ndimage.label(core)
            size = np.bincount(labels.ravel(), minlength=count + 1)
            size[0] = 0
            share_right = np.bincount(labels[is_right & core], minlength=count + 1) / np.maximum(size, 1)
            side = np.where(share_right > 1.0 - _ONE_SIDE, 2, np.where(share_right < _ONE_SIDE, 1, 0))
            side[0] = 0
            if size[side > 0].sum() > 0.95 * size.sum():
                return _nearest_core(side[labels]), True
    return np.broadcast_to(is_right, air.shape), False


def _nearest_core(marker: np.ndarray) -> np.ndarray:
    """Tell for each voxel whether the nearest marked one is right (2) and not left (1)."""
    has_left, has_right = bool((marker == 1).any()), bool((marker == 2).any())
    if not (has_left and has_right):
        return np.full(marker.shape, has_right)
    nearest = ndimage.distance_transform_edt(marker == 0, return_distances=False, return_indices=True)
    return marker[tuple(nearest)] == 2
