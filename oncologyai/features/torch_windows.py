"""Windows around voxels as rows of a table, for torch: all windows of a batch are computed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from oncologyai.progress import Progress, check_cancelled

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Windows", "flat_tensor", "in_batches", "weight_alike", "windows_around"]

_BATCH_BYTES = 512 * 2**20  # of intermediate results; how many windows are computed at once follows
_COPIES = 4  # of the largest intermediate result that are alive at once


@dataclass(frozen=True, eq=False)
class Windows:
    """The surroundings of places in an array of level codes.

    Parameters
    ----------
    codes : Tensor, int64
        The array, flat; 0 where there is nothing.
    first : Tensor, shape (places,)
        Where each place lies in it.
    offsets : Tensor, shape (voxels of a window,)
        Steps from a place to its window's voxels.
    steps : ndarray, shape (voxels of a window, 3)
        The same along (k, j, i).
    """

    codes: Tensor
    first: Tensor
    offsets: Tensor
    steps: np.ndarray

    def read(self, part: slice, values: Tensor) -> Tensor:
        """Give what a flat array holds around some places, shape (places, voxels of a window)."""
        return values[self.first[part, None] + self.offsets]


def windows_around(codes: np.ndarray, places: np.ndarray, reach: np.ndarray, place: str) -> Windows:
    """Make the windows of places (n, 3) in codes (k, j, i) that reach so far (3,), where torch computes."""
    import torch

    steps = np.array(list(product(*(range(-r, r + 1) for r in reach))), dtype=np.int64)
    strides = np.array([codes.shape[1] * codes.shape[2], codes.shape[2], 1], dtype=np.int64)
    flat, first, offsets = (
        torch.from_numpy(np.ascontiguousarray(part)).to(place)
        for part in (codes.reshape(-1).astype(np.int64), places.astype(np.int64) @ strides, steps @ strides)
    )
    return Windows(flat, first, offsets, steps)


def in_batches(number: int, cost: int, features: int, of: Callable[[slice], Tensor], progress: Progress) -> np.ndarray:
    """Compute the features of some windows after those of others, shape (number, features).

    Parameters
    ----------
    number, features : int
    cost : int
        Numbers in the largest intermediate result of one window.
    of : callable
        Gives the features of the windows of a slice.
    progress : Progress
        Asked between batches whether to go on.
    """
    import torch

    found = np.zeros((number, features))
    with torch.inference_mode():
        for part in _batches(number, cost):
            check_cancelled(progress)
            found[part] = of(part).cpu().numpy()
    return found


def _batches(number: int, cost: int) -> Iterator[slice]:
    size = max(1, _BATCH_BYTES // (8 * _COPIES * cost))
    return (slice(start, min(start + size, number)) for start in range(0, number, size))


def flat_tensor(array: np.ndarray, place: str) -> Tensor:
    """Copy an array to where torch computes, flat and float64."""
    import torch

    return torch.from_numpy(np.array(array, dtype=np.float64).reshape(-1)).to(place)


def weight_alike(key: Tensor, weight: Tensor, size: int) -> Tensor:
    """Give for each entry along the last axis the weight of all that have its key, a whole number below ``size``."""
    if size <= key.shape[-1] ** 2:
        return weight.new_zeros((*key.shape[:-1], size)).scatter_add_(-1, key, weight).gather(-1, key)
    same = (key[..., None, :] == key[..., :, None]).to(weight.dtype)  # more keys than there are pairs of entries
    return (same @ weight[..., None])[..., 0]
