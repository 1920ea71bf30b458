"""Axial morphology of whole volumes: every slice at once, by shifts, never slice by slice."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

__all__ = ["bounding_box", "close_discs", "dilate_discs", "erode_discs", "fill_slices", "label_slices", "open_discs"]

_IN_SLICE = np.zeros((3, 3, 3), dtype=bool)
_IN_SLICE[1] = ndimage.generate_binary_structure(2, 1)


def dilate_discs(mask: np.ndarray, radius_mm: float, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Dilate each slice by a disc; what reaches over the border is cut."""
    _, row_mm, column_mm = sampling_mm
    reach = int(radius_mm / row_mm + 1e-6)
    halves = [int(np.sqrt(max(radius_mm**2 - (dy * row_mm) ** 2, 0.0)) / column_mm + 1e-6) for dy in range(reach + 1)]
    out = np.zeros_like(mask)
    run, run_half = mask.copy(), 0
    for dy in range(reach, -1, -1):  # rows far from the centre have the shortest runs
        while run_half < halves[dy]:
            run_half += 1
            run[:, :, run_half:] |= mask[:, :, :-run_half]
            run[:, :, :-run_half] |= mask[:, :, run_half:]
        if dy == 0:
            out |= run
        else:
            out[:, dy:] |= run[:, :-dy]
            out[:, :-dy] |= run[:, dy:]
    return out


def erode_discs(mask: np.ndarray, radius_mm: float, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Erode each slice by a disc; outside the array counts as set."""
    return ~dilate_discs(~mask, radius_mm, sampling_mm)


def open_discs(mask: np.ndarray, radius_mm: float, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Remove what a disc does not fit in."""
    return dilate_discs(erode_discs(mask, radius_mm, sampling_mm), radius_mm, sampling_mm)


def close_discs(mask: np.ndarray, radius_mm: float, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Fill what a disc does not fit in."""
    return erode_discs(dilate_discs(mask, radius_mm, sampling_mm), radius_mm, sampling_mm)


def label_slices(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the connected parts of each slice, through the whole volume in one go."""
    labels, count = ndimage.label(mask, structure=_IN_SLICE)
    return labels, int(count)


def fill_slices(mask: np.ndarray) -> np.ndarray:
    """Fill what is enclosed within a slice."""
    labels, count = label_slices(~mask)
    outside = np.zeros(count + 1, dtype=bool)
    for border in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
        outside[np.unique(border)] = True
    outside[0] = False
    return ~outside[labels]


def bounding_box(mask: np.ndarray, margin: tuple[int, int, int] = (0, 0, 0)) -> tuple[slice, slice, slice]:
    """Give the smallest box around a non-empty mask, widened by ``margin`` within the array."""
    box = []
    for axis, extra in enumerate(margin):
        others = tuple(a for a in range(3) if a != axis)
        hit = np.flatnonzero(mask.any(axis=others))
        box.append(slice(max(int(hit[0]) - extra, 0), min(int(hit[-1]) + 1 + extra, mask.shape[axis])))
    return box[0], box[1], box[2]
