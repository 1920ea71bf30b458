"""White stripe: MR intensities in units of normal-appearing white matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, signal

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import EmptyMaskError
from oncologyai.harmonize.state import WHERE, State

__all__ = ["NormaliseWhiteStripe"]

_BINS = 256
_BLUR_BINS = 4.0
_PEAK_SHARE = 0.05  # a tissue's peak stands out by at least this share of the highest
_TAIL = 99.5  # percentile above which values are vessels and artefacts


@dataclass(frozen=True)
class NormaliseWhiteStripe:
    """Subtract the mean of the white stripe and divide by its deviation.

    The stripe are the values of white matter: those whose rank lies within ``width`` of the rank of white matter's
    peak in the smoothed histogram, the last peak of a T1-weighted image, the largest of a T2-weighted one.

    Parameters
    ----------
    contrast : str
        ``T1`` or ``T2`` (FLAIR is a T2).
    width : float
        Half the stripe's width as a share of all values.
    where : str
        What the histogram is of, see ``WHERE``: a brain without skull, if there is one; in a head with its skull the
        last peak may be fat.

    Raises
    ------
    InputError
        If a value is not one of those, or out of range.
    EmptyMaskError
        On ``apply``, if all values are the same.

    References
    ----------
    .. [1] Shinohara RT et al. Statistical normalization techniques for MRI. NeuroImage Clin 2014;6:9. Smoothing,
       tail and the least height of a peak are ours.
    """

    contrast: str = "T1"
    width: float = 0.05  # Shinohara et al., tau
    where: str = "region or foreground"

    def __post_init__(self) -> None:
        check_choice(self.contrast, ("T1", "T2"), "contrast")
        check_range(self.width, 0.001, 0.5, "width")
        check_choice(self.where, WHERE, "where")

    def apply(self, state: State) -> State:
        """Normalise, float32."""
        values = np.sort(state.volume.array[state.chosen(self.where)].astype(np.float64))
        if values[0] == values[-1]:
            raise EmptyMaskError("white stripe", expected="an image with tissues in it", got="one value throughout")
        peak = float(np.searchsorted(values, self._peak(values))) / len(values)
        first, last = np.quantile(values, [max(0.0, peak - self.width), min(1.0, peak + self.width)])
        stripe = values[(values >= first) & (values <= last)]
        mean, deviation = float(stripe.mean()), float(stripe.std(ddof=1)) if len(stripe) > 1 else 0.0
        scale = 1.0 / deviation if deviation > 0 else 1.0
        scaled = ((state.volume.array.astype(np.float64) - mean) * scale).astype(np.float32)
        return state.with_values(scaled, air=(state.air - mean) * scale, limits=None).in_arbitrary_units()

    def _peak(self, values: np.ndarray) -> float:
        """Give the value at white matter's peak."""
        tail = float(np.percentile(values, _TAIL))
        kept = values[values <= tail]
        margin = (tail - values[0]) / 8 or 1.0
        counts, edges = np.histogram(kept, bins=_BINS, range=(values[0] - margin, tail + margin))
        smooth = ndimage.gaussian_filter1d(counts.astype(np.float64), _BLUR_BINS, mode="constant")
        peaks, _ = signal.find_peaks(smooth, prominence=_PEAK_SHARE * smooth.max())
        if not len(peaks):
            peaks = np.array([int(smooth.argmax())])
        found = int(peaks[-1] if self.contrast == "T1" else peaks[np.argmax(smooth[peaks])])
        return float((edges[found] + edges[found + 1]) / 2)
