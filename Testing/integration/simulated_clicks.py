"""A user who clicks on the worst error: the deepest point of the largest error region, as long as there is one.

Of the truth nothing but these points is given on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.segmenters import Stroke
from oncologyai.types import Mask

Correct = Callable[[Mask, Stroke, tuple[Stroke, ...]], Mask]


@dataclass(frozen=True)
class Shown:
    """A result, the click that led to it (None at the start) and its Dice."""

    mask: Mask
    click: Stroke | None
    dice: float


def dice(one: Mask, other: Mask) -> float:
    both = np.count_nonzero(one.array & other.array)
    total = np.count_nonzero(one.array) + np.count_nonzero(other.array)
    return 2.0 * both / total if total else 1.0


def worst_error(mask: Mask, truth: Mask) -> tuple[str, np.ndarray] | None:
    """Give the largest connected error: ``inside`` where it was missed, ``outside`` where it is too much."""
    found: list[tuple[int, str, np.ndarray]] = []
    (box,) = ndimage.find_objects((mask.array | truth.array).astype(np.uint8)) or [None]
    for kind, right, wrong in (("inside", truth, mask), ("outside", mask, truth)):
        if box is None:
            break
        labels, count = ndimage.label(right.array[box] & ~wrong.array[box])
        if count:
            sizes = np.bincount(labels.ravel())[1:]
            error = np.zeros(mask.shape, dtype=bool)
            error[box] = labels == int(sizes.argmax()) + 1
            found.append((int(sizes.max()), kind, error))
    if not found:
        return None
    _, kind, error = max(found, key=lambda region: region[0])
    return kind, error


def next_click(
    mask: Mask, truth: Mask, *, shift: float = 0.0, random: np.random.Generator | None = None
) -> Stroke | None:
    """Give the click; None where mask and truth agree.

    ``shift`` moves it at random by up to that share of the error's depth, within the error: nobody hits the middle.
    """
    worst = worst_error(mask, truth)
    if worst is None:
        return None
    kind, error = worst
    (box,) = ndimage.find_objects(error.astype(np.uint8))
    padded = np.pad(error[box], 1)
    depth = ndimage.distance_transform_edt(padded, sampling=mask.sampling_mm)[1:-1, 1:-1, 1:-1]
    at = np.unravel_index(int(depth.argmax()), depth.shape)
    if shift and random is not None:
        axes = np.ogrid[tuple(slice(n) for n in depth.shape)]
        square = sum(((axis - c) * side) ** 2 for axis, c, side in zip(axes, at, mask.sampling_mm, strict=True))
        near = np.argwhere((square <= (shift * depth.max()) ** 2) & error[box])
        at = tuple(near[random.integers(len(near))])
    k, j, i = (int(n) + side.start for n, side in zip(at, box, strict=True))
    r, a, s = (float(v) for v in mask.ras_from_ijk((i, j, k)))
    return Stroke(kind, ((r, a, s),))  # type: ignore[arg-type]


def clicks_in_a_row(
    start: Mask,
    truth: Mask,
    correct: Correct,
    *,
    count: int,
    said: tuple[Stroke, ...] = (),
    shift: float = 0.0,
    random_seed: int = 0,
) -> Iterator[Shown]:
    """Give the start and the result after each of ``count`` clicks; ``said`` are the seeds of the start itself."""
    random = np.random.default_rng(random_seed)
    mask, strokes = start, said
    yield Shown(mask, None, dice(mask, truth))
    for _ in range(count):
        click = next_click(mask, truth, shift=shift, random=random)
        if click is not None:
            mask = correct(mask, click, strokes)
            strokes = (*strokes, click)
        yield Shown(mask, click, dice(mask, truth))
