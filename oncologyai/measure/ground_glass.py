"""Solid and ground-glass parts of a lesion on CT (ch. 9, claim 3)."""

from __future__ import annotations

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import ModalityError, UnitsError
from oncologyai.measure.measurement import MeasureConfig
from oncologyai.types import Mask, Volume

__all__ = ["split_solid"]


def split_solid(mask: Mask, volume: Volume, *, solid_hu: float = MeasureConfig.solid_hu) -> tuple[Mask, Mask]:
    """Part a lesion into solid and ground glass.

    Solid are the lesion's voxels of at least ``solid_hu``; ground glass is the lesion without them. The default
    and its source are those of ``MeasureConfig``. An empty lesion gives two empty parts.

    Returns
    -------
    tuple of Mask
        ``<label> solid`` and ``<label> ground glass``; together they are the lesion.

    Raises
    ------
    ModalityError
        If the volume is not CT.
    UnitsError
        If it is not in HU.
    GeometryMismatchError
        If the mask is not on its grid.
    InputError
        If the threshold is no CT value.
    """
    if volume.modality != "CT":
        raise ModalityError(
            "volume",
            expected="CT for solid and ground-glass parts",
            got=volume.modality,
            remedy="measure them on the CT of the study",
        )
    if volume.unit != "HU":
        raise UnitsError("volume", expected="HU for solid and ground-glass parts", got=volume.unit)
    check_range(solid_hu, -1024.0, 3071.0, "solid_hu")
    volume.require_same_grid(mask, f"mask {mask.label}")
    solid = mask.array & (volume.array >= np.float32(solid_hu))
    return (
        Mask.on(mask, solid, f"{mask.label} solid", code=mask.code, kind=mask.kind),
        Mask.on(mask, mask.array & ~solid, f"{mask.label} ground glass", code=mask.code, kind=mask.kind),
    )
