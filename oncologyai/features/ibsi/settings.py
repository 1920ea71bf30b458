"""How an image is prepared and what is computed from it under the IBSI's definitions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from oncologyai._checks import check_choice, check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.features.filters import filtered_image_names

__all__ = ["Dimensions", "IbsiSettings"]

Dimensions = Literal["2D", "2.5D", "3D"]


@dataclass(frozen=True)
class IbsiSettings:
    """Settings of an extraction under the IBSI's definitions (reference manual, chapter 'Image processing').

    Parameters
    ----------
    spacing_mm : tuple of float or None
        New voxel edges along (k, j, i); None along an axis, or altogether, keeps them as they are.
    interpolation : str
        ``linear`` or ``cubic`` (spline) for the image; masks are always interpolated linearly and cut at one half.
    rounding : bool
        Whether interpolated values are rounded to whole numbers, as in CT.
    range : tuple of float or None
        Values outside it are left out of the intensity mask. An end may be infinite.
    outlier_sigma : float or None
        Values farther than so many standard deviations from the mean are left out of the intensity mask.
    bin_width, bin_count : float or None, int or None
        One of both: bins of fixed size that begin at the lower end of ``range`` (where there is none, at the least
        value), or a fixed number of bins over the values there are.
    histogram_width, histogram_count : float or None, int or None
        The same for the intensity-volume histogram; neither: each whole number is a bin.
    dimensions : tuple of str
        Which texture matrices are made: ``2D`` (slice by slice, averaged), ``2.5D`` (slices merged), ``3D``.
    image_filter : str or None
        One of ``IMAGE_FILTERS``: intensities are those of its response to the interpolated image; the intensity mask is
        still that of the image itself. Bins of fixed size then begin at the least response.
    filter_options : mapping
        The filter's options; it must lead to one image.

    Raises
    ------
    InputError
        If a value is out of its range.
    """

    spacing_mm: tuple[float | None, float | None, float | None] | None = None
    interpolation: str = "linear"
    rounding: bool = False
    range: tuple[float, float] | None = None
    outlier_sigma: float | None = None
    bin_width: float | None = None
    bin_count: int | None = 32
    histogram_width: float | None = None
    histogram_count: int | None = None
    dimensions: tuple[Dimensions, ...] = ("3D",)
    image_filter: str | None = None
    filter_options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_choice(self.interpolation, ("linear", "cubic"), "interpolation")
        for spacing in self.spacing_mm or ():
            if spacing is not None:
                check_positive(spacing, "spacing_mm", "mm")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise InputError("range", expected="a lower and an upper end", got=str(self.range))
        if self.outlier_sigma is not None:
            check_positive(self.outlier_sigma, "outlier_sigma")
        _check_bins(self.bin_width, self.bin_count, "bin")
        if (self.bin_width is None) == (self.bin_count is None):
            raise InputError(
                "bin_width", expected="either bin_width or bin_count", got=f"{self.bin_width}, {self.bin_count}"
            )
        _check_bins(self.histogram_width, self.histogram_count, "histogram")
        for name in self.dimensions:
            check_choice(name, ("2D", "2.5D", "3D"), "dimensions")
        if self.image_filter is not None:
            names = filtered_image_names(self.image_filter, self.filter_options)
            if len(names) != 1:
                raise InputError("filter_options", expected="options that lead to one image", got=", ".join(names))

    @property
    def lowest(self) -> float | None:
        """Where bins of fixed size begin: the lower end of ``range``, where it is finite and of what is binned."""
        known = self.range is not None and math.isfinite(self.range[0]) and self.image_filter is None
        return self.range[0] if known and self.range is not None else None


def _check_bins(width: float | None, count: int | None, name: str) -> None:
    if width is not None:
        check_positive(width, f"{name}_width")
    if count is not None:
        check_range(count, 1, 65536, f"{name}_count")
