"""Deriche's recursive Gaussian and its second derivative: filters whose cost does not grow with their width.

Coefficients by R. Deriche (INRIA RR-1893, 1993) as improved by G. Farneback and C.-F. Westin (Improving Deriche-style
recursive Gaussian filters, J Math Imaging Vis 2006;26:293-299), which is what ITK's recursive Gaussian filter uses.
Beyond the ends of a line the end's value is taken to go on for ever.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from oncologyai.features.compiled import compiled

__all__ = ["RecursiveGaussian", "filter_lines", "recursive_gaussian"]

# Each of two damped waves, exp(-l t) (a cos w t + b sin w t), t in standard deviations (Farneback and Westin, 2006).
_FREQUENCY = (0.6681, 2.0787)
_DECAY = (-1.3932, -1.3732)
_GAUSSIAN = ((1.3530, 1.8151), (-0.3531, 0.0902))
_SECOND = ((-1.3563, 5.2318), (0.3446, -2.2355))


@dataclass(frozen=True)
class RecursiveGaussian:
    """A Gaussian and its second derivative along one axis, as one recursion with two numerators.

    Parameters
    ----------
    gaussian, second : ndarray, shape (8,)
        Four coefficients of the run forwards, for the values at 0, 1, 2 and 3 steps back, and four of the run
        backwards, at 1, 2, 3 and 4 steps ahead. The second derivative is per squared unit of sigma's unit, times
        sigma squared.
    feedback : ndarray, shape (4,)
        Coefficients of the results 1 to 4 steps back, the same for all runs.
    """

    gaussian: np.ndarray
    second: np.ndarray
    feedback: np.ndarray


def recursive_gaussian(sigma: float) -> RecursiveGaussian:
    """Give the filters of a standard deviation in voxels.

    Parameters
    ----------
    sigma : float, > 0
        In voxels. The second derivative is normalised: times sigma squared, per squared voxel.
    """
    feedback = _feedback(sigma)
    gaussian, second = _numerator(_GAUSSIAN, sigma), _numerator(_SECOND, sigma)
    sum_g, _, _ = _moments(gaussian, 0)
    sum_d, first_d, second_d = _moments(np.concatenate([[1.0], feedback]), 0)
    sum_s, _, _ = _moments(second, 0)
    flat = -(2 * sum_s - sum_d * second[0]) / (2 * sum_g - sum_d * gaussian[0])
    second = second + flat * gaussian  # so that a constant has no second derivative
    sum_s, first_s, second_s = _moments(second, 0)
    curvature = second_s * sum_d**2 - second_d * sum_s * sum_d - 2 * first_s * first_d * sum_d + 2 * first_d**2 * sum_s
    return RecursiveGaussian(
        _both_ways(gaussian / (2 * sum_g / sum_d - gaussian[0]), feedback),
        _both_ways(second * sigma**2 * sum_d**3 / curvature, feedback),
        feedback,
    )


def _feedback(sigma: float) -> np.ndarray:
    """Expand the product of the two waves' denominators, 1 - 2 e cos(w) z + e**2 z**2."""
    waves = [
        np.array([1.0, -2.0 * math.exp(decay / sigma) * math.cos(w / sigma), math.exp(2.0 * decay / sigma)])
        for w, decay in zip(_FREQUENCY, _DECAY, strict=True)
    ]
    return np.convolve(waves[0], waves[1])[1:]


def _numerator(waves: tuple[tuple[float, float], ...], sigma: float) -> np.ndarray:
    """Bring the sum of the two waves over their common denominator: four coefficients."""
    found = np.zeros(4)
    for own, other in ((0, 1), (1, 0)):
        a, b = waves[own]
        w, e = _FREQUENCY[own] / sigma, math.exp(_DECAY[own] / sigma)
        v, f = _FREQUENCY[other] / sigma, math.exp(_DECAY[other] / sigma)
        top = np.array([a, e * (b * math.sin(w) - a * math.cos(w))])
        found += np.convolve(top, [1.0, -2.0 * f * math.cos(v), f * f])
    return found


def _moments(coefficients: np.ndarray, first: int) -> tuple[float, float, float]:
    """Give the sums of the coefficients times their places' powers 0, 1 and 2."""
    places = np.arange(first, first + len(coefficients))
    return float(coefficients.sum()), float(coefficients @ places), float(coefficients @ places**2)


def _both_ways(forwards: np.ndarray, feedback: np.ndarray) -> np.ndarray:
    backwards = np.append(forwards[1:], 0.0) - feedback * forwards[0]
    return np.concatenate([forwards, backwards])


def filter_lines(
    image: np.ndarray, derived: np.ndarray | None, axis: int, filters: RecursiveGaussian, part: slice
) -> tuple[np.ndarray, np.ndarray]:
    """Run the filters along one axis.

    Parameters
    ----------
    image : ndarray, shape (k, j, i), float64
        Smoothed along earlier axes.
    derived : ndarray of the same shape, or None
        The sum of second derivatives along earlier axes.
    axis : int
        Axis of the lines.
    filters : RecursiveGaussian
        Along this axis.
    part : slice
        The part of each line that is given back.

    Returns
    -------
    tuple of two ndarray
        The image smoothed, and its second derivative plus ``derived`` smoothed.
    """
    shape = tuple(part.stop - part.start if a == axis else size for a, size in enumerate(image.shape))
    smooth, curved = np.empty(shape), np.empty(shape)
    order = (axis, *(a for a in range(3) if a != axis))
    _run(
        image.transpose(order),
        (image if derived is None else derived).transpose(order),
        derived is not None,
        (filters.gaussian, filters.second, filters.feedback),
        part.start,
        smooth.transpose(order),
        curved.transpose(order),
    )
    return smooth, curved


_TILE = 32  # lines that are filtered together: their values lie side by side, so that one instruction does several
_PAD = 4  # the longest reach of the recursion


@compiled
def _run(
    g: np.ndarray,
    d: np.ndarray,
    with_d: bool,
    coefficients: tuple[np.ndarray, np.ndarray, np.ndarray],
    start: int,
    smooth: np.ndarray,
    curved: np.ndarray,
) -> None:
    gaussian, second, feedback = coefficients
    length, planes, width = g.shape
    tile_g = np.zeros((length + 2 * _PAD, _TILE))
    tile_d = np.zeros((length + 2 * _PAD, _TILE))
    one, two = np.zeros((length + 2 * _PAD, _TILE)), np.zeros((length + 2 * _PAD, _TILE))
    for plane in range(planes):
        for left in range(0, width, _TILE):
            lines = min(_TILE, width - left)
            _gather(g, plane, left, lines, tile_g)
            _filter(tile_g, gaussian, tile_g, gaussian, False, feedback, one, two)
            _scatter(one, two, smooth, plane, left, lines, start)
            if with_d:
                _gather(d, plane, left, lines, tile_d)
            _filter(tile_g, second, tile_d, gaussian, with_d, feedback, one, two)
            _scatter(one, two, curved, plane, left, lines, start)


@compiled
def _gather(source: np.ndarray, plane: int, left: int, lines: int, tile: np.ndarray) -> None:
    """Copy some lines into a tile, their end values going on beyond their ends."""
    length = source.shape[0]
    if source.strides[0] < source.strides[2]:
        for line in range(lines):
            for t in range(length):
                tile[t + _PAD, line] = source[t, plane, left + line]
    else:
        for t in range(length):
            for line in range(lines):
                tile[t + _PAD, line] = source[t, plane, left + line]
    for t in range(_PAD):
        tile[t] = tile[_PAD]
        tile[length + _PAD + t] = tile[length + _PAD - 1]


@compiled
def _scatter(
    one: np.ndarray, two: np.ndarray, target: np.ndarray, plane: int, left: int, lines: int, start: int
) -> None:
    """Write the sum of both runs, from a place of the lines on."""
    if target.strides[0] < target.strides[2]:
        for line in range(lines):
            for t in range(target.shape[0]):
                place = t + start + _PAD
                target[t, plane, left + line] = one[place, line] + two[place, line]
    else:
        for t in range(target.shape[0]):
            place = t + start + _PAD
            for line in range(lines):
                target[t, plane, left + line] = one[place, line] + two[place, line]


@compiled
def _filter(
    a: np.ndarray,
    by_a: np.ndarray,
    b: np.ndarray,
    by_b: np.ndarray,
    with_b: bool,
    feedback: np.ndarray,
    forwards: np.ndarray,
    backwards: np.ndarray,
) -> None:
    """Run both ways over a tile; what lies beyond an end has settled on the end's value."""
    settled = 1.0 + feedback.sum()
    size = a.shape[0]
    gain_a, gain_b = by_a[:4].sum() / settled, by_b[:4].sum() / settled
    back_a, back_b = by_a[4:].sum() / settled, by_b[4:].sum() / settled
    for t in range(_PAD):
        for w in range(_TILE):
            forwards[t, w] = gain_a * a[0, w]
            backwards[size - 1 - t, w] = back_a * a[size - 1, w]
            if with_b:
                forwards[t, w] += gain_b * b[0, w]
                backwards[size - 1 - t, w] += back_b * b[size - 1, w]
    f1, f2, f3, f4 = feedback[0], feedback[1], feedback[2], feedback[3]
    for t in range(_PAD, size - _PAD):
        _taps(a, by_a[:4], t, -1, 0, forwards, False)
        if with_b:
            _taps(b, by_b[:4], t, -1, 0, forwards, True)
        for w in range(_TILE):
            forwards[t, w] -= (
                f1 * forwards[t - 1, w] + f2 * forwards[t - 2, w] + f3 * forwards[t - 3, w] + f4 * forwards[t - 4, w]
            )
    for t in range(size - _PAD - 1, _PAD - 1, -1):
        _taps(a, by_a[4:], t, 1, 1, backwards, False)
        if with_b:
            _taps(b, by_b[4:], t, 1, 1, backwards, True)
        for w in range(_TILE):
            backwards[t, w] -= (
                f1 * backwards[t + 1, w]
                + f2 * backwards[t + 2, w]
                + f3 * backwards[t + 3, w]
                + f4 * backwards[t + 4, w]
            )


@compiled
def _taps(tile: np.ndarray, by: np.ndarray, t: int, way: int, first: int, found: np.ndarray, add: bool) -> None:
    """Weigh four rows of a tile, from ``first`` steps away on."""
    b0, b1, b2, b3 = by[0], by[1], by[2], by[3]
    r0, r1, r2, r3 = t + way * first, t + way * (first + 1), t + way * (first + 2), t + way * (first + 3)
    for w in range(_TILE):
        value = b0 * tile[r0, w] + b1 * tile[r1, w] + b2 * tile[r2, w] + b3 * tile[r3, w]
        found[t, w] = found[t, w] + value if add else value
