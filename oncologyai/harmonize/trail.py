"""The recorded geometric way there, and the way back for masks and probabilities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from scipy import sparse

from oncologyai.errors import InputError
from oncologyai.types import Mask, Volume

__all__ = ["GeometricRecord", "Placed", "Sampled", "Trail", "Turned"]


class GeometricRecord(Protocol):
    """One geometric step that was taken, with arrays of axes (k, j, i)."""

    def forward(self, array: np.ndarray, fill: float) -> np.ndarray:
        """Take the step; new voxels get ``fill``."""

    def back(self, array: np.ndarray) -> np.ndarray:
        """Take float32 values in 0-1 back; voxels that were cut away get 0."""

    def grid(self, ijk_to_ras: np.ndarray) -> np.ndarray:
        """Give the matrix of the grid after the step from that before it."""


@dataclass(frozen=True)
class Turned:
    """Axes permuted (``order[n]`` is the input axis of axis n) and then reversed where ``flips`` says so."""

    order: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    shape: tuple[int, int, int]

    def forward(self, array: np.ndarray, fill: float) -> np.ndarray:
        """Turn; nothing is new, so ``fill`` is not used."""
        return np.ascontiguousarray(array.transpose(self.order)[self._reversal()])

    def back(self, array: np.ndarray) -> np.ndarray:
        """Turn back."""
        inverse = tuple(int(n) for n in np.argsort(np.array(self.order)))
        return np.ascontiguousarray(array[self._reversal()].transpose(inverse))

    def grid(self, ijk_to_ras: np.ndarray) -> np.ndarray:
        """Give the turned grid's matrix."""
        turn = np.zeros((4, 4))
        turn[3, 3] = 1.0
        for axis, (source, flip) in enumerate(zip(self.order, self.flips, strict=True)):
            turn[2 - source, 2 - axis] = -1.0 if flip else 1.0
            turn[2 - source, 3] = self.shape[source] - 1 if flip else 0.0
        return ijk_to_ras @ turn

    def _reversal(self) -> tuple[slice, slice, slice]:
        a, b, c = (slice(None, None, -1) if flip else slice(None) for flip in self.flips)
        return a, b, c


@dataclass(frozen=True, eq=False)
class Sampled:
    """Nearest-neighbour resampling in the slice: output row r shows input row ``rows[r]``; columns alike.

    The way back puts each output value at the very voxel that it was taken from; input voxels shown several times
    get the mean, input voxels never shown are interpolated linearly between the nearest shown ones
    (docs/adr/0003-way-back.md).
    """

    rows: np.ndarray
    columns: np.ndarray
    shape: tuple[int, int, int]
    step: tuple[float, float]
    offset: tuple[float, float]

    def forward(self, array: np.ndarray, fill: float) -> np.ndarray:
        """Sample; nothing is new, so ``fill`` is not used."""
        return np.take(np.take(array, self.rows, axis=1), self.columns, axis=2)

    def back(self, array: np.ndarray) -> np.ndarray:
        """Restore by averaging what was shown several times and interpolating what was not shown."""
        by_row = _return_weights(self.rows, self.step[0], self.offset[0], self.shape[1])
        by_column = _return_weights(self.columns, self.step[1], self.offset[1], self.shape[2]).T.tocsc()
        out = np.zeros(self.shape, dtype=np.float32)
        for k in np.flatnonzero(array.any(axis=(1, 2))):
            out[k] = (by_row @ array[k]) @ by_column
        return out

    def grid(self, ijk_to_ras: np.ndarray) -> np.ndarray:
        """Give the resampled grid's matrix."""
        scale = np.diag([self.step[1], self.step[0], 1.0, 1.0])
        scale[0, 3], scale[1, 3] = self.offset[1], self.offset[0]
        return ijk_to_ras @ scale


@dataclass(frozen=True)
class Placed:
    """Cropping and padding in the slice: input voxel (j, i) becomes (j + offset[0], i + offset[1])."""

    offset: tuple[int, int]
    shape: tuple[int, int, int]
    size: tuple[int, int]

    def forward(self, array: np.ndarray, fill: float) -> np.ndarray:
        """Crop, and pad with ``fill``."""
        out = np.full((array.shape[0], *self.size), fill, dtype=array.dtype)
        inner, outer = self._windows()
        out[inner] = array[outer]
        return out

    def back(self, array: np.ndarray) -> np.ndarray:
        """Undo the padding; what was cropped away is 0."""
        out = np.zeros(self.shape, dtype=array.dtype)
        inner, outer = self._windows()
        out[outer] = array[inner]
        return out

    def grid(self, ijk_to_ras: np.ndarray) -> np.ndarray:
        """Give the placed grid's matrix."""
        shift = np.eye(4)
        shift[:2, 3] = -self.offset[1], -self.offset[0]
        return ijk_to_ras @ shift

    def _windows(self) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        inner, outer = [slice(None)], [slice(None)]
        for offset, before, after in zip(self.offset, self.shape[1:], self.size, strict=True):
            start, stop = max(0, offset), min(after, before + offset)
            inner.append(slice(start, stop))
            outer.append(slice(start - offset, stop - offset))
        return tuple(inner), tuple(outer)


@dataclass(frozen=True, eq=False)
class Trail:
    """Where an image came from and each geometric step taken since.

    Parameters
    ----------
    source_shape, source_ijk_to_ras : tuple of int, ndarray
        The input's grid.
    shape, ijk_to_ras : tuple of int, ndarray
        The grid at the end of the trail.
    records : tuple of GeometricRecord
        The steps, in the order taken.
    """

    source_shape: tuple[int, int, int]
    source_ijk_to_ras: np.ndarray
    shape: tuple[int, int, int]
    ijk_to_ras: np.ndarray
    records: tuple[GeometricRecord, ...] = ()

    @classmethod
    def start(cls, volume: Volume) -> Trail:
        """Begin at a volume, with no step taken."""
        return cls(volume.shape, volume.ijk_to_ras, volume.shape, volume.ijk_to_ras)

    def then(self, record: GeometricRecord, shape: tuple[int, int, int]) -> Trail:
        """Give the trail with one more step, which leads to arrays of ``shape``."""
        return replace(self, shape=shape, ijk_to_ras=record.grid(self.ijk_to_ras), records=(*self.records, record))

    def carry(self, volume: Volume, *, fill: float) -> Volume:
        """Take another image of the source's grid to the end of the trail.

        Parameters
        ----------
        volume : Volume
            On the source's grid.
        fill : float
            Value of voxels outside it.

        Returns
        -------
        Volume
            On the trail's final grid, of the same type.

        Raises
        ------
        GeometryMismatchError
            If ``volume`` is not on the source's grid.
        """
        Mask(np.zeros(self.source_shape, dtype=bool), self.source_ijk_to_ras).require_same_grid(volume, "volume")
        array = volume.array
        for record in self.records:
            array = record.forward(array, fill)
        return replace(volume, array=array, ijk_to_ras=self.ijk_to_ras, dicom=None if self.records else volume.dicom)

    def restore_mask(self, mask: Mask) -> Mask:
        """Bring a mask back to the input's grid.

        Parameters
        ----------
        mask : Mask
            On the trail's final grid.

        Returns
        -------
        Mask
            On the source's grid, with the same label and code: voxels that at least half of the restored mask covers.
            An empty mask stays empty; what was cropped away is not in it.

        Raises
        ------
        GeometryMismatchError
            If ``mask`` is not on the trail's final grid.
        """
        self._require_end(mask, "mask")
        restored = self._back(mask.array.astype(np.float32)) >= 0.5
        return replace(mask, array=restored, ijk_to_ras=self.source_ijk_to_ras)

    def restore_probability(self, volume: Volume) -> Volume:
        """Bring probabilities back to the input's grid.

        Parameters
        ----------
        volume : Volume
            Values in 0-1 on the trail's final grid.

        Returns
        -------
        Volume
            float32 on the source's grid, in 0-1; 0 where the image had been cropped away.

        Raises
        ------
        GeometryMismatchError
            If ``volume`` is not on the trail's final grid.
        InputError
            If a value is not within 0-1.
        """
        self._require_end(volume, "volume")
        low, high = float(volume.array.min()), float(volume.array.max())
        if not (low >= 0.0 and high <= 1.0):
            raise InputError("volume", expected="probabilities within 0-1", got=f"{low:g} to {high:g}")
        array = np.clip(self._back(volume.array.astype(np.float32)), 0.0, 1.0)
        return replace(volume, array=array, ijk_to_ras=self.source_ijk_to_ras, unit="probability")

    def _require_end(self, image: Mask | Volume, argument: str) -> None:
        end = Mask(np.zeros(self.shape, dtype=bool), self.ijk_to_ras)
        end.require_same_grid(image, argument)

    def _back(self, array: np.ndarray) -> np.ndarray:
        for record in reversed(self.records):
            array = record.back(array)
        return array


def _return_weights(shown: np.ndarray, step: float, offset: float, size: int) -> sparse.csr_matrix:
    """Give the matrix (size, len(shown)) that takes values sampled at ``shown`` back; each row sums to 1.

    A voxel between two shown ones is weighted by the places that the output voxels were meant for, not by those that
    they were taken from: the latter are symmetric about it, and the ties at one half would all fall to one side.
    """
    places, first, counts = np.unique(shown, return_index=True, return_counts=True)
    average = sparse.csr_matrix(
        (np.repeat(1.0 / counts, counts), (np.repeat(np.arange(len(places)), counts), np.arange(len(shown)))),
        shape=(len(places), len(shown)),
    )
    meant = offset + step * (first + (counts - 1) / 2)
    wanted = np.arange(size)
    right = np.searchsorted(places, wanted).clip(0, len(places) - 1)
    left = (np.searchsorted(places, wanted, side="right") - 1).clip(0, len(places) - 1)
    gap = meant[right] - meant[left]
    share = np.clip(np.divide(wanted - meant[left], gap, out=np.zeros(size), where=right > left), 0.0, 1.0)
    linear = sparse.csr_matrix(
        (np.concatenate([1.0 - share, share]), (np.tile(wanted, 2), np.concatenate([left, right]))),
        shape=(size, len(places)),
    )
    return (linear @ average).tocsr().astype(np.float32)
