"""How likely each block around a stroke shares the stroke's error.

Voices, each in log odds. The soft distance of the old result: a user points at the middle of an error, so that it
likely is twice as thick as the stroke is deep, and no thicker; and a leak ends at a door. The image: values like those
at the stroke rather than those farther away. The probabilities of the result's maker, where there are any: at the
stroke they were wrong, so that what was as likely may be wrong too, and what was less likely rather not.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai.segmenters.rooms import other_rooms
from oncologyai.segmenters.surroundings import Surroundings

__all__ = ["error_chance"]

_DISTANCE_WEIGHT = 1.5
_DISTANCE_LIMIT = 4.0  # in depths: what is farther is not less likely
_VALUE_WEIGHT = 1.0
_ROOM_WEIGHT = 3.0
_CHANCE_WEIGHT = 1.0
_CHANCE_MOST = 1.0  # more than that above the odds at the stroke says no more
_CHANCE_LIMIT = 0.002  # networks are surer than they are right
_FAR_DEPTHS = 2.0  # from there on values are those of what must stay
_BINS = 32
_BIN_BLUR = 2.0
_FLOOR = 0.2  # of an even histogram: no value is impossible
_AGAINST_SHARE = 0.25  # an earlier stroke of the other kind counts as this share of what must stay


def error_chance(around: Surroundings, marked: np.ndarray, free: np.ndarray, depth_mm: float) -> np.ndarray:
    """Give the chance, 0-1, that a block's label is as wrong as the stroke's; float64, the grid's shape.

    Parameters
    ----------
    around : Surroundings
        The stroke's.
    marked : ndarray of bool
        Blocks taken as wrong for certain.
    free : ndarray of bool
        Blocks that may change.
    depth_mm : float, > 0
        How deep the error is.
    """
    odds = _by_distance(around, depth_mm) + _VALUE_WEIGHT * _by_value(around, marked, free, depth_mm)
    if not around.is_inside:
        odds = odds - _ROOM_WEIGHT * other_rooms(free, around.stroke, around.grid.sampling_mm)
    if around.chance is not None:
        odds = odds + _CHANCE_WEIGHT * _by_chance(around.chance, marked)
    return 1.0 / (1.0 + np.exp(-odds))


def _by_distance(around: Surroundings, depth_mm: float) -> np.ndarray:
    """Compare the depth of each block in the wrong label with twice the depth of the stroke."""
    if around.wrong.all():
        return np.zeros(around.wrong.shape)  # there is no border to measure from
    depth = ndimage.distance_transform_edt(around.wrong, sampling=around.grid.sampling_mm)
    return _DISTANCE_WEIGHT * np.clip(2.0 - depth / depth_mm, -_DISTANCE_LIMIT, _DISTANCE_LIMIT)


def _by_chance(chance: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Compare each block's log odds with those at the stroke, where the result's maker was wrong."""
    clipped = np.clip(chance, _CHANCE_LIMIT, 1.0 - _CHANCE_LIMIT)
    odds = np.log(clipped / (1.0 - clipped))
    return np.asarray(np.minimum(odds - np.median(odds[marked]), _CHANCE_MOST))


def _by_value(around: Surroundings, marked: np.ndarray, free: np.ndarray, depth_mm: float) -> np.ndarray:
    """Give the logarithm of how much likelier each block's value is at the stroke than farther away."""
    low, high = np.percentile(around.image[free], [0.5, 99.5])
    width = max(float(high - low), 1e-6) / _BINS
    bins = np.clip(((around.image - low) / width).astype(np.int64), 0, _BINS - 1)
    there = np.bincount(bins[marked], minlength=_BINS).astype(np.float64)
    far = free & (around.away_mm > _FAR_DEPTHS * depth_mm)
    elsewhere = np.bincount(bins[far], minlength=_BINS).astype(np.float64)
    for blocks in around.against:
        counts = np.bincount(bins[tuple(blocks.T)], minlength=_BINS)
        elsewhere += counts * max(1.0, _AGAINST_SHARE * np.count_nonzero(far) / len(blocks))
    return np.asarray(np.log(_density(there) / _density(elsewhere))[bins])


def _density(counts: np.ndarray) -> np.ndarray:
    """Smooth a histogram; an empty one is even."""
    smooth = ndimage.gaussian_filter1d(counts, _BIN_BLUR, mode="nearest")
    total = float(smooth.sum())
    return (smooth / total if total > 0 else np.full(_BINS, 1.0 / _BINS)) + _FLOOR / _BINS
