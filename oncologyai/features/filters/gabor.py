"""Gabor filters in planes: a wave under a Gaussian, in any direction, in one plane or three (IBSI chapter 2)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.signal import oaconvolve

from oncologyai.errors import InputError
from oncologyai.features.filters.box import Box, flag, neighbourhood, number
from oncologyai.features.filters.separable import boundary_of, pooled

__all__ = ["gabor", "gabor_kernel", "gabor_names"]

_TRUNCATE = 6.0  # standard deviations of the wider direction at which the kernel ends


def gabor(
    array: np.ndarray, sampling_mm: tuple[float, float, float], options: Mapping[str, Any], box: Box
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the modulus of the response under ``ibsi-gabor-...``.

    Parameters
    ----------
    options : mapping
        ``sigma`` (5 mm) of the Gaussian along the wave, ``wavelength`` (2 mm), ``gamma`` (1.5: its ratio to that across
        the wave), ``theta`` (0 rad), ``rotation_invariance`` (false; true: a turn of ``theta_step``, pi / 8, after
        another, through the full circle), ``orthogonal_planes`` (false; true: also in the planes across j and across
        i), ``pooling`` (average), ``boundary`` (mirror).

    Raises
    ------
    InputError
        If an option is out of its range, or the pixels of a plane are not square to 1 %.
    """
    planes = (0, 1, 2) if flag(options, "orthogonal_planes", False) else (0,)
    mode = boundary_of(options)
    responses = (
        response for across in planes for response in _in_planes(array, sampling_mm, options, box, across, mode)
    )
    yield gabor_names(options)[0], pooled(responses, _pooling(options))


def gabor_names(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the name of the image that these options lead to."""
    sigma, wavelength, gamma = _shape(options)
    if flag(options, "rotation_invariance", False):
        way = f"step-{_step(options):.4g}-{_pooling(options)}"
    else:
        way = f"theta-{number(options, 'theta', 0.0, -100, 100):.4g}"
    planes = "-planes" if flag(options, "orthogonal_planes", False) else ""
    return (f"ibsi-gabor-sigma-{sigma:g}-lambda-{wavelength:g}-gamma-{gamma:g}-{way}{planes}".replace(".", "-"),)


def _pooling(options: Mapping[str, Any]) -> str:
    return str(options.get("pooling", "average"))


def _step(options: Mapping[str, Any]) -> float:
    step = number(options, "theta_step", math.pi / 8, 1e-3, 2 * math.pi)
    if abs(2 * math.pi / step - round(2 * math.pi / step)) > 1e-3:
        raise InputError("theta_step", expected="a part of the full circle, in rad", got=str(step))
    return step


def _shape(options: Mapping[str, Any]) -> tuple[float, float, float]:
    return (
        number(options, "sigma", 5.0, 1e-6, 1e6),
        number(options, "wavelength", 2.0, 1e-6, 1e6),
        number(options, "gamma", 1.5, 1e-3, 1e3),
    )


def _angles(options: Mapping[str, Any]) -> list[float]:
    theta = number(options, "theta", 0.0, -100, 100)
    if not flag(options, "rotation_invariance", False):
        return [theta]
    step = _step(options)
    return [theta + n * step for n in range(round(2 * math.pi / step))]


def _in_planes(
    array: np.ndarray,
    sampling_mm: tuple[float, float, float],
    options: Mapping[str, Any],
    box: Box,
    across: int,
    mode: str,
) -> Iterator[np.ndarray]:
    """Give the modulus for each direction in the planes across an axis."""
    rows, columns = (axis for axis in range(3) if axis != across)
    spacing = sampling_mm[columns]
    if abs(sampling_mm[rows] / spacing - 1.0) > 0.01:
        raise InputError("sampling_mm", expected="square pixels for a Gabor filter", got=str(sampling_mm))
    sigma, wavelength, gamma = _shape(options)
    reach = math.ceil(_TRUNCATE * sigma / spacing * max(1.0, 1.0 / gamma))
    k, j, i = (0 if axis == across else reach for axis in range(3))
    around = neighbourhood(array, box, (k, j, i), mode)
    for theta in _angles(options):
        kernel = gabor_kernel(sigma / spacing, wavelength / spacing, gamma, theta, reach)
        yield np.abs(oaconvolve(around, np.expand_dims(kernel, across), mode="valid", axes=(rows, columns)))


def gabor_kernel(sigma: float, wavelength: float, gamma: float, theta: float, reach: int) -> np.ndarray:
    """Give the kernel of shape (2 reach + 1, 2 reach + 1), rows by columns, complex; lengths are in pixels.

    The wave runs at the angle ``theta`` from the axis of columns towards that of rows.
    """
    rows, columns = np.meshgrid(*[np.arange(-reach, reach + 1.0)] * 2, indexing="ij")
    along = columns * math.cos(theta) + rows * math.sin(theta)
    beside = rows * math.cos(theta) - columns * math.sin(theta)
    found: np.ndarray = np.exp(-(along**2 + (gamma * beside) ** 2) / (2.0 * sigma**2) + 2j * np.pi * along / wavelength)
    return found
