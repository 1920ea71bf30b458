"""Features of the neighbourhood of each voxel, family by family, in compiled code.

numba keeps this file's machine code until its own text changes, with all that it calls: after a change of another
family's kernel take the folder ``__pycache__`` away.
"""

from __future__ import annotations

import numpy as np

from oncologyai.features.compiled import compiled
from oncologyai.features.firstorder import firstorder_statistics
from oncologyai.features.glcm import glcm_statistics
from oncologyai.features.gldm import gldm_statistics
from oncologyai.features.glrlm import glrlm_statistics
from oncologyai.features.glszm import glszm_statistics
from oncologyai.features.neighbourhood import fill_neighbourhood
from oncologyai.features.ngtdm import ngtdm_statistics

__all__ = ["firstorder_map", "glcm_map", "gldm_map", "glrlm_map", "glszm_map", "ngtdm_map"]


@compiled
def _room(codes, values, reach, margin):  # type: ignore[no-untyped-def]
    """Give what ``fill_neighbourhood`` works in: a buffer, ranks, local codes and their levels."""
    depth, height, width = 2 * (reach[0] + margin) + 1, 2 * (reach[1] + margin) + 1, 2 * (reach[2] + margin) + 1
    buffer = np.zeros((depth, height, width), dtype=np.int32)
    local = np.zeros(buffer.size, dtype=np.int64)
    return buffer, np.zeros(values.size + 1, dtype=np.int64), local


@compiled
def _local_values(values, local, number):  # type: ignore[no-untyped-def]
    found = np.empty(number)
    for n in range(number):
        found[n] = values[local[n] - 1]
    return found


@compiled
def glcm_map(codes, places, reach, margin, values, highest, angles, weights, symmetrical, with_mcc, found):  # type: ignore[no-untyped-def]
    """Set the co-occurrence features of the voxels around each place (n, 3), shape (n, 24)."""
    buffer, ranks, local = _room(codes, values, reach, margin)
    for n in range(places.shape[0]):
        number = fill_neighbourhood(codes, places[n], reach, margin, buffer, ranks, local)
        around = _local_values(values, local, number)
        row = glcm_statistics(buffer, around, highest, values.size, angles, weights, symmetrical, with_mcc)
        for m in range(row.size):
            found[n, m] = row[m]


@compiled
def glrlm_map(codes, places, reach, margin, values, angles, weights, found):  # type: ignore[no-untyped-def]
    """Set the run-length features of the voxels around each place, shape (n, 16)."""
    buffer, ranks, local = _room(codes, values, reach, margin)
    for n in range(places.shape[0]):
        number = fill_neighbourhood(codes, places[n], reach, margin, buffer, ranks, local)
        row = glrlm_statistics(buffer, _local_values(values, local, number), angles, weights)
        for m in range(row.size):
            found[n, m] = row[m]


@compiled
def glszm_map(codes, places, reach, margin, values, angles, found):  # type: ignore[no-untyped-def]
    """Set the size-zone features of the voxels around each place, shape (n, 16)."""
    buffer, ranks, local = _room(codes, values, reach, margin)
    for n in range(places.shape[0]):
        number = fill_neighbourhood(codes, places[n], reach, margin, buffer, ranks, local)
        row = glszm_statistics(buffer, _local_values(values, local, number), angles)
        for m in range(row.size):
            found[n, m] = row[m]


@compiled
def gldm_map(codes, places, reach, margin, values, angles, tolerance, found):  # type: ignore[no-untyped-def]
    """Set the dependence statistics of the voxels around each place, shape (n, 16)."""
    buffer, ranks, local = _room(codes, values, reach, margin)
    for n in range(places.shape[0]):
        number = fill_neighbourhood(codes, places[n], reach, margin, buffer, ranks, local)
        row = gldm_statistics(buffer, _local_values(values, local, number), angles, tolerance)
        for m in range(row.size):
            found[n, m] = row[m]


@compiled
def ngtdm_map(codes, places, reach, margin, values, angles, found):  # type: ignore[no-untyped-def]
    """Set the tone-difference features of the voxels around each place, shape (n, 5)."""
    buffer, ranks, local = _room(codes, values, reach, margin)
    for n in range(places.shape[0]):
        number = fill_neighbourhood(codes, places[n], reach, margin, buffer, ranks, local)
        row = ngtdm_statistics(buffer, _local_values(values, local, number), angles)
        for m in range(row.size):
            found[n, m] = row[m]


@compiled
def firstorder_map(codes, places, reach, image, shift, voxel_mm3, levels, found):  # type: ignore[no-untyped-def]
    """Set the first-order features of the values around each place, shape (n, 19); ``image`` has the codes' shape."""
    chosen = np.zeros((2 * reach[0] + 1) * (2 * reach[1] + 1) * (2 * reach[2] + 1))
    counts = np.zeros(levels)
    for n in range(places.shape[0]):
        number = _gather(codes, image, places[n], reach, chosen, counts)
        row = firstorder_statistics(chosen[:number], counts, shift, voxel_mm3)
        for m in range(row.size):
            found[n, m] = row[m]


@compiled
def _gather(codes, image, place, reach, chosen, counts):  # type: ignore[no-untyped-def]
    """Collect the values around a place in ascending order, and how many each level has."""
    number = 0
    for level in range(counts.size):
        counts[level] = 0.0
    for k in range(place[0] - reach[0], place[0] + reach[0] + 1):
        for j in range(place[1] - reach[1], place[1] + reach[1] + 1):
            for i in range(place[2] - reach[2], place[2] + reach[2] + 1):
                if codes[k, j, i] == 0:
                    continue
                counts[codes[k, j, i] - 1] += 1.0
                value, free = image[k, j, i], number
                while free > 0 and chosen[free - 1] > value:
                    chosen[free] = chosen[free - 1]
                    free -= 1
                chosen[free] = value
                number += 1
    return number
