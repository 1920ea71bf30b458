"""The few voxels around a place, as a region of their own."""

from __future__ import annotations

import numpy as np

from oncologyai.features.compiled import compiled

__all__ = ["fill_neighbourhood", "filled_places", "flat_offsets"]


@compiled
def flat_offsets(shape, angles):  # type: ignore[no-untyped-def]
    """Give the steps through a flat array of shape (k, j, i) that directions (n, 3) mean."""
    found = np.empty(angles.shape[0], dtype=np.int64)
    for a in range(angles.shape[0]):
        found[a] = (angles[a, 0] * shape[1] + angles[a, 1]) * shape[2] + angles[a, 2]
    return found


@compiled
def filled_places(flat):  # type: ignore[no-untyped-def]
    """Give the rows of a flat array that are not 0."""
    number = 0
    for n in range(flat.size):
        if flat[n] != 0:
            number += 1
    found = np.empty(number, dtype=np.int64)
    number = 0
    for n in range(flat.size):
        if flat[n] != 0:
            found[number] = n
            number += 1
    return found


@compiled
def fill_neighbourhood(codes, place, reach, margin, buffer, ranks, local):  # type: ignore[no-untyped-def]
    """Copy the voxels within ``reach`` (3,) of a place into a buffer with a margin, their levels counted anew.

    ``ranks`` (levels + 1,) is all zero before and after; ``local`` gets the level of each new code, from 1. Returns
    how many there are.
    """
    number = _rank(codes, place, reach, ranks, local)
    for k in range(-reach[0], reach[0] + 1):
        for j in range(-reach[1], reach[1] + 1):
            for i in range(-reach[2], reach[2] + 1):
                code = codes[place[0] + k, place[1] + j, place[2] + i]
                rank = ranks[code] if code > 0 else 0
                buffer[margin + reach[0] + k, margin + reach[1] + j, margin + reach[2] + i] = rank
    for n in range(number):
        ranks[local[n]] = 0
    return number


@compiled
def _rank(codes, place, reach, ranks, local):  # type: ignore[no-untyped-def]
    """List the codes around a place in ascending order, and give each its rank there, from 1."""
    number = 0
    for k in range(place[0] - reach[0], place[0] + reach[0] + 1):
        for j in range(place[1] - reach[1], place[1] + reach[1] + 1):
            for i in range(place[2] - reach[2], place[2] + reach[2] + 1):
                code = codes[k, j, i]
                if code == 0 or ranks[code] != 0:
                    continue
                ranks[code] = 1
                free = number
                while free > 0 and local[free - 1] > code:
                    local[free] = local[free - 1]
                    free -= 1
                local[free] = code
                number += 1
    for n in range(number):
        ranks[local[n]] = n + 1
    return number
