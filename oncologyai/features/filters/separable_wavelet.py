"""Separable wavelets without decimation, also turned by right angles (IBSI chapter 2).

pyradiomics' ``Wavelet`` images are another reading of the same wavelets: always periodic, all sub-bands, not turned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pywt

from oncologyai.errors import InputError
from oncologyai.features.filters.box import Box, flag, whole_number
from oncologyai.features.filters.separable import boundary_of, centred, pooled, respond, turned

__all__ = ["separable_wavelet", "separable_wavelet_names"]


def separable_wavelet(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give one sub-band under ``ibsi-wavelet-db3-LLH-level-1-average``.

    Parameters
    ----------
    options : mapping
        ``wavelet`` (db3), ``sub_band`` (LLH: for the axes i, j and k; two letters filter each plane across k),
        ``level`` (1; filters of later levels are stretched by zeros and follow the low-pass filters of those before),
        ``rotation_invariance`` (false), ``pooling`` of the turned filters (average), ``boundary`` (mirror).

    Raises
    ------
    InputError
        If an option is out of its range.
    """
    letters = _sub_band(options)
    found = [_kernel(options, letter) for letter in letters]
    kernels = (None if len(letters) == 2 else found[2], found[1], found[0])
    mode = boundary_of(options)
    if flag(options, "rotation_invariance", False):
        response = pooled((respond(array, box, turn, mode) for turn in turned(kernels)), _pooling(options))
    else:
        response = respond(array, box, kernels, mode)
    yield separable_wavelet_names(options)[0], response


def separable_wavelet_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the name of the image that these options lead to."""
    name = f"ibsi-wavelet-{options.get('wavelet', 'db3')}-{_sub_band(options)}-level-{_level(options)}"
    return (name + (f"-{_pooling(options)}" if flag(options, "rotation_invariance", False) else ""),)


def _pooling(options: Mapping[str, Any]) -> str:
    return str(options.get("pooling", "average"))


def _level(options: Mapping[str, Any]) -> int:
    return whole_number(options, "level", 1, 1, 8)


def _sub_band(options: Mapping[str, Any]) -> str:
    letters = options.get("sub_band", "LLH")
    if not isinstance(letters, str) or len(letters) not in (2, 3) or set(letters) - {"L", "H"}:
        raise InputError("sub_band", expected="two or three letters of L and H", got=repr(letters))
    return letters


def _kernel(options: Mapping[str, Any], letter: str) -> np.ndarray:
    """Give the filter of all levels together along one axis."""
    name = options.get("wavelet", "db3")
    if name not in pywt.wavelist(kind="discrete"):
        raise InputError("wavelet", expected="the name of a discrete wavelet, such as db3", got=repr(name))
    filters = pywt.Wavelet(name)
    level = _level(options)
    found, centre = np.ones(1), 0
    for step in range(1, level + 1):
        taps = np.asarray(filters.dec_hi if letter == "H" and step == level else filters.dec_lo)
        stretch = 2 ** (step - 1)
        stretched = np.zeros((len(taps) - 1) * stretch + 1)
        stretched[::stretch] = taps
        found = np.convolve(found, stretched)
        centre += (len(stretched) - 1) // 2 + 1
    return centred(found, centre)
