"""Cropping and padding in space: to a number of voxels, or to what lies in the foreground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.harmonize.state import State

__all__ = ["Boxed", "CropOrPadToShape", "CropToForeground"]


@dataclass(frozen=True)
class Boxed:
    """Input voxel (k, j, i) becomes voxel (k, j, i) + ``offset`` of an array of ``size``."""

    offset: tuple[int, int, int]
    shape: tuple[int, int, int]
    size: tuple[int, int, int]

    def forward(self, array: np.ndarray, fill: float) -> np.ndarray:
        """Crop, and pad with ``fill``."""
        out = np.full(self.size, fill, dtype=array.dtype)
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
        """Give the box's matrix."""
        shift = np.eye(4)
        shift[:3, 3] = -np.array(self.offset[::-1])
        return ijk_to_ras @ shift

    def _windows(self) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        inner, outer = [], []
        for offset, before, after in zip(self.offset, self.shape, self.size, strict=True):
            start, stop = max(0, offset), max(0, offset, min(after, before + offset))
            inner.append(slice(start, stop))
            outer.append(slice(start - offset, stop - offset))
        return tuple(inner), tuple(outer)


@dataclass(frozen=True)
class CropOrPadToShape:
    """Crop or pad about the centre, also slices, to a number of voxels; what is new is air.

    Parameters
    ----------
    shape : tuple of int
        Slices, rows and columns; 0 keeps the image's number.

    Raises
    ------
    InputError
        If a number is not within 0-8192.
    """

    shape: tuple[int, int, int]

    def __post_init__(self) -> None:
        if len(self.shape) != 3:
            raise InputError("shape", expected="slices, rows and columns", got=str(self.shape))
        for size in self.shape:
            check_range(size, 0, 8192, "shape")

    def apply(self, state: State) -> State:
        """Place the image, and flag what is cut."""
        old = state.volume.shape
        k, j, i = (new or had for new, had in zip(self.shape, old, strict=True))
        if (k, j, i) == old:
            return state
        offset = ((k - old[0]) // 2, (j - old[1]) // 2, (i - old[2]) // 2)
        moved = state.moved(Boxed(offset, old, (k, j, i)))
        cut = [max(0, had - new) for had, new in zip(old, (k, j, i), strict=True)]
        if not any(cut):
            return moved
        return moved.flag(f"cropping to {i}x{j}x{k} voxels cut {cut[2]} columns, {cut[1]} rows and {cut[0]} slices")


@dataclass(frozen=True)
class CropToForeground:
    """Crop to the box of the foreground and blank what lies outside it.

    The foreground is the largest part above Otsu's threshold, its holes filled slice by slice (ch. 4, 2.3: brain and
    skull).

    Parameters
    ----------
    margin : int
        Voxels left around the box.
    blank : bool
        Whether values outside the foreground become 0.

    Raises
    ------
    InputError
        If ``margin`` is not within 0-1000.
    """

    margin: int = 0
    blank: bool = True

    def __post_init__(self) -> None:
        check_range(self.margin, 0, 1000, "margin")

    def apply(self, state: State) -> State:
        """Crop; a constant image stays as it is."""
        array = state.volume.array
        if float(array.min()) == float(array.max()):
            return state
        labels, count = ndimage.label(state.chosen("foreground"))
        inside = labels == 1 + int(np.argmax(ndimage.sum_labels(labels > 0, labels, np.arange(1, count + 1))))
        inside = np.stack([ndimage.binary_fill_holes(plane) for plane in inside])
        if self.blank:
            blanked = np.where(inside, array, np.zeros((), array.dtype))
            state = state.with_values(blanked, air=0.0, limits=state.limits)
        found = ndimage.find_objects(inside.astype(np.uint8))[0]
        first = [max(0, s.start - self.margin) for s in found]
        last = [min(n, s.stop + self.margin) for s, n in zip(found, array.shape, strict=True)]
        size = (last[0] - first[0], last[1] - first[1], last[2] - first[2])
        if size == array.shape:
            return state
        return state.moved(Boxed((-first[0], -first[1], -first[2]), state.volume.shape, size))
