"""Windowing: the image in the lung window, and the bone window kept aside for the spine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.harmonize.state import State

__all__ = ["KeepBoneWindow", "Window"]


@dataclass(frozen=True)
class Window:
    """Clip to a window: what is outside takes the nearer limit.

    Parameters
    ----------
    width, level : float
        1500 and -600 HU, the lung window (ch. 6, Image preprocessing).

    Raises
    ------
    InputError
        If ``width`` is not above 0.
    """

    width: float = 1500.0  # ch. 6, Image preprocessing
    level: float = -600.0  # ch. 6, Image preprocessing

    def __post_init__(self) -> None:
        check_positive(self.width, "width")

    @property
    def limits(self) -> tuple[float, float]:
        """Lower and upper limit."""
        return self.level - self.width / 2, self.level + self.width / 2

    def apply(self, state: State) -> State:
        """Clip the image; what is added later is as dark as the lower limit."""
        low, high = self.limits
        return state.with_values(_clip(state.volume.array, low, high), air=low, limits=self.limits)


@dataclass(frozen=True)
class KeepBoneWindow:
    """Keep the bone-window image of the unclipped HU beside the image, on the same grid.

    Parameters
    ----------
    width, level : float
        1800 and 400 HU (ch. 6, Image preprocessing).

    Raises
    ------
    InputError
        If ``width`` is not above 0.
    ModalityError, UnitsError
        On ``apply``, if the input is not a CT in HU.
    """

    width: float = 1800.0  # ch. 6, Image preprocessing
    level: float = 400.0  # ch. 6, Image preprocessing

    def __post_init__(self) -> None:
        check_positive(self.width, "width")

    def apply(self, state: State) -> State:
        """Take the input's HU along the steps so far, and clip."""
        state.require_hu("bone window")
        low, high = self.level - self.width / 2, self.level + self.width / 2
        carried = state.trail.carry(state.source, fill=low)
        return replace(state, bone=carried.with_array(_clip(carried.array, low, high)), bone_air=low)


def _clip(array: np.ndarray, low: float, high: float) -> np.ndarray:
    """Clip, keeping an integer type whose range holds the limits."""
    if np.issubdtype(array.dtype, np.integer) and float(low).is_integer() and float(high).is_integer():
        limits = np.iinfo(array.dtype)
        if limits.min <= low and high <= limits.max:
            return np.clip(array, int(low), int(high))
    return np.clip(array.astype(np.float32), low, high)
