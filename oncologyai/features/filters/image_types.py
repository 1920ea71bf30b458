"""Which filters there are, and how they are applied to the part of an image where values are needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from oncologyai._checks import check_choice, check_positive
from oncologyai.errors import InputError
from oncologyai.features.accelerator import Accelerator
from oncologyai.features.filters.box import Box, check_box
from oncologyai.features.filters.gabor import gabor, gabor_names
from oncologyai.features.filters.gradient import gradient
from oncologyai.features.filters.laplacian import laplacian_names, laplacian_of_gaussian
from oncologyai.features.filters.laws import laws, laws_names
from oncologyai.features.filters.lbp2d import lbp_2d
from oncologyai.features.filters.lbp3d import lbp_3d, lbp_3d_names
from oncologyai.features.filters.mean import mean, mean_names
from oncologyai.features.filters.pointwise import exponential, logarithm, square, square_root
from oncologyai.features.filters.riesz import (
    riesz_laplacian,
    riesz_laplacian_names,
    riesz_simoncelli,
    riesz_simoncelli_names,
)
from oncologyai.features.filters.sampled_laplacian import sampled_laplacian, sampled_laplacian_names
from oncologyai.features.filters.separable_wavelet import separable_wavelet, separable_wavelet_names
from oncologyai.features.filters.simoncelli import simoncelli, simoncelli_names
from oncologyai.features.filters.torch_filters import torch_laplacian, torch_wavelet
from oncologyai.features.filters.wavelet import wavelet, wavelet_names

__all__ = ["IMAGE_FILTERS", "FilterFunction", "ImageFilter", "filtered_image_names", "filtered_images"]


class FilterFunction(Protocol):
    """What computes a filter's images: (array, sampling_mm, options, box) to pairs of name and image."""

    def __call__(
        self, array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
    ) -> Iterator[tuple[str, np.ndarray]]:
        """Give each image of the filter inside the box."""


class _TorchFunction(Protocol):
    def __call__(
        self,
        array: np.ndarray,
        sampling_mm: tuple[float, float, float],
        options: Mapping[str, Any],
        box: Box,
        place: str,
    ) -> Iterator[tuple[str, np.ndarray]]:
        """Give each image of the filter inside the box, computed at a place that torch knows."""


class _Names(Protocol):
    def __call__(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        """Give the names of the images that options lead to."""


@dataclass(frozen=True)
class ImageFilter:
    """A filter: what computes its images, what they are called, and what computes them on a graphics card, if any."""

    apply: FilterFunction
    names: _Names
    apply_torch: _TorchFunction | None = None


def _always(name: str) -> _Names:
    def names(options: Mapping[str, Any]) -> tuple[str, ...]:
        return (name,)

    return names


IMAGE_FILTERS: dict[str, ImageFilter] = {
    "LoG": ImageFilter(laplacian_of_gaussian, laplacian_names, torch_laplacian),
    "Wavelet": ImageFilter(wavelet, wavelet_names, torch_wavelet),
    "Square": ImageFilter(square, _always("square")),
    "SquareRoot": ImageFilter(square_root, _always("squareroot")),
    "Logarithm": ImageFilter(logarithm, _always("logarithm")),
    "Exponential": ImageFilter(exponential, _always("exponential")),
    "Gradient": ImageFilter(gradient, _always("gradient")),
    "LBP2D": ImageFilter(lbp_2d, _always("lbp-2D")),
    "LBP3D": ImageFilter(lbp_3d, lbp_3d_names),
    "IBSIMean": ImageFilter(mean, mean_names),
    "IBSILoG": ImageFilter(sampled_laplacian, sampled_laplacian_names),
    "IBSILaws": ImageFilter(laws, laws_names),
    "IBSIGabor": ImageFilter(gabor, gabor_names),
    "IBSIWavelet": ImageFilter(separable_wavelet, separable_wavelet_names),
    "IBSISimoncelli": ImageFilter(simoncelli, simoncelli_names),
    "IBSIRieszLoG": ImageFilter(riesz_laplacian, riesz_laplacian_names),
    "IBSIRieszSimoncelli": ImageFilter(riesz_simoncelli, riesz_simoncelli_names),
}
"""Every filter by pyradiomics' name of its image type; those of IBSI chapter 2 begin with IBSI."""


def filtered_images(
    array: np.ndarray,
    sampling_mm: tuple[float, float, float],
    name: str,
    options: Mapping[str, Any],
    box: Box | None = None,
    accelerator: Accelerator | None = None,
) -> Iterator[tuple[str, np.ndarray]]:
    """Filter an image where values are needed, one image after another.

    Only the box and the margin that the filter's reach needs are touched, but for the greatest value that Square,
    SquareRoot, Logarithm and Exponential scale by, and for IBSISimoncelli, IBSIRieszLoG and IBSIRieszSimoncelli, which
    see the whole image. The result is what filtering the whole image gives inside the box,
    to 1e-9 of the image's range.

    Parameters
    ----------
    array : ndarray, shape (k, j, i), any real type, finite where the filter reads
        The whole image; it is not modified.
    sampling_mm : tuple of float, > 0
        Voxel edges along (k, j, i).
    name : str
        One of ``IMAGE_FILTERS``.
    options : mapping
        The filter's options under pyradiomics' names (``sigma``, ``wavelet``, ``level`` ...), those of IBSI filters as
        their functions list them; others are passed over, so that all settings of an extraction may be given.
    box : three slices, optional
        The part along (k, j, i) where values are needed; without it, everything.
    accelerator : Accelerator, optional
        Where LoG and Wavelet are computed if it has a place; the values are the same to rounding.

    Returns
    -------
    iterator of (str, ndarray)
        Each image's name, as pyradiomics begins its columns, and its values in the box, float64. None where the image
        is too small for the filter (LoG).

    Raises
    ------
    InputError
        If the name, an option, the box or the array is not one of these.
    """
    check_choice(name, IMAGE_FILTERS, "imageType")
    if array.ndim != 3 or 0 in array.shape or array.dtype.kind not in "iuf":
        raise InputError("array", expected="a real image of axes (k, j, i)", got=f"{array.dtype} {array.shape}")
    for spacing in sampling_mm:
        check_positive(spacing, "sampling_mm", "mm")
    chosen, part = IMAGE_FILTERS[name], check_box(box, array.shape)
    if accelerator is None or not accelerator.place or (by_torch := chosen.apply_torch) is None:
        return chosen.apply(array, sampling_mm, options, part)
    return accelerator.try_each(
        f"{name} images",
        lambda: by_torch(array, sampling_mm, options, part, accelerator.place),
        lambda: chosen.apply(array, sampling_mm, options, part),
    )


def filtered_image_names(name: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of the images that ``filtered_images`` makes with these options, without making them.

    Raises
    ------
    InputError
        If the name or an option is unknown.
    """
    check_choice(name, IMAGE_FILTERS, "imageType")
    return IMAGE_FILTERS[name].names(options)
