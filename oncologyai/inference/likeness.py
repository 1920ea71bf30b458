"""Whether an input is like what a model learned from: spacing, field of view, orientation, modality, intensities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from oncologyai.errors import InputError
from oncologyai.types import Volume

if TYPE_CHECKING:
    from oncologyai.models import ModelCard, TrainingRanges

__all__ = ["QUANTILES", "axes_code", "training_ranges", "unlike_training"]

QUANTILES = ("0.01", "0.5", "0.99", "1.0")
"""The quantiles of a channel's intensities that cards keep."""

_SLACK = 0.05  # of a length: ranges are those of few patients
_INTENSITY_SLACK = 0.15  # of a quantile's range in training
_LETTERS = ("RL", "AP", "SI")
_UNKNOWN = {"", "OT"}
_SYNTHETIC = "the model learned from synthetic images alone: what it finds in a patient means nothing"


def axes_code(ijk_to_ras: np.ndarray) -> str:
    """Name where i, j and k grow to, each by the nearest of R/L, A/P and S/I: ``LPS`` for axial DICOM slices."""
    letters = []
    for column in np.asarray(ijk_to_ras, dtype=np.float64)[:3, :3].T:
        axis = int(np.argmax(np.abs(column)))
        letters.append(_LETTERS[axis][0 if column[axis] > 0 else 1])
    return "".join(letters)


def training_ranges(cases: Sequence[Mapping[str, Volume]]) -> TrainingRanges:
    """Gather what a card keeps of its training images.

    Parameters
    ----------
    cases : sequence of mappings
        Image by channel, a patient each; the first channel's grid is described.

    Returns
    -------
    TrainingRanges
        Smallest and largest value over the cases.

    Raises
    ------
    InputError
        If there are no cases.
    """
    from oncologyai.models import TrainingRanges

    if not cases:
        raise InputError("cases", expected="1 or more", got="none")
    first = [next(iter(case.values())) for case in cases]
    intensities: dict[str, dict[str, tuple[float, float]]] = {}
    for name in dict.fromkeys(name for case in cases for name in case):
        found = np.array([_quantiles(case[name]) for case in cases if name in case])
        intensities[name] = {q: (float(c.min()), float(c.max())) for q, c in zip(QUANTILES, found.T, strict=True)}
    return TrainingRanges(
        spacing_mm=_ranges(np.array([v.spacing_mm for v in first])),
        field_of_view_mm=_ranges(np.array([_field(v) for v in first])),
        intensities=intensities,
        orientations=tuple(sorted({axes_code(v.ijk_to_ras) for v in first})),
    )


def unlike_training(volumes: Mapping[str, Volume], card: ModelCard) -> tuple[str, ...]:
    """Say in what an input is unlike a model's training data.

    Parameters
    ----------
    volumes : mapping of str to Volume
        Image by channel; the first one's grid is looked at.
    card : ModelCard
        Its ``training_ranges`` and its channels' modalities.

    Returns
    -------
    tuple of str
        A line each; empty where all is alike, or the card does not tell. A model that saw no patient says so always.
    """
    first = next(iter(volumes.values()))
    ranges = card.training_ranges
    found = [_SYNTHETIC] if card.training.synthetic else []
    found += _lengths("voxel edge", first.spacing_mm, ranges.spacing_mm)
    found += _lengths("field of view", _field(first), ranges.field_of_view_mm)
    code = axes_code(first.ijk_to_ras)
    if ranges.orientations and code not in ranges.orientations:
        found.append(f"orientation {code}: the model learned from {', '.join(ranges.orientations)}")
    for channel in card.channels:
        volume = volumes.get(channel.name)
        if volume is None:
            continue
        if volume.modality not in {channel.modality, *_UNKNOWN}:
            found.append(f"channel {channel.name} is a {volume.modality}: the model learned from {channel.modality}")
        found += _intensities(channel.name, volume, ranges.intensities.get(channel.name, {}))
    return tuple(found)


def _lengths(what: str, got: Sequence[float], ranges: tuple[tuple[float, float], ...] | None) -> list[str]:
    if ranges is None:
        return []
    return [
        f"{what} {value:.2f} mm along {axis}: the model learned from {low:.2f} to {high:.2f} mm"
        for axis, value, (low, high) in zip("ijk", got, ranges, strict=True)
        if not low * (1 - _SLACK) <= value <= high * (1 + _SLACK)
    ]


def _intensities(name: str, volume: Volume, ranges: Mapping[str, tuple[float, float]]) -> list[str]:
    """Say which quantiles are off: at most one line, the worst."""
    worst, line = 0.0, ""
    for quantile, (low, high) in ranges.items():
        value = float(np.quantile(volume.array, float(quantile)))
        width = max(high - low, 1e-6 + 0.01 * max(abs(low), abs(high)))
        off = max(low - value, value - high) / width
        if off > max(_INTENSITY_SLACK, worst):
            worst = off
            line = (
                f"intensities of {name}: {100 * float(quantile):g} % of the voxels are below {value:.4g}, "
                f"in training below {low:.4g} to {high:.4g}"
            )
    return [line] if line else []


def _quantiles(volume: Volume) -> list[float]:
    return [float(v) for v in np.quantile(volume.array, [float(q) for q in QUANTILES])]


def _field(volume: Volume) -> tuple[float, float, float]:
    i, j, k = (n * s for n, s in zip(volume.shape[::-1], volume.spacing_mm, strict=True))
    return i, j, k


def _ranges(values: np.ndarray) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    i, j, k = ((float(column.min()), float(column.max())) for column in values.T)
    return i, j, k
