"""Steps that change the grid: orientation, pixel size, image size. Each is recorded for the way back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from oncologyai._checks import check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.harmonize.state import State
from oncologyai.harmonize.trail import Placed, Sampled, Turned

__all__ = ["CropOrPad", "Reorient", "ResampleInPlane"]

_AXES = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}
_TISSUE_HU = -300.0


@dataclass(frozen=True)
class Reorient:
    """Turn the array so that i, j, k run to the given patient directions, without interpolation.

    Parameters
    ----------
    axes : str
        Three letters of R/L, A/P, S/I for i, j, k; LPS is the order of axial DICOM slices.

    Raises
    ------
    InputError
        If ``axes`` is not such a triple.
    """

    axes: str = "LPS"

    def __post_init__(self) -> None:
        found = {_AXES[letter][0] for letter in self.axes if letter in _AXES}
        if len(self.axes) != 3 or len(found) != 3:
            raise InputError("axes", expected="one each of R/L, A/P, S/I, such as LPS", got=repr(self.axes))

    def apply(self, state: State) -> State:
        """Turn the image; nothing is recorded where it lies so already."""
        turned = _turn(state.volume.shape, state.volume.ijk_to_ras, self.axes)
        if turned.order == (0, 1, 2) and not any(turned.flips):
            return state
        return state.moved(turned)


@dataclass(frozen=True)
class ResampleInPlane:
    """Resample each slice to square pixels by nearest neighbour; the field of view keeps its centre.

    Parameters
    ----------
    pixel_mm : float
        Edge of the new pixels: 1 mm (ch. 6, Image preprocessing).

    Raises
    ------
    InputError
        If ``pixel_mm`` is not above 0.
    """

    pixel_mm: float = 1.0  # ch. 6, Image preprocessing

    def __post_init__(self) -> None:
        check_positive(self.pixel_mm, "pixel_mm", "mm")

    def apply(self, state: State) -> State:
        """Resample the image."""
        _, rows, columns = state.volume.shape
        _, row_mm, column_mm = state.volume.sampling_mm
        by_row, first_row = _nearest(rows, self.pixel_mm / row_mm)
        by_column, first_column = _nearest(columns, self.pixel_mm / column_mm)
        step = (self.pixel_mm / row_mm, self.pixel_mm / column_mm)
        return state.moved(Sampled(by_row, by_column, state.volume.shape, step, (first_row, first_column)))


@dataclass(frozen=True)
class CropOrPad:
    """Crop or pad each slice, about its centre, to a size; what is new is air.

    Parameters
    ----------
    rows, columns : int
        512 x 512 (ch. 6, Image preprocessing).

    Raises
    ------
    InputError
        If a size is not within 1-8192.
    """

    rows: int = 512  # ch. 6, Image preprocessing
    columns: int = 512  # ch. 6, Image preprocessing

    def __post_init__(self) -> None:
        check_range(self.rows, 1, 8192, "rows")
        check_range(self.columns, 1, 8192, "columns")

    def apply(self, state: State) -> State:
        """Place the image, and flag what is cut."""
        _, rows, columns = state.volume.shape
        offset = ((self.rows - rows) // 2, (self.columns - columns) // 2)
        placed = Placed(offset, state.volume.shape, (self.rows, self.columns))
        moved = state.moved(placed)
        cut_rows, cut_columns = max(rows - self.rows, 0), max(columns - self.columns, 0)
        if not (cut_rows or cut_columns):
            return moved
        text = f"cropping to {self.columns}x{self.rows} pixels cut {cut_columns} columns and {cut_rows} rows"
        return moved.flag(text + _tissue_cut(state, placed))


def _tissue_cut(state: State, placed: Placed) -> str:
    """Say how much body lies in what is cut away, where the image is a CT."""
    if state.source.unit != "HU":
        return ""
    tissue = state.trail.carry(state.source, fill=-1000.0).array > _TISSUE_HU
    lost = np.count_nonzero(tissue) - np.count_nonzero(placed.forward(tissue, False))
    return f": {lost * state.volume.voxel_ml:.0f} ml above {_TISSUE_HU:g} HU are not seen"


def _nearest(size: int, ratio: float) -> tuple[np.ndarray, float]:
    """Give for each new voxel, ``ratio`` old ones wide, the old one nearest its centre, and the first one's place."""
    count = max(1, int(np.floor(size / ratio + 0.5)))
    first = (size - 1) / 2 - ratio * (count - 1) / 2
    places = first + ratio * np.arange(count)
    return np.clip(np.floor(places + 0.5), 0, size - 1).astype(np.intp), first


def _turn(shape: tuple[int, int, int], ijk_to_ras: np.ndarray, axes: str) -> Turned:
    columns = ijk_to_ras[:3, :3] / np.linalg.norm(ijk_to_ras[:3, :3], axis=0)
    wanted = [_AXES[letter] for letter in axes]
    best = max(permutations(range(3)), key=lambda p: sum(abs(columns[w[0], s]) for w, s in zip(wanted, p, strict=True)))
    order = tuple(2 - source for source in best[::-1])
    flips = tuple(bool(columns[w[0], s] * w[1] < 0) for w, s in zip(wanted, best, strict=True))[::-1]
    return Turned((order[0], order[1], order[2]), (flips[0], flips[1], flips[2]), shape)
