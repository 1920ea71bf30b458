"""The sliding window: a network over a whole image, patch by patch, only where it has to look.

Patches overlap; each voxel's probability is the mean of the patches over it, weighted by a Gaussian about each patch's
centre. Sums are held for the slices in flight only: slices that no later patch reaches are finished at once, so that
a label map never needs a full-size float array for every label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError, OutOfMemoryError
from oncologyai.inference.engines import Predict
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["Plan", "plan_windows", "shrunk", "sliding_labels", "sliding_window"]

_SIGMA_SHARE = 0.125  # of the patch's side, as nnU-Net and MONAI do
_LEAST_WEIGHT = 1e-3  # of the centre's: a voxel that only corners see still gets their mean
_SMALLEST_SIDE = 16

Report = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Where the patches lie.

    Attributes
    ----------
    shape, padded : tuple of int
        Image (k, j, i), and the image filled up to at least a patch.
    patch : tuple of int
        Sides (k, j, i); k is 1 for slice-wise networks.
    starts : tuple of tuple of int
        First voxel of each patch that holds a voxel of the mask, ordered by k.
    flat : bool
        Whether the network takes slices.
    """

    shape: tuple[int, int, int]
    padded: tuple[int, int, int]
    patch: tuple[int, int, int]
    starts: tuple[tuple[int, int, int], ...]
    flat: bool


def shrunk(patch: Sequence[int], shape: Sequence[int], step: int) -> tuple[int, ...]:
    """Shrink a window to an image that is smaller, so that little stands beside it that normalisation would count.

    Parameters
    ----------
    patch, shape : sequence of int
        ([k,] j, i) of the window, (k, j, i) of the image.
    step : int
        Sides become a multiple of it, at least the image's; 0 keeps the window.

    Returns
    -------
    tuple of int
        No side larger than the window's.
    """
    if not step:
        return tuple(patch)
    sizes = list(shape)[-len(patch) :]
    return tuple(min(side, -(-size // step) * step) for side, size in zip(patch, sizes, strict=True))


def plan_windows(
    shape: tuple[int, int, int], patch: tuple[int, ...], *, overlap: float = 0.5, mask: np.ndarray | None = None
) -> Plan:
    """Lay the patches over an image.

    Parameters
    ----------
    shape : tuple of int
        (k, j, i) of the image.
    patch : tuple of int
        ([k,] j, i); two numbers for a slice-wise network.
    overlap : float
        Share of a patch that neighbours have in common, 0 <= overlap < 1.
    mask : ndarray of bool, shape (k, j, i), optional
        Patches without a voxel of it are left out.

    Returns
    -------
    Plan
        Without patches where the mask is empty.

    Raises
    ------
    InputError
        If the patch, the overlap or the mask's shape does not fit.
    """
    check_range(overlap, 0.0, 0.95, "overlap")
    if len(patch) not in (2, 3) or min(patch) < 1:
        raise InputError("patch", expected="2 or 3 sides of at least 1", got=str(patch))
    if mask is not None and mask.shape != shape:
        raise InputError("mask", expected=f"shape {shape}", got=str(mask.shape))
    flat = len(patch) == 2
    sides = (1, patch[0], patch[1]) if flat else (patch[0], patch[1], patch[2])
    padded = (max(shape[0], sides[0]), max(shape[1], sides[1]), max(shape[2], sides[2]))
    corner, far = _box(mask, shape)
    axes = [
        _starts(size, side, overlap, low, high)
        for size, side, low, high in zip(padded, sides, corner, far, strict=True)
    ]
    starts = tuple(
        (k, j, i)
        for k in axes[0]
        for j in axes[1]
        for i in axes[2]
        if mask is None or mask[k : k + sides[0], j : j + sides[1], i : i + sides[2]].any()
    )
    return Plan(shape, padded, sides, starts, flat)


def sliding_window(
    volume: np.ndarray,
    predict: Predict,
    *,
    patch: tuple[int, ...],
    overlap: float = 0.5,
    mask: np.ndarray | None = None,
    batch: int = 1,
    fill: float = 0.0,
    report: Report | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Run a network over an image and give the probabilities of every label.

    Parameters
    ----------
    volume : ndarray, shape (channel, k, j, i)
        Normalised; cast to float32 a patch at a time.
    predict : callable
        (n, channel, [k,] j, i) to probabilities (n, label, [k,] j, i); see ``predict_with``.
    patch : tuple of int
        ([k,] j, i): two numbers for a slice-wise network.
    overlap : float
        Share of a patch that neighbours have in common.
    mask : ndarray of bool, shape (k, j, i), optional
        Where to look: elsewhere every probability is 0.
    batch : int
        Patches at once.
    fill : float
        What stands beyond the image where it is smaller than a patch.
    report : callable, optional
        Told, in a line, when memory did not do and the batch, then the patch, was halved.
    progress : Progress, optional
        Told the share done; asked for cancellation before every batch.

    Returns
    -------
    ndarray, shape (label, k, j, i), float32
        In 0-1. With an empty mask, one label of zeros. The same input gives the same bytes on the CPU.

    Raises
    ------
    InputError
        If an argument does not fit.
    OutOfMemoryError
        If even the smallest patch, alone, does not fit into memory.
    CancelledError
        If the user cancelled.
    """
    out: list[np.ndarray] = []

    def take(first: int, slab: np.ndarray) -> None:
        if not out:
            out.append(np.zeros((slab.shape[0], *volume.shape[1:]), dtype=np.float32))
        out[0][:, first : first + slab.shape[1]] = slab

    _run(volume, predict, take, out.clear, patch, overlap, mask, batch, fill, report, progress)
    return out[0] if out else np.zeros((1, *volume.shape[1:]), dtype=np.float32)


def sliding_labels(
    volume: np.ndarray,
    predict: Predict,
    *,
    patch: tuple[int, ...],
    overlap: float = 0.5,
    mask: np.ndarray | None = None,
    batch: int = 1,
    fill: float = 0.0,
    report: Report | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Run a network and give each voxel its most probable label, without a full-size float array for every label.

    Parameters
    ----------
    volume, predict, patch, overlap, mask, batch, fill, report, progress
        As in ``sliding_window``.

    Returns
    -------
    ndarray, shape (k, j, i), uint8
        The label of the highest probability, the lowest number where several are equal; 0 outside the mask.

    Raises
    ------
    InputError, OutOfMemoryError, CancelledError
        As ``sliding_window``.
    """
    out = np.zeros(volume.shape[1:], dtype=np.uint8)

    def take(first: int, slab: np.ndarray) -> None:
        out[first : first + slab.shape[1]] = slab.argmax(axis=0)

    _run(volume, predict, take, lambda: out.fill(0), patch, overlap, mask, batch, fill, report, progress)
    return out


def _run(  # noqa: PLR0913, PLR0917
    volume: np.ndarray,
    predict: Predict,
    take: Callable[[int, np.ndarray], None],
    restart: Callable[[], None],
    patch: tuple[int, ...],
    overlap: float,
    mask: np.ndarray | None,
    batch: int,
    fill: float,
    report: Report | None,
    progress: Progress | None,
) -> None:
    """Run, and again with a smaller batch or patch while memory does not do."""
    check_range(batch, 1, 4096, "batch")
    tell, watcher = report or (lambda _: None), progress or Silent()
    while True:
        plan = plan_windows(_spatial(volume), patch, overlap=overlap, mask=mask)
        try:
            for first, slab in _slabs(volume, predict, plan, batch, fill, watcher):
                take(first, _inside(slab, first, mask))
            return
        except OutOfMemoryError as error:
            restart()
            if batch > 1:
                tell(f"memory did not do for {batch} patches at once: took {batch // 2} ({error})")
                batch //= 2
                continue
            smaller = _halved(patch)
            if smaller == patch:
                raise
            tell(f"memory did not do for a patch of {patch}: took {smaller} ({error})")
            patch = smaller


def _slabs(
    volume: np.ndarray, predict: Predict, plan: Plan, batch: int, fill: float, watcher: Progress
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield finished slices, (label, k, j, i), with the number of the first, from the first patch to the last."""
    weight = _gaussian(plan.patch)
    sums = weights = None
    base = 0
    for number in range(0, len(plan.starts), batch):
        check_cancelled(watcher)
        watcher.stage("network", number / len(plan.starts))
        group = plan.starts[number : number + batch]
        found = predict(np.stack([_patch(volume, start, plan, fill) for start in group]))
        for start, result in zip(group, found if not plan.flat else found[:, :, None], strict=True):
            if sums is None or weights is None:
                base = start[0]
                sums = np.zeros((result.shape[0], *_flight(plan)), dtype=np.float32)
                weights = np.zeros(_flight(plan), dtype=np.float32)
            done = start[0] - base
            if done:
                yield from _finished(base, sums, weights, min(done, plan.patch[0]), plan)
                _advance(sums, done)
                _advance(weights, done)
                base = start[0]
            window = tuple(slice(s, s + p) for s, p in zip((0, *start[1:]), plan.patch, strict=True))
            sums[(slice(None), *window)] += result * weight
            weights[window] += weight
    if sums is not None and weights is not None:
        yield from _finished(base, sums, weights, plan.patch[0], plan)
    watcher.stage("network", 1.0)


def _finished(
    base: int, sums: np.ndarray, weights: np.ndarray, count: int, plan: Plan
) -> Iterator[tuple[int, np.ndarray]]:
    count = min(count, plan.shape[0] - base)
    if count > 0:
        covered = weights[:count]
        mean = np.divide(sums[:, :count], covered, out=np.zeros_like(sums[:, :count]), where=covered > 0)
        yield base, mean[:, :, : plan.shape[1], : plan.shape[2]]


def _advance(buffer: np.ndarray, by: int) -> None:
    """Move the slices in flight on along k, the third axis from the end."""
    depth = buffer.shape[-3]
    if by < depth:
        buffer[..., : depth - by, :, :] = buffer[..., by:, :, :].copy()
    buffer[..., max(0, depth - by) :, :, :] = 0


def _flight(plan: Plan) -> tuple[int, int, int]:
    return plan.patch[0], plan.padded[1], plan.padded[2]


def _patch(volume: np.ndarray, start: tuple[int, int, int], plan: Plan, fill: float) -> np.ndarray:
    window = tuple(slice(s, s + p) for s, p in zip(start, plan.patch, strict=True))
    part = volume[(slice(None), *window)].astype(np.float32, copy=False)
    short = [side - size for side, size in zip(plan.patch, part.shape[1:], strict=True)]
    if any(short):
        part = np.pad(part, [(0, 0), *((0, gap) for gap in short)], constant_values=fill)
    return part[:, 0] if plan.flat else part


def _inside(slab: np.ndarray, first: int, mask: np.ndarray | None) -> np.ndarray:
    return slab if mask is None else slab * mask[first : first + slab.shape[1]]


def _gaussian(patch: tuple[int, int, int]) -> np.ndarray:
    """Give the patch's weights: 1 at the centre, a Gaussian a side, nowhere under the least."""
    parts = []
    for side in patch:
        place = (np.arange(side) - (side - 1) / 2) / max(side * _SIGMA_SHARE, 1e-6)
        parts.append(np.exp(-0.5 * place**2))
    weight = parts[0][:, None, None] * parts[1][None, :, None] * parts[2][None, None, :]
    return np.maximum(weight, _LEAST_WEIGHT).astype(np.float32)


def _box(mask: np.ndarray | None, shape: tuple[int, int, int]) -> tuple[list[int], list[int]]:
    if mask is None or not mask.any():
        return [0, 0, 0], list(shape)
    spans = [np.flatnonzero(mask.any(axis=others)) for others in ((1, 2), (0, 2), (0, 1))]
    return [int(s[0]) for s in spans], [int(s[-1]) + 1 for s in spans]


def _starts(size: int, side: int, overlap: float, low: int, high: int) -> list[int]:
    """Spread patches evenly over [low, high), within [0, size)."""
    first = min(low, size - side)
    last = max(first, min(high - side, size - side))
    step = max(1, int(side * (1.0 - overlap)))
    count = -(-(last - first) // step) + 1
    return sorted({round(float(v)) for v in np.linspace(first, last, count)})


def _halved(patch: tuple[int, ...]) -> tuple[int, ...]:
    """Halve the longest side, to a multiple of the smallest."""
    longest = max(patch)
    if longest < 2 * _SMALLEST_SIDE:
        return patch
    where = patch.index(longest)
    half = longest // 2 // _SMALLEST_SIDE * _SMALLEST_SIDE
    return (*patch[:where], half, *patch[where + 1 :])


def _spatial(volume: np.ndarray) -> tuple[int, int, int]:
    if volume.ndim != 4 or 0 in volume.shape:
        raise InputError("volume", expected="a non-empty array (channel, k, j, i)", got=f"shape {volume.shape}")
    return volume.shape[1], volume.shape[2], volume.shape[3]
