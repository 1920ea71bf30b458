"""From one mask of several lesions to one mask a lesion."""

from __future__ import annotations

import re

import numpy as np
from scipy.ndimage import label

from oncologyai._checks import check_range
from oncologyai.measure.outline import crop_to_lesion
from oncologyai.types import Mask

__all__ = ["split_lesions"]


def split_lesions(mask: Mask, *, minimum_ml: float = 0.0) -> tuple[Mask, ...]:
    """Part a mask into its connected components, largest first.

    Voxels joined by face, edge or corner are one lesion. Lesions are named after the mask, a trailing number
    replaced: GTV-1, GTV-2, ... by falling volume, by place in the array where equal.

    Parameters
    ----------
    mask : Mask
        May be empty: no lesion.
    minimum_ml : float, >= 0
        Smaller components are left out.

    Raises
    ------
    InputError
        If ``minimum_ml`` is negative or not finite.
    """
    check_range(minimum_ml, 0.0, float("inf"), "minimum_ml")
    if mask.is_empty:
        return ()
    cut, (k, j, i) = crop_to_lesion(mask)
    labels, _ = label(cut.array, structure=np.ones((3, 3, 3)))
    sizes = np.bincount(labels.ravel())[1:]
    order = [int(n) for n in np.argsort(-sizes, kind="stable") if sizes[n] * mask.voxel_ml >= minimum_ml]
    stem = re.sub(r"[-_ ]?\d+$", "", mask.label) or mask.label
    depth, height, width = cut.shape
    lesions = []
    for rank, number in enumerate(order, start=1):
        array = np.zeros_like(mask.array)
        array[k : k + depth, j : j + height, i : i + width] = labels == number + 1
        lesions.append(Mask.on(mask, array, f"{stem}-{rank}", code=mask.code, kind=mask.kind))
    return tuple(lesions)
