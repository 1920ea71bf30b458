"""Uptake measures of a lesion on PET."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.signal import fftconvolve

from oncologyai._checks import check_range
from oncologyai.errors import ModalityError, UnitsError
from oncologyai.measure.recist import require_lesion
from oncologyai.metrics import bounding_box
from oncologyai.types import Mask, Volume

__all__ = ["SUV_UNITS", "SuvMeasures", "intensity_peak", "measure_suv"]

SUV_UNITS = frozenset({"SUVbw", "SUVlbm", "SUVbsa"})
"""The units of a volume that uptake can be measured in."""

_PEAK_MM = (3.0 * 1000.0 / (4.0 * math.pi)) ** (1.0 / 3.0)  # radius of a sphere of 1 ml: 6.2035 mm


class SuvMeasures(NamedTuple):
    """Uptake of a lesion: ``maximum``, ``mean`` and ``peak`` in SUV, ``mtv_ml`` in ml, ``tlg`` in SUV x ml."""

    maximum: float
    mean: float
    peak: float
    mtv_ml: float
    tlg: float


def measure_suv(mask: Mask, volume: Volume, *, mtv_share: float = 0.0) -> SuvMeasures:
    """Measure uptake.

    Parameters
    ----------
    mask : Mask
        The lesion, not empty.
    volume : Volume
        PET in SUV, on the same grid.
    mtv_share : float, 0 to 1
        Lesion voxels of at least this share of the maximum count for the mean, MTV and TLG; 0 takes all.

    Returns
    -------
    SuvMeasures
        MTV is the volume of the voxels that count, TLG their mean times that volume; peak as ``intensity_peak``.

    Raises
    ------
    ModalityError
        If the volume is not PET.
    UnitsError
        If it is not in SUV.
    GeometryMismatchError
        If the mask is not on its grid.
    EmptyMaskError
        If the mask has no voxel.
    InputError
        If ``mtv_share`` is out of range.
    """
    if volume.modality != "PT":
        raise ModalityError("volume", expected="PT for uptake measures", got=volume.modality)
    if volume.unit not in SUV_UNITS:
        raise UnitsError("volume", expected="SUV for uptake measures", got=volume.unit, remedy="read it as SUV")
    check_range(mtv_share, 0.0, 1.0, "mtv_share")
    volume.require_same_grid(mask, f"mask {mask.label}")
    require_lesion(mask)
    values = volume.array[mask.array].astype(np.float64)
    maximum = float(values.max())
    counted = values[values >= mtv_share * maximum] if mtv_share > 0.0 else values
    mtv_ml = counted.size * mask.voxel_ml
    mean = float(counted.mean())
    return SuvMeasures(maximum, mean, intensity_peak(mask, volume), mtv_ml, mean * mtv_ml)


def intensity_peak(mask: Mask, volume: Volume) -> float:
    """Give the largest mean of the image over a sphere of 1 ml centred on a lesion voxel.

    The sphere takes whole voxels: those whose centres lie within 6.2 mm of the centre, also where they leave the
    lesion, not where they leave the image. This is the global intensity peak of the IBSI (0F91; Zwanenburg et
    al., Radiology 2020;295:328-338), without its restriction to PET.

    Raises
    ------
    GeometryMismatchError
        If the mask is not on the volume's grid.
    EmptyMaskError
        If the mask has no voxel.
    """
    volume.require_same_grid(mask, f"mask {mask.label}")
    require_lesion(mask)
    kernel = _sphere(volume.ijk_to_ras)
    box = bounding_box(mask.array, margin=[size // 2 for size in kernel.shape]) or ()
    values = volume.array[box].astype(np.float64)
    base = float(values.mean())
    totals = fftconvolve(values - base, kernel, mode="same")
    counts = fftconvolve(np.ones_like(values), kernel, mode="same").round()
    return base + float((totals / counts)[mask.array[box]].max())


def _sphere(ijk_to_ras: np.ndarray) -> np.ndarray:
    """Give the voxels (k, j, i) of the sphere about the middle one, as 0 and 1."""
    inverse = np.linalg.inv(ijk_to_ras[:3, :3])
    reach = np.floor(np.linalg.norm(inverse, axis=1) * _PEAK_MM + 1e-9).astype(int)[::-1]
    steps = np.indices(tuple(2 * reach + 1)).reshape(3, -1).T - reach
    inside = np.linalg.norm(steps[:, ::-1] @ ijk_to_ras[:3, :3].T, axis=1) <= _PEAK_MM + 1e-9
    return inside.reshape(tuple(2 * reach + 1)).astype(np.float64)
