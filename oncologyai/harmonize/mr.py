"""Intensity normalisation of images without a unit, MR above all: by robust percentiles, or by fat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, signal
from skimage.filters import threshold_otsu

from oncologyai._checks import check_positive, check_range
from oncologyai.errors import EmptyMaskError, InputError, ModalityError
from oncologyai.harmonize.state import State
from oncologyai.types import Volume

__all__ = ["NormaliseFat", "NormalisePercentile", "fat_level"]

_HISTOGRAM_BINS = 256
_HISTOGRAM_BLUR_BINS = 4.0
_PEAK_SHARE = 0.03  # a tissue's peak stands out by at least this share of the highest


@dataclass(frozen=True)
class NormalisePercentile:
    """Map two percentiles of the patient's voxels onto a reference range, and clip.

    Parameters
    ----------
    low, high : float
        Percentiles, 1 and 99.
    reference : tuple of float
        What they become.
    foreground : bool
        Whether the percentiles are those of the voxels above Otsu's threshold only, without the air.

    Raises
    ------
    InputError
        If the percentiles or the reference do not ascend.
    """

    low: float = 1.0
    high: float = 99.0
    reference: tuple[float, float] = (0.0, 1.0)
    foreground: bool = True

    def __post_init__(self) -> None:
        check_range(self.low, 0.0, 100.0, "low")
        check_range(self.high, self.low, 100.0, "high")
        if not (self.low < self.high and self.reference[0] < self.reference[1]):
            raise InputError("reference", expected="ascending percentiles and range", got=str(self))

    def apply(self, state: State) -> State:
        """Map, float32; a constant image becomes the reference's lower end."""
        array = state.volume.array.astype(np.float32)
        chosen = array[_foreground(array)] if self.foreground else array
        low, high = (float(v) for v in np.percentile(chosen, [self.low, self.high]))
        share = (array - low) / (high - low) if high > low else np.zeros_like(array)
        first, last = self.reference
        mapped = (first + np.clip(share, 0.0, 1.0) * (last - first)).astype(np.float32)
        return state.with_values(mapped, air=first, limits=self.reference).in_arbitrary_units()


@dataclass(frozen=True)
class NormaliseFat:
    """Divide by the brightness of fat, so that fat is the same in every image.

    Parameters
    ----------
    target : float
        What fat becomes.
    level : float, optional
        Fat's brightness where it is known, for instance from a drawn region; default ``fat_level`` of the image.

    Raises
    ------
    InputError
        If a value is not above 0.
    ModalityError
        On ``apply``, if the image is not an MR.
    """

    target: float = 1.0
    level: float | None = None

    def __post_init__(self) -> None:
        check_positive(self.target, "target")
        if self.level is not None:
            check_positive(self.level, "level")

    def apply(self, state: State) -> State:
        """Scale, float32; zero stays zero."""
        if state.source.modality != "MR":
            raise ModalityError("fat normalisation", expected="an MR image", got=f"modality {state.source.modality}")
        level = self.level or fat_level(state.volume)
        scaled = state.volume.array.astype(np.float32) * np.float32(self.target / level)
        return state.with_values(scaled, air=0.0, limits=None).in_arbitrary_units()


def fat_level(volume: Volume) -> float:
    """Estimate fat's brightness in a T1-weighted image: the brightest peak of the patient's histogram.

    Parameters
    ----------
    volume : Volume
        T1-weighted MR without fat suppression, with subcutaneous fat in view.

    Returns
    -------
    float
        Place of the brightest peak in the smoothed histogram of the foreground (above Otsu's threshold).

    Raises
    ------
    EmptyMaskError
        If the image is constant, so that there is no foreground.
    """
    array = volume.array.astype(np.float32)
    inside = array[_foreground(array)]
    low, high = (float(v) for v in np.percentile(inside, [0.0, 99.9]))
    if float(array.min()) == float(array.max()) or high <= 0:
        raise EmptyMaskError("volume", expected="an image with a patient in it", got="constant or negative values")
    margin = (high - low) / 8 + float(np.finfo(np.float32).eps)
    counts, edges = np.histogram(inside, bins=_HISTOGRAM_BINS, range=(low - margin, high + margin))
    smooth = ndimage.gaussian_filter1d(counts.astype(np.float64), _HISTOGRAM_BLUR_BINS, mode="constant")
    peaks, _ = signal.find_peaks(smooth, prominence=_PEAK_SHARE * smooth.max())
    peak = int(peaks[-1]) if len(peaks) else int(smooth.argmax())
    return float((edges[peak] + edges[peak + 1]) / 2)


def _foreground(array: np.ndarray) -> np.ndarray:
    """Mark what is above Otsu's threshold; everything in a constant image."""
    if float(array.min()) == float(array.max()):
        return np.ones(array.shape, dtype=bool)
    return array > threshold_otsu(array)
