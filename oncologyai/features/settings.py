"""What an extraction may vary."""

from __future__ import annotations

import math
from dataclasses import dataclass

from oncologyai._checks import check_positive
from oncologyai.errors import InputError

__all__ = ["FeatureSettings"]


@dataclass(frozen=True)
class FeatureSettings:
    """Settings of an extraction, with pyradiomics' defaults.

    Parameters
    ----------
    bin_width : float, > 0, in the image's unit
        Width of the bins of the histogram behind Entropy and Uniformity; bins start at multiples of it.
    voxel_array_shift : float, in the image's unit
        Added to the values of Energy, TotalEnergy and RootMeanSquared, so that CT values do not cancel.
    families : tuple of str
        Which families to extract, names of ``FAMILIES``, in this order.

    Raises
    ------
    InputError
        If a value is out of its range. Names of families are checked where they are used.
    """

    bin_width: float = 25.0
    voxel_array_shift: float = 0.0
    families: tuple[str, ...] = ("shape", "firstorder")

    def __post_init__(self) -> None:
        check_positive(self.bin_width, "bin_width")
        if not math.isfinite(self.voxel_array_shift):
            raise InputError("voxel_array_shift", expected="a finite number", got=str(self.voxel_array_shift))
