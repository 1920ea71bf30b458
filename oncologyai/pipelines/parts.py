"""Which of the parts that a model found are kept: the one at the seed, or nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.types import Mask, Point

__all__ = ["keep_parts"]

_MOST_PARTS = 255  # what a label map of 8 bit holds; a model that finds more has found noise


def keep_parts(
    parts: Sequence[Mask],
    inside: Sequence[Point],
    outside: Sequence[Point] = (),
    *,
    keep: str = "seed",
    max_distance_mm: float = np.inf,
) -> tuple[tuple[Mask, ...], tuple[str, ...]]:
    """Keep all parts, the largest, or, for each seed, the part that holds it or, where none does, the nearest.

    Parameters
    ----------
    parts : sequence of Mask
        On one grid, the largest first.
    inside, outside : sequence of Point
        Seeds; a part that holds one of ``outside`` is never kept.
    keep : {'seed', 'all', 'largest'}
        Which of those without a seed of ``outside``; of all, at most the 255 largest.
    max_distance_mm : float
        A part farther from the seed than this is not kept for it.

    Returns
    -------
    tuple of (tuple of Mask, tuple of str)
        The kept parts, in their order, named as the first ones were; and notes.

    Raises
    ------
    InputError
        If ``keep`` is another word.
    """
    check_choice(keep, ("seed", "all", "largest"), "keep")
    free = [part for part in parts if not any(_holds(part, point) for point in outside)]
    notes = [] if len(free) == len(parts) else [f"parts left out for a seed outside: {len(parts) - len(free)}"]
    chosen = free[:_MOST_PARTS] if keep == "all" else free[:1]
    if keep == "all" and len(free) > _MOST_PARTS:
        notes.append(f"of {len(free)} parts the {_MOST_PARTS} largest were kept")
    if keep == "seed":
        wanted = {_part_at(free, point, max_distance_mm, notes) for point in inside}
        chosen = [part for n, part in enumerate(free) if n in wanted]
    named = tuple(replace(part, label=parts[n].label) for n, part in enumerate(chosen))
    return named, tuple(notes)


def _part_at(parts: Sequence[Mask], point: Point, max_distance_mm: float, notes: list[str]) -> int:
    """Give the number of the part at a seed, -1 where none is near."""
    for n, part in enumerate(parts):
        if _holds(part, point):
            return n
    distances = [_distance_mm(part, point) for part in parts]
    nearest = int(np.argmin(distances)) if distances else -1
    if nearest < 0 or distances[nearest] > max_distance_mm:
        notes.append(f"nothing was found at the seed {point.name}, nor within {max_distance_mm:g} mm of it")
        return -1
    notes.append(
        f"nothing was found at the seed {point.name}: the nearest part, {distances[nearest]:.0f} mm away, was kept"
    )
    return nearest


def _holds(part: Mask, point: Point) -> bool:
    i, j, k = np.floor(part.ijk_from_ras(point.ras) + 0.5).astype(int)
    inside = all(0 <= n < size for n, size in zip((k, j, i), part.shape, strict=True))
    return inside and bool(part.array[k, j, i])


def _distance_mm(part: Mask, point: Point) -> float:
    ras = part.ras_from_ijk(np.argwhere(part.array)[:, ::-1])
    return float(np.linalg.norm(ras - np.array(point.ras), axis=1).min())
