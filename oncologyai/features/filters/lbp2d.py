"""Local binary patterns in planes, by scikit-image: pyradiomics' ``LBP2D`` image."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.features.filters.box import Box, grown, number, whole_number, within

__all__ = ["lbp_2d"]

_METHODS = ("default", "ror", "uniform", "nri_uniform", "var")


def lbp_2d(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the pattern of each voxel in its plane under ``lbp-2D``; beyond the border lies zero.

    Parameters
    ----------
    options : mapping
        ``lbp2DRadius`` (1 voxel), ``lbp2DSamples`` (8), ``lbp2DMethod`` (uniform) and ``force2Ddimension`` (0: the
        axis of (k, j, i) across the planes).

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    from skimage.feature import local_binary_pattern

    radius = number(options, "lbp2DRadius", 1, 1e-6, 1000)
    samples = whole_number(options, "lbp2DSamples", 8, 1, 256)
    method = options.get("lbp2DMethod", "uniform")
    check_choice(method, _METHODS, "lbp2DMethod")
    across = whole_number(options, "force2Ddimension", 0, 0, 2)

    reach = math.ceil(radius) + 1
    k, j, i = (0 if axis == across else reach for axis in range(3))
    outer = grown(box, (k, j, i), array.shape)
    planes = array[outer].astype(np.float64).swapaxes(0, across)
    with warnings.catch_warnings():  # it advises against values that are not whole; pyradiomics takes them all the same
        warnings.filterwarnings("ignore", message="Applying `local_binary_pattern`", category=UserWarning)
        found = np.stack([local_binary_pattern(plane, P=samples, R=radius, method=method) for plane in planes])
    yield "lbp-2D", np.ascontiguousarray(found.swapaxes(0, across)[within(box, outer)])
