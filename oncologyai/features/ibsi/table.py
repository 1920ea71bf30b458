"""A table of features under the IBSI's tags, a row a mask."""

from __future__ import annotations

import math
from collections.abc import Sequence

from oncologyai.errors import InputError
from oncologyai.features.ibsi.profile import ibsi_features
from oncologyai.features.ibsi.settings import IbsiSettings
from oncologyai.features.settings import FeatureSettings
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Mask, Table, Volume

__all__ = ["ibsi_settings_of", "ibsi_table"]


def ibsi_table(
    volume: Volume, masks: Sequence[Mask], settings: IbsiSettings, *, progress: Progress | None = None
) -> Table:
    """Extract features under the IBSI's definitions.

    Parameters
    ----------
    volume : Volume
    masks : sequence of Mask
        On the volume's grid, none empty. No mask gives a table without rows and features.
    settings : IbsiSettings
    progress : Progress, optional

    Returns
    -------
    Table
        A row a mask: its label under ``segment``, then ``ibsi_<tag>``. A feature that is not defined is None.

    Raises
    ------
    GeometryMismatchError, EmptyMaskError, InputError
        As ``ibsi_features`` raises them.
    CancelledError
        If the user cancelled.
    """
    watch = progress or Silent()
    found = []
    for number, mask in enumerate(masks):
        check_cancelled(watch)
        watch.stage(f"IBSI features of {mask.label}", number / len(masks))
        found.append(ibsi_features(volume, mask, settings, progress=watch))
    tags = tuple(dict.fromkeys(tag for values in found for tag in values))
    rows = []
    for mask, values in zip(masks, found, strict=True):
        cells = (values.get(tag, math.nan) for tag in tags)
        rows.append((mask.label, *(cell if math.isfinite(cell) else None for cell in cells)))
    return Table("IBSI features", ("segment", *(f"ibsi_{tag}" for tag in tags)), tuple(rows))


def ibsi_settings_of(settings: FeatureSettings, *, whole_numbers: bool = False) -> IbsiSettings:
    """Give the settings that do under the IBSI's definitions what pyradiomics' settings ask for.

    Parameters
    ----------
    settings : FeatureSettings
        Spacing, interpolator, re-segmentation, bins and force_2d are carried over; filters are not.
    whole_numbers : bool
        Whether the image holds whole numbers, as CT does: interpolated values are then rounded.

    Raises
    ------
    InputError
        If a setting has no counterpart: relative re-segmentation, one limit alone, sigma limits that are not
        symmetric, planes across another axis than k, or an interpolator other than linear and B-spline.
    """
    _check_counterparts(settings)
    spacing = settings.resampled_spacing_mm if settings.interpolator is not None else None
    k, j, i = (None, None, None) if spacing is None else tuple(s or None for s in reversed(spacing))
    limits = settings.resegment_range
    absolute = limits is not None and settings.resegment_mode == "absolute"
    return IbsiSettings(
        spacing_mm=None if spacing is None else (k, j, i),
        interpolation="linear" if settings.interpolator == "sitkLinear" else "cubic",
        rounding=whole_numbers and spacing is not None,
        range=(limits[0], limits[1]) if limits is not None and absolute else None,
        outlier_sigma=limits[1] if limits is not None and not absolute else None,
        bin_width=settings.bin_width if settings.bin_count is None else None,
        bin_count=settings.bin_count,
        dimensions=("2D", "2.5D") if settings.force_2d else ("3D",),
    )


def _check_counterparts(settings: FeatureSettings) -> None:
    limits = settings.resegment_range
    if limits is not None and (len(limits) != 2 or settings.resegment_mode == "relative"):
        raise InputError(
            "resegment_range", expected="two absolute or two sigma limits for the IBSI's conventions", got=str(limits)
        )
    if limits is not None and settings.resegment_mode == "sigma" and limits[0] != -limits[1]:
        raise InputError("resegment_range", expected="sigma limits such as -3, 3", got=str(limits))
    if settings.force_2d and settings.force_2d_dimension != 0:
        raise InputError("force_2d_dimension", expected="0 for the IBSI's conventions", got="another axis")
    if settings.resampled_spacing_mm is not None and settings.interpolator not in (None, "sitkLinear", "sitkBSpline"):
        raise InputError("interpolator", expected="sitkLinear or sitkBSpline", got=str(settings.interpolator))
