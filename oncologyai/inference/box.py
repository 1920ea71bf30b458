"""The box around a mask, as a mask."""

from __future__ import annotations

import numpy as np

from oncologyai.errors import EmptyMaskError
from oncologyai.types import Mask

__all__ = ["box_around"]


def box_around(mask: Mask, around_mm: float, *, name: str = "mask") -> Mask:
    """Give the box of a mask and what lies within so many mm of it, cut at the grid's end.

    Raises
    ------
    EmptyMaskError
        If the mask is empty; ``name`` is what the message calls it.
    """
    if mask.is_empty:
        raise EmptyMaskError(name, expected="a structure to crop around", got="an empty one")
    places = np.argwhere(mask.array)
    more = np.ceil(around_mm / np.array(mask.sampling_mm)).astype(int)
    low, high = np.maximum(places.min(0) - more, 0), places.max(0) + more + 1
    box = np.zeros(mask.shape, dtype=bool)
    box[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = True
    return Mask.on(mask, box)
