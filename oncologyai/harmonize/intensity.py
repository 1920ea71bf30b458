"""Intensities brought to bins or to a reference range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.errors import InputError
from oncologyai.harmonize.state import State

__all__ = ["Discretise", "NormaliseRange", "ShiftToPositive"]


@dataclass(frozen=True)
class Discretise:
    """Gather values in bins of equal width and give the bin's number in 8 bits.

    Bin 0 begins at the window's lower limit, so that air is 0; the upper limit belongs to the last bin.

    Parameters
    ----------
    width : float
        25 HU: 60 bins over the lung window (published with the weights; ch. 6 gives no width).
    limits : tuple of float, optional
        First and last value; default the window that was applied before.

    Raises
    ------
    InputError
        If ``width`` is not above 0, ``limits`` are not ascending or missing, or more than 256 bins would be needed.
    """

    width: float = 25.0  # published with the weights of ch. 6
    limits: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        check_positive(self.width, "width")
        if self.limits is not None:
            _check_range(self.limits, "limits")
            self._count(self.limits)

    def apply(self, state: State) -> State:
        """Replace each value by its bin's number, uint8."""
        limits = self.limits or state.limits
        if limits is None:
            raise InputError("limits", expected="a window before the bins", got="none", remedy="give limits")
        last = self._count(limits) - 1
        binned = _bins(state.volume.array, limits[0], self.width, last)
        air = float(_bins(np.array([state.air]), limits[0], self.width, last)[0])
        return state.with_values(binned, air=air, limits=(0.0, float(last))).in_arbitrary_units()

    def _count(self, limits: tuple[float, float]) -> int:
        count = int(np.ceil((limits[1] - limits[0]) / self.width - 1e-9))
        if count > 256:
            raise InputError("width", expected="at most 256 bins", got=f"{count}", remedy="take wider bins")
        return count


@dataclass(frozen=True)
class NormaliseRange:
    """Map the values linearly from a range onto a reference range (patent, claims 7 and 8: a standard range).

    Parameters
    ----------
    source : tuple of float, optional
        What is mapped onto ``reference``; values beyond are clipped. Default the window applied before, else the
        image's own smallest and largest value.
    reference : tuple of float
        The standard range.

    Raises
    ------
    InputError
        If a range is not ascending.
    """

    source: tuple[float, float] | None = None
    reference: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        _check_range(self.reference, "reference")
        if self.source is not None:
            _check_range(self.source, "source")

    def apply(self, state: State) -> State:
        """Map, float32; a constant image becomes the reference's lower end."""
        array = state.volume.array
        low, high = self.source or state.limits or (float(array.min()), float(array.max()))
        mapped = _map(array, low, high, self.reference)
        air = float(_map(np.array([state.air]), low, high, self.reference)[0])
        return state.with_values(mapped, air=air, limits=self.reference).in_arbitrary_units()


@dataclass(frozen=True)
class ShiftToPositive:
    """Subtract the smallest value, so that none is below 0 (ch. 4, figure 3, B)."""

    def apply(self, state: State) -> State:
        """Shift, float32."""
        lowest = float(state.volume.array.min())
        shifted = state.volume.array.astype(np.float32) - np.float32(lowest)
        limits = None if state.limits is None else (state.limits[0] - lowest, state.limits[1] - lowest)
        return state.with_values(shifted, air=state.air - lowest, limits=limits).in_arbitrary_units()


def _check_range(limits: tuple[float, float], argument: str) -> None:
    if not (np.isfinite(limits).all() and limits[0] < limits[1]):
        raise InputError(argument, expected="two ascending numbers", got=str(limits))


def _bins(array: np.ndarray, low: float, width: float, last: int) -> np.ndarray:
    bins = np.floor((array.astype(np.float32) - np.float32(low)) / np.float32(width))
    return np.clip(bins, 0, last).astype(np.uint8)


def _map(array: np.ndarray, low: float, high: float, reference: tuple[float, float]) -> np.ndarray:
    span = high - low
    share = (array.astype(np.float32) - np.float32(low)) / np.float32(span) if span > 0 else np.zeros(array.shape)
    mapped = reference[0] + np.clip(share, 0.0, 1.0) * (reference[1] - reference[0])
    return np.asarray(mapped, dtype=np.float32)
