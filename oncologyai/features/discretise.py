"""Grey levels: the values of a region in bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.compiled import compiled
from oncologyai.features.settings import FeatureSettings

__all__ = ["Levels", "bin_edges", "discretise"]

_MOST_BINS = 1_000_000


@dataclass(frozen=True, eq=False)
class Levels:
    """A region's grey levels.

    Parameters
    ----------
    codes : ndarray, shape (k, j, i), int32, C order
        0 outside the mask, else 1 + the row of the voxel's level in ``values``. The outermost ``margin`` layers are 0.
    values : ndarray, shape (n,), float64
        The levels that occur, counted from 1 at the least value's bin, ascending.
    counts : ndarray, shape (n,), int64
        Voxels of each level.
    highest : int
        The highest level, pyradiomics' Ng.
    sampling_mm : tuple of float
        Voxel edges along (k, j, i).
    margin : int
    """

    codes: np.ndarray
    values: np.ndarray
    counts: np.ndarray
    highest: int
    sampling_mm: tuple[float, float, float]
    margin: int


def discretise(
    inside: np.ndarray, values: np.ndarray, sampling_mm: tuple[float, float, float], settings: FeatureSettings
) -> Levels:
    """Put the values inside a mask into bins.

    Parameters
    ----------
    inside : ndarray, shape (k, j, i), bool
        The mask, cut to its box.
    values : ndarray, shape (n,), finite
        The image inside it, in array order.
    sampling_mm : tuple of float
    settings : FeatureSettings
        ``bin_count`` or else ``bin_width``; the largest of ``distances`` is the margin.

    Raises
    ------
    InputError
        If there would be more than a million bins.
    """
    edges = bin_edges(values, settings)
    numbers = _numbers(values, edges)
    counts = np.bincount(numbers, minlength=len(edges))
    present = np.flatnonzero(counts)
    rank = np.zeros(len(counts), dtype=np.int32)
    rank[present] = np.arange(1, len(present) + 1)
    margin = max(settings.distances)
    codes = np.zeros(tuple(size + 2 * margin for size in inside.shape), dtype=np.int32)
    codes[tuple(slice(margin, margin + size) for size in inside.shape)][inside] = rank[numbers]
    return Levels(codes, present.astype(np.float64), counts[present], int(present[-1]), sampling_mm, margin)


def bin_edges(values: np.ndarray, settings: FeatureSettings) -> np.ndarray:
    """Give the lower edges of the bins and the upper edge of the last, ascending, shape (bins + 1,).

    With a width, edges are multiples of it, and bins are half-open; the last bin reaches beyond the greatest value.
    With a count, the bins share the range from the least to the greatest value, which lies in the last. Single
    precision stays so, since the edges decide to which side a value that lies on one falls.
    """
    values = values if values.dtype == np.float32 else values.astype(np.float64, copy=False)
    if settings.bin_count is not None:
        edges = np.histogram_bin_edges(values, bins=settings.bin_count)
        edges[-1] += 1
        return np.asarray(edges)
    low, high = values.min(), values.max()
    width = settings.bin_width
    if (float(high) - float(low)) / width > _MOST_BINS:
        raise InputError(
            "bin_width", expected=f"a width that gives at most {_MOST_BINS} bins",
            got=f"{width:g} for values from {low:g} to {high:g}", remedy="choose a larger bin_width, or a bin_count",
        )  # fmt: skip
    return np.arange(low - (low % width), high + 2 * width, width)


def _numbers(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Give the bin of each value, from 1, as ``numpy.digitize`` does but for equal bins, without a search."""
    step = float(edges[-2] - edges[0]) / (len(edges) - 2) if len(edges) > 2 else 1.0
    return np.asarray(_equal_bins(values, edges, 1.0 / step))


@compiled
def _equal_bins(values, edges, scale):  # type: ignore[no-untyped-def]
    found = np.empty(values.size, dtype=np.int64)
    low, last = float(edges[0]), edges.size - 2
    for n in range(values.size):
        guess = min(max(int((float(values[n]) - low) * scale), 0), last)
        while guess > 0 and values[n] < edges[guess]:
            guess -= 1
        while guess < last and values[n] >= edges[guess + 1]:
            guess += 1
        found[n] = guess + 1
    return found
