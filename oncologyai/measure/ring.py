"""The tissue around a lesion's edge."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import distance_transform_edt

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.metrics import bounding_box
from oncologyai.types import Mask

__all__ = ["peritumoral_ring"]


def peritumoral_ring(mask: Mask, *, outside_mm: float, inside_mm: float = 0.0, within: Mask | None = None) -> Mask:
    """Give the voxels near a lesion's edge.

    Parameters
    ----------
    mask : Mask
        The lesion; an empty one gives an empty ring.
    outside_mm : float, >= 0
        How far the ring reaches out: voxels outside whose centre lies at most this far from the centre of the
        nearest voxel inside.
    inside_mm : float, >= 0
        How far it reaches into the lesion, likewise; voxels beyond the image's border count as outside.
    within : Mask, optional
        Keep the outer part in this organ, such as the lung.

    Returns
    -------
    Mask
        Named ``<label> ring``.

    Raises
    ------
    InputError
        If both distances are 0, or one is negative or not finite.
    GeometryMismatchError
        If ``within`` is on another grid.
    """
    check_range(outside_mm, 0.0, 1e4, "outside_mm")
    check_range(inside_mm, 0.0, 1e4, "inside_mm")
    if outside_mm == inside_mm == 0.0:
        raise InputError("outside_mm", expected="a ring of some width", got="0 mm out and 0 mm in")
    if within is not None:
        mask.require_same_grid(within, f"mask {within.label}")
    ring = np.zeros_like(mask.array)
    margin = [int(outside_mm / edge) + 1 for edge in mask.sampling_mm]
    box = bounding_box(mask.array, margin=margin)
    if box is not None:
        inside = mask.array[box]
        near = ~inside & (distance_transform_edt(~inside, sampling=mask.sampling_mm) <= outside_mm)
        if within is not None:
            near &= within.array[box]
        if inside_mm > 0.0:
            depth = distance_transform_edt(np.pad(inside, 1), sampling=mask.sampling_mm)[1:-1, 1:-1, 1:-1]
            near |= inside & (depth <= inside_mm)
        ring[box] = near
    return Mask.on(mask, ring, f"{mask.label} ring", kind="region")
