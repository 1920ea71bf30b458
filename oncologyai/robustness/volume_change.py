"""A mask grown or shrunk by a share of its volume, evenly all around."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.ndimage import distance_transform_edt

from oncologyai._checks import check_range
from oncologyai.errors import EmptyMaskError
from oncologyai.metrics import bounding_box
from oncologyai.types import Mask

__all__ = ["change_volume"]


def change_volume(mask: Mask, share: float, generator: np.random.Generator) -> Mask:
    """Grow a mask by ``share`` of its voxels, or shrink it where the share is negative.

    Voxels are taken in the order of their distance in mm from the border; among those equally far, chance decides.
    At least one voxel stays, and what would lie outside the image is not there.

    Parameters
    ----------
    mask : Mask
    share : float
        From -0.9 to 3.

    Raises
    ------
    InputError
        If the share is out of its range.
    EmptyMaskError
        If the mask has no voxel.
    """
    check_range(share, -0.9, 3.0, "share")
    count = int(np.count_nonzero(mask.array))
    if not count:
        raise EmptyMaskError(f"mask {mask.label}", expected="at least one voxel", got="none")
    wanted = max(1, round(count * (1 + share)))
    whole = np.zeros_like(mask.array)
    margin = 2
    while True:
        box = bounding_box(mask.array, margin=(margin, margin, margin))
        if box is None:
            return mask
        inside = mask.array[box]
        height = _height(inside, mask.sampling_mm).ravel()
        order = np.lexsort((generator.random(height.size), -np.round(height, 6)))[: min(wanted, height.size)]
        # beyond the box there may be voxels nearer than the last one taken
        if -height[order[-1]] <= margin * min(mask.sampling_mm) or inside.shape == mask.shape:
            break
        margin *= 2
    changed = np.zeros(height.size, dtype=bool)
    changed[order] = True
    whole[box] = changed.reshape(inside.shape)
    return replace(mask, array=whole)


def _height(inside: np.ndarray, sampling_mm: tuple[float, float, float]) -> np.ndarray:
    """Give each voxel's distance in mm from the nearest one on the other side, negative outside."""
    depth = distance_transform_edt(np.pad(inside, 1), sampling=sampling_mm)[1:-1, 1:-1, 1:-1]
    if inside.all():
        return np.asarray(depth)
    return np.where(inside, depth, -distance_transform_edt(~inside, sampling=sampling_mm))
