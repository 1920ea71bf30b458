"""Which slices of an image a network of ordered slices gets, and where what it says of them belongs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError

__all__ = ["draw_slices", "gather_slices", "slice_views"]


def draw_slices(count: int, wanted: int, generator: np.random.Generator) -> np.ndarray:
    """Draw slices at random, in their order (2Be3-Net, section 2).

    Parameters
    ----------
    count, wanted : int, >= 1
        Slices of the image, and those to be drawn.
    generator : Generator

    Returns
    -------
    ndarray of int, shape (wanted,), ascending
        Each at most once; where the image has fewer, each as often as the others, and some once more, drawn at random.
    """
    check_range(count, 1, 1_000_000, "count")
    check_range(wanted, 1, 1_000_000, "wanted")
    whole, rest = divmod(wanted, count)
    more = generator.permutation(count)[:rest]
    return np.sort(np.concatenate([np.repeat(np.arange(count), whole), more]))


def slice_views(count: int, wanted: int) -> tuple[np.ndarray, ...]:
    """Give evenly spread slices: as many views as it takes until each slice stands in one.

    Returns
    -------
    tuple of ndarray of int, shape (wanted,), ascending
        One view where the image has at most so many slices.
    """
    check_range(count, 1, 1_000_000, "count")
    check_range(wanted, 1, 1_000_000, "wanted")
    views = -(-count // wanted)
    places = (np.arange(wanted) + (np.arange(views)[:, None] + 0.5) / views) * count / wanted
    return tuple(np.minimum(row.astype(np.int64), count - 1) for row in places)


def gather_slices(values: Sequence[np.ndarray], views: Sequence[np.ndarray], count: int) -> np.ndarray:
    """Bring values of views back to the image's slices: the mean of those that show it, between two shown ones linear.

    Parameters
    ----------
    values : sequence of ndarray, shape (wanted, j, i)
        Of each view.
    views : sequence of ndarray of int, shape (wanted,)
    count : int
        Slices of the image.

    Returns
    -------
    ndarray, shape (count, j, i), float32

    Raises
    ------
    InputError
        If there are not as many values as views.
    """
    if len(values) != len(views) or not views:
        raise InputError("values", expected=f"{max(len(views), 1)}, one a view", got=str(len(values)))
    total = np.zeros((count, *values[0].shape[1:]))
    shown = np.zeros(count)
    for one, places in zip(values, views, strict=True):
        np.add.at(total, places, one)
        np.add.at(shown, places, 1)
    known = np.flatnonzero(shown)
    means = total[known] / shown[known, None, None]
    at = np.interp(np.arange(count), known, np.arange(len(known)))
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, len(known) - 1)
    share = (at - low)[:, None, None]
    return np.asarray((1 - share) * means[low] + share * means[high], dtype=np.float32)
