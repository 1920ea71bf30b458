"""Places of a view where uptake stands out from what lies around them."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai.scintigraphy.uptake import Uptake

__all__ = ["hot_spots"]

_EDGE = 0.4  # of the way from the surroundings to the hottest place: what is above belongs to the spot
_RING_MM = (20.0, 40.0)
_RING_PERCENT = 75.0  # of the uptake around: about that of the bone that a spot lies in, where that goes on
_NEAR_MM = 8.0  # two coarse pixels
_LEAST_BODY = 0.4  # of the body's median: fainter spots are noise at its border


def hot_spots(uptake: Uptake, *, least_ratio: float = 1.25) -> list[np.ndarray]:
    """Find spots: each is a maximum of uptake from which every way to a hotter place dips by ``least_ratio``.

    This is the prominence of mountains: a long even bone is one spot at most, at its hottest place, however long.

    Parameters
    ----------
    uptake : Uptake
    least_ratio : float, above 1

    Returns
    -------
    list of ndarray of bool, shape (j, i)
        What each covers on the view's grid: the part around it above 0.4 of the way from the upper quartile 20 to 40 mm
        away to its own uptake, no further than 40 mm; of spots wider than 40 mm that is too little. Spots do not
        overlap: the hotter one comes first and keeps its pixels.
    """
    from skimage.morphology import reconstruction

    coarse = uptake.coarse()
    height = float(np.log(least_ratio))
    base = reconstruction(coarse - height, coarse, method="dilation")
    labels, count = ndimage.label(coarse - base > 0.999 * height)
    taken = np.zeros(uptake.smooth.shape, dtype=bool)
    scale = np.array(uptake.smooth.shape) / np.array(coarse.shape)
    middles = ndimage.maximum_position(coarse, labels, np.arange(1, count + 1)) if count else []
    found = []
    for middle in sorted(middles, key=lambda place: -float(coarse[tuple(place)])):
        place = np.minimum(((np.array(middle) + 0.5) * scale).astype(int), np.array(uptake.smooth.shape) - 1)
        box, spot = _spot(uptake, (int(place[0]), int(place[1])))
        spot &= ~taken[box]
        if spot.any():
            taken[box] |= spot
            whole = np.zeros_like(taken)
            whole[box] = spot
            found.append(whole)
    return found


def _spot(uptake: Uptake, place: tuple[int, int]) -> tuple[tuple[slice, slice], np.ndarray]:
    """Give what belongs to the spot about a place (j, i), and where that is in the view."""
    box, away = uptake.around(*place, _RING_MM[1])
    smooth, inside = uptake.smooth[box], uptake.body[box] & (away <= _RING_MM[1])
    near = away <= _NEAR_MM
    hottest = float(smooth[near].max())
    ring = inside & (away >= _RING_MM[0])
    around = float(np.percentile(smooth[ring], _RING_PERCENT)) if ring.any() else 0.0
    if hottest < max(_LEAST_BODY * uptake.median, around) or not uptake.body[place]:
        return box, np.zeros(smooth.shape, dtype=bool)
    above = (smooth >= around + _EDGE * (hottest - around)) & inside
    labels, _ = ndimage.label(above)
    own = np.unique(labels[near & above])
    found: np.ndarray = np.isin(labels, own[own > 0])
    return box, found
