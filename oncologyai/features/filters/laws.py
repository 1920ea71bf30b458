"""Laws' kernels, their energy, and both made invariant to turns (IBSI chapter 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.filters.box import Box, flag, grown, whole_number, within
from oncologyai.features.filters.separable import boundary_of, pooled, respond, turned

__all__ = ["LAWS_KERNELS", "laws", "laws_names"]

LAWS_KERNELS: dict[str, np.ndarray] = {
    name: np.array(values) / np.linalg.norm(values)
    for name, values in {
        "L5": (1, 4, 6, 4, 1),
        "E5": (-1, -2, 0, 2, 1),
        "S5": (-1, 0, 2, 0, -1),
        "W5": (-1, 2, 0, -2, 1),
        "R5": (1, -4, 6, -4, 1),
        "L3": (1, 2, 1),
        "E3": (-1, 0, 1),
        "S3": (-1, 2, -1),
    }.items()
}
"""Level, edge, spot, wave and ripple kernels of unit norm (K. I. Laws, 1980; table of the IBSI manual)."""


def laws(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the response, or its energy, under ``ibsi-laws-E5L5S5-max-energy-7``.

    Parameters
    ----------
    options : mapping
        ``kernels`` (L5E5E5: for the axes i, j and k; two kernels filter each plane across k), ``rotation_invariance``
        (false), ``pooling`` of the turned filters (max), ``energy_distance`` (0: no energy; otherwise the mean of the
        absolute response over a cube, or square, that reaches so many voxels), ``boundary`` (mirror).

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    names = _kernels(options)
    mode, reach = boundary_of(options), whole_number(options, "energy_distance", 0, 0, 100)
    of_axes = [LAWS_KERNELS[name] for name in names]
    kernels = (None if len(names) == 2 else of_axes[2], of_axes[1], of_axes[0])
    margin = (0 if len(names) == 2 else reach, reach, reach)
    outer = _seen(box, margin, array.shape, mode)
    if flag(options, "rotation_invariance", False):
        found = pooled((respond(array, outer, turn, mode) for turn in turned(kernels)), _pooling(options))
    else:
        found = respond(array, outer, kernels, mode)
    if reach:
        line = np.full(2 * reach + 1, 1.0 / (2 * reach + 1))
        flat = None if len(names) == 2 else line
        found = respond(np.abs(found), within(box, outer), (flat, line, line), mode)
    yield laws_names(options)[0], found


def laws_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the name of the image that these options lead to."""
    name = "ibsi-laws-" + "".join(_kernels(options))
    if flag(options, "rotation_invariance", False):
        name += f"-{_pooling(options)}"
    reach = whole_number(options, "energy_distance", 0, 0, 100)
    return (name + (f"-energy-{reach}" if reach else ""),)


def _pooling(options: Mapping[str, Any]) -> str:
    return str(options.get("pooling", "max"))


def _kernels(options: Mapping[str, Any]) -> list[str]:
    given = options.get("kernels", "L5E5E5")
    names = re.findall("..", given) if isinstance(given, str) and len(given) % 2 == 0 else []
    if len(names) not in (2, 3) or any(name not in LAWS_KERNELS for name in names):
        raise InputError("kernels", expected=f"two or three of {', '.join(LAWS_KERNELS)}, joined", got=repr(given))
    return names


def _seen(box: Box, margin: tuple[int, int, int], shape: tuple[int, ...], mode: str) -> Box:
    """Give where the response is needed for its energy: the box with a margin; across a periodic border, the axis."""
    outer = grown(box, margin, shape)
    parts = []
    for part, reach, found, size in zip(box, margin, outer, shape, strict=True):
        crosses = part.start - reach < 0 or part.stop + reach > size
        parts.append(slice(0, size) if mode == "wrap" and crosses else found)
    return parts[0], parts[1], parts[2]
