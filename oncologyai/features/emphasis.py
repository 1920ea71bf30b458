"""What run lengths, zone sizes and dependences have in common: counts of (level, size) and how they are spread.

The formulas are those of pyradiomics 3 for GLRLM, GLSZM and GLDM (van Griethuysen et al., Cancer Res
2017;77:e104-e107), after Galloway (Comput Graph Image Process 1975;4:172-179).
"""

from __future__ import annotations

import numpy as np

from oncologyai.features.compiled import compiled

__all__ = ["EMPHASES", "size_statistics"]

_EPSILON = float(np.spacing(1.0))
EMPHASES = (
    "small", "large", "level non-uniformity", "level non-uniformity normalised", "size non-uniformity",
    "size non-uniformity normalised", "percentage", "level variance", "size variance", "entropy", "low", "high",
    "small low", "small high", "large low", "large high",
)  # fmt: skip
"""What ``size_statistics`` gives, in its order."""


@compiled
def size_statistics(table, values, sizes, columns):  # type: ignore[no-untyped-def]
    """Give the 16 statistics of a table of counts.

    Parameters
    ----------
    table : ndarray, shape (levels, sizes), float64
        How often a level comes with a size. Some count must be above 0.
    values : ndarray, shape (levels,), float64
        The levels.
    sizes : ndarray, shape (sizes,), float64
    columns : int
        How many columns of the table are used.
    """
    found = np.zeros(16)
    by_level, by_size = np.zeros(values.size), np.zeros(columns)
    total = 0.0
    for row in range(values.size):
        for column in range(columns):
            by_level[row] += table[row, column]
            by_size[column] += table[row, column]
            total += table[row, column]
    for row in range(values.size):
        level = values[row] * values[row]
        for column in range(columns):
            count = table[row, column]
            if count == 0.0:
                continue
            size = sizes[column] * sizes[column]
            found[9] -= count * np.log2(count / total + _EPSILON)
            found[12] += count / (level * size)
            found[13] += count * level / size
            found[14] += count * size / level
            found[15] += count * size * level
    _of_levels(by_level, values, total, found)
    _of_sizes(by_size, sizes, total, found)
    for n in range(16):
        found[n] /= total
    return found


@compiled
def _of_levels(by_level, values, total, found):  # type: ignore[no-untyped-def]
    mean = 0.0
    for row in range(by_level.size):
        mean += by_level[row] * values[row] / total
    for row in range(by_level.size):
        count, level = by_level[row], values[row] * values[row]
        found[2] += count * count
        found[7] += count * (values[row] - mean) ** 2
        found[10] += count / level
        found[11] += count * level
    found[3] = found[2] / total


@compiled
def _of_sizes(by_size, sizes, total, found):  # type: ignore[no-untyped-def]
    voxels = 0.0
    for column in range(by_size.size):
        voxels += by_size[column] * sizes[column]
    for column in range(by_size.size):
        count, size = by_size[column], sizes[column] * sizes[column]
        found[0] += count / size
        found[1] += count * size
        found[4] += count * count
        found[8] += count * (sizes[column] - voxels / total) ** 2
    found[5] = found[4] / total
    found[6] = total * total / voxels
