"""De-noising (patent, claim 10), off by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import SimpleITK
from scipy import ndimage

from oncologyai._checks import check_choice, check_positive
from oncologyai.harmonize.state import State

__all__ = ["Denoise"]

_ITERATIONS = 5
_TIME_STEP = 0.0625  # the largest stable step of ITK's filter in three dimensions


@dataclass(frozen=True)
class Denoise:
    """Take noise out, slice by slice; ``anisotropic`` in space, in steps of voxels.

    Parameters
    ----------
    method : str
        ``median`` (a window of ``size`` pixels), ``gaussian`` (a standard deviation of ``size`` pixels) or
        ``anisotropic`` (edge-keeping diffusion of conductance ``size``).
    size : float
        See ``method``.

    Raises
    ------
    InputError
        If the method is not known or ``size`` is not above 0.
    """

    method: str = "median"
    size: float = 3.0

    def __post_init__(self) -> None:
        check_choice(self.method, _METHODS, "method")
        check_positive(self.size, "size")

    def apply(self, state: State) -> State:
        """Filter; the type of the values stays."""
        array = state.volume.array
        filtered = _METHODS[self.method](array, self.size)
        if np.issubdtype(array.dtype, np.integer):
            filtered = np.rint(filtered)
        return state.with_values(filtered.astype(array.dtype), air=state.air, limits=state.limits)


def _median(array: np.ndarray, size: float) -> np.ndarray:
    edge = max(1, round(size))
    return ndimage.median_filter(array, size=(1, edge, edge), mode="nearest")


def _gaussian(array: np.ndarray, size: float) -> np.ndarray:
    return ndimage.gaussian_filter(array.astype(np.float32), (0.0, size, size), mode="nearest")


def _anisotropic(array: np.ndarray, size: float) -> np.ndarray:
    image = SimpleITK.GetImageFromArray(array.astype(np.float32))
    return SimpleITK.GetArrayFromImage(
        SimpleITK.GradientAnisotropicDiffusion(
            image, timeStep=_TIME_STEP, conductanceParameter=size, numberOfIterations=_ITERATIONS
        )
    )


_METHODS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "median": _median,
    "gaussian": _gaussian,
    "anisotropic": _anisotropic,
}
