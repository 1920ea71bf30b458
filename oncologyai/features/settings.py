"""What an extraction may vary."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from oncologyai._checks import check_choice, check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.features.families import DEPRECATED, FEATURES, RETIRED

__all__ = ["DEFAULT_FAMILIES", "FILTER_OPTIONS", "IBSI_OPTIONS", "INTERPOLATORS", "FeatureSettings", "WeightingNorm"]

WeightingNorm = Literal["infinity", "euclidean", "manhattan", "no_weighting"]

DEFAULT_FAMILIES = tuple(family for family in FEATURES if family != "shape2D")
INTERPOLATORS = (
    "sitkNearestNeighbor", "sitkLinear", "sitkBSpline", "sitkGaussian", "sitkLabelGaussian",
    "sitkHammingWindowedSinc", "sitkCosineWindowedSinc", "sitkWelchWindowedSinc", "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
)  # fmt: skip
FILTER_OPTIONS = (
    "sigma", "start_level", "level", "wavelet", "gradientUseSpacing", "lbp2DRadius", "lbp2DSamples", "lbp2DMethod",
    "lbp3DLevels", "lbp3DIcosphereRadius", "lbp3DIcosphereSubdivision",
)  # fmt: skip
"""Options of pyradiomics' filters; they may stand among the settings for all image types."""
IBSI_OPTIONS = (
    "support", "dimensions", "boundary", "truncate", "kernels", "rotation_invariance", "pooling", "energy_distance",
    "wavelength", "gamma", "theta", "theta_step", "orthogonal_planes", "sub_band", "order",
)  # fmt: skip
"""Further options of the image types that begin with IBSI."""


@dataclass(frozen=True)
class FeatureSettings:
    """Settings of an extraction, with pyradiomics' defaults; ``parameter_file`` maps its names to these.

    Parameters
    ----------
    families : mapping of str to tuple of str, or sequence of str
        The families to extract and of each the features; without names, every one that is not deprecated.
    images : mapping of str to mapping
        Image types by pyradiomics' names, each with the options of its filter and settings that differ for it.
    bin_width : float, > 0, in the image's unit
        Width of grey-level bins; they start at multiples of it.
    bin_count : int, optional
        Number of bins between least and greatest value, instead of a width.
    normalize, normalize_scale, remove_outliers : bool, float, float or None
        Bring the whole image to mean 0 and deviation ``normalize_scale``; cut at so many deviations.
    resampled_spacing_mm : tuple of 3 float, optional
        Along (i, j, k), as in parameter files; 0 keeps an axis. None: the image's own grid.
    interpolator : str, optional
        SimpleITK's name; None switches resampling off.
    pad_distance : int
        Voxels around the lesion that a resampled or pre-cropped image keeps for the filters.
    pre_crop : bool
        Crop to the lesion and ``pad_distance`` before filtering.
    force_2d, force_2d_dimension : bool, int
        Take neighbours within planes across axis 0 (k), 1 (j) or 2 (i) only.
    distances : tuple of int
        Of neighbours in voxels, for GLCM, GLDM and NGTDM.
    weighting_norm : str, optional
        Join the directions of GLCM and GLRLM to one matrix, weighted by distance.
    symmetrical_glcm : bool
        Count every pair both ways.
    gldm_a : int
        Greatest difference of levels that GLDM takes as dependent.
    voxel_array_shift : float
        Added to the values of Energy, TotalEnergy and RootMeanSquared.
    minimum_roi_dimensions, minimum_roi_size : int, int or None
        A mask with an extent in fewer dimensions, or not more voxels, is refused.
    geometry_tolerance, correct_mask : float or None, bool
        How far mask and image may lie apart; whether a mask on another grid is resampled to the image's.
    resegment_range, resegment_mode, resegment_shape : tuple or None, str, bool
        Keep only voxels within the range: ``absolute``, ``relative`` to the greatest value, or in ``sigma``.
    label, label_channel, additional_info : int, int, bool
        Read and written for pyradiomics' sake: a Mask has its label, a result its provenance.
    kernel_radius, masked_kernel, init_value, voxel_batch : int, bool, float, int
        Of voxel-wise maps: neighbourhood, whether only the mask's voxels count, value outside the mask.
    filter_options : mapping
        Options of filters for all image types, by pyradiomics' names.

    Raises
    ------
    InputError
        If a value is out of its range or a family, feature or image type is unknown.
    """

    families: Mapping[str, tuple[str, ...]] | Sequence[str] = DEFAULT_FAMILIES
    images: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"Original": {}})
    bin_width: float = 25.0
    bin_count: int | None = None
    normalize: bool = False
    normalize_scale: float = 1.0
    remove_outliers: float | None = None
    resampled_spacing_mm: tuple[float, float, float] | None = None
    interpolator: str | None = "sitkBSpline"
    pad_distance: int = 5
    pre_crop: bool = False
    force_2d: bool = False
    force_2d_dimension: int = 0
    distances: tuple[int, ...] = (1,)
    weighting_norm: WeightingNorm | None = None
    symmetrical_glcm: bool = True
    gldm_a: int = 0
    voxel_array_shift: float = 0.0
    minimum_roi_dimensions: int = 2
    minimum_roi_size: int | None = None
    geometry_tolerance: float | None = None
    correct_mask: bool = False
    resegment_range: tuple[float, ...] | None = None
    resegment_mode: str = "absolute"
    resegment_shape: bool = False
    label: int = 1
    label_channel: int = 0
    additional_info: bool = True
    kernel_radius: int = 1
    masked_kernel: bool = True
    init_value: float = 0.0
    voxel_batch: int = -1
    filter_options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chosen = self.families if isinstance(self.families, Mapping) else dict.fromkeys(self.families, ())
        object.__setattr__(self, "families", {name: tuple(features or ()) for name, features in chosen.items()})
        object.__setattr__(self, "images", {name: dict(options or {}) for name, options in self.images.items()})
        object.__setattr__(self, "filter_options", dict(self.filter_options))
        _check_names(self)
        _check_numbers(self)
        _check_geometry(self)

    @property
    def chosen(self) -> Mapping[str, tuple[str, ...]]:
        """The families with the features chosen by name, as a mapping."""
        return self.families if isinstance(self.families, Mapping) else dict.fromkeys(self.families, ())

    def with_changes(self, **changes: Any) -> FeatureSettings:
        """Give settings that differ in some fields."""
        return replace(self, **changes)


def _check_names(settings: FeatureSettings) -> None:
    for family, names in settings.chosen.items():
        check_choice(family, FEATURES, "families")
        known = {*FEATURES[family], *DEPRECATED.get(family, ()), *RETIRED.get(family, ())}
        for name in names:
            check_choice(name, known, f"features of {family}")
    for option in settings.filter_options:
        check_choice(option, (*FILTER_OPTIONS, *IBSI_OPTIONS), "filter_options")
    if settings.weighting_norm is not None:
        check_choice(settings.weighting_norm, ("infinity", "euclidean", "manhattan", "no_weighting"), "weighting_norm")
    check_choice(settings.resegment_mode, ("absolute", "relative", "sigma"), "resegment_mode")
    if settings.interpolator is not None:
        check_choice(settings.interpolator, INTERPOLATORS, "interpolator")


def _check_numbers(settings: FeatureSettings) -> None:
    for name in ("bin_width", "normalize_scale", "remove_outliers", "geometry_tolerance"):
        value = getattr(settings, name)
        if value is not None:
            check_positive(value, name)
    if not math.isfinite(settings.voxel_array_shift):
        raise InputError("voxel_array_shift", expected="a finite number", got=str(settings.voxel_array_shift))
    for name, low in (("bin_count", 1), ("minimum_roi_size", 1), ("kernel_radius", 1), ("gldm_a", 0)):
        value = getattr(settings, name)
        if value is not None:
            check_range(value, low, math.inf, name)
    check_range(settings.pad_distance, 0, 10_000, "pad_distance")
    check_range(settings.minimum_roi_dimensions, 1, 3, "minimum_roi_dimensions")
    check_range(settings.force_2d_dimension, 0, 2, "force_2d_dimension")


def _check_geometry(settings: FeatureSettings) -> None:
    if not settings.distances or any(distance < 1 for distance in settings.distances):
        raise InputError("distances", expected="whole numbers from 1", got=str(settings.distances))
    spacing = settings.resampled_spacing_mm
    if spacing is not None and (len(spacing) != 3 or not all(math.isfinite(s) and s >= 0 for s in spacing)):
        raise InputError("resampled_spacing_mm", expected="three numbers of mm, 0 to keep an axis", got=str(spacing))
    if settings.resegment_range is not None and len(settings.resegment_range) not in (1, 2):
        raise InputError("resegment_range", expected="one or two limits", got=str(settings.resegment_range))
