"""The colours in which a class map is shown over a view."""

from __future__ import annotations

import numpy as np

from oncologyai.errors import InputError

__all__ = ["MAP_COLOURS", "MAP_FLOOR", "map_colours"]

MAP_COLOURS: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.93, 0.55), (1.0, 0.75, 0.25), (0.98, 0.47, 0.12), (0.86, 0.13, 0.10), (0.50, 0.0, 0.12),
)  # fmt: skip
"""From little to much, RGB 0 to 1, evenly spaced; light to dark, so that they are read without colours too."""

MAP_FLOOR = 0.15
"""Less of a map than this is not shown; its largest value is 1."""


def map_colours(values: np.ndarray) -> np.ndarray:
    """Give the colour of a map's values.

    Parameters
    ----------
    values : ndarray, any shape
        0 to 1; what is beyond is taken as the nearest of both.

    Returns
    -------
    ndarray, shape (..., 3), float32
        RGB, 0 to 1.

    Raises
    ------
    InputError
        If a value is not finite.
    """
    if not np.isfinite(values).all():
        raise InputError("values", expected="finite values from 0 to 1", got="some that are not finite")
    places = np.linspace(0.0, 1.0, len(MAP_COLOURS))
    channels = [np.interp(values, places, [colour[c] for colour in MAP_COLOURS]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)
