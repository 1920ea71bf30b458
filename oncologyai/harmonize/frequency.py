"""The energy of frequency bands brought to a reference (patent, claim 9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.harmonize.state import State
from oncologyai.types import Volume

__all__ = ["NormaliseFrequencyBands", "band_shares"]

_EDGES_PER_MM = (0.0, 0.05, 0.1, 0.2, 0.5)  # cycles a mm; 0.5 is the limit of 1 mm pixels


@dataclass(frozen=True)
class NormaliseFrequencyBands:
    """Scale frequency bands within the slices so that each holds the reference's share of the energy. Off by default.

    Parameters
    ----------
    reference : tuple of float
        Share of each band in the energy, as ``band_shares`` gives it for a reference image; they are scaled to sum 1.
    edges_per_mm : tuple of float
        Borders of the bands in cycles a mm, ascending; one more than shares. The last band has no upper limit.
    largest_gain : float
        No band is raised or lowered in amplitude by more than this factor.

    Raises
    ------
    InputError
        If the shares are not positive, the edges do not ascend, or their numbers do not fit.
    """

    reference: tuple[float, ...]
    edges_per_mm: tuple[float, ...] = _EDGES_PER_MM
    largest_gain: float = 2.0

    def __post_init__(self) -> None:
        _check_edges(self.edges_per_mm)
        if len(self.reference) != len(self.edges_per_mm) - 1 or min(self.reference) <= 0:
            expected = f"{len(self.edges_per_mm) - 1} shares above 0"
            raise InputError("reference", expected=expected, got=str(self.reference))
        if not self.largest_gain >= 1.0:
            raise InputError("largest_gain", expected="a number of at least 1", got=f"{self.largest_gain}")

    def apply(self, state: State) -> State:
        """Scale the bands, float32; each slice keeps its mean, and a constant image stays as it is."""
        shares = np.array(band_shares(state.volume, self.edges_per_mm))
        wanted = np.array(self.reference) / sum(self.reference)
        gain = np.sqrt(np.divide(wanted, shares, out=np.ones_like(wanted), where=shares > 0))
        gain = np.clip(gain, 1.0 / self.largest_gain, self.largest_gain)
        bands = _bands(state.volume, self.edges_per_mm)
        factor = gain[bands]
        factor[0, 0] = 1.0
        out = np.empty(state.volume.shape, dtype=np.float32)
        for k, image in enumerate(state.volume.array):
            out[k] = np.fft.irfft2(np.fft.rfft2(image.astype(np.float64)) * factor, s=image.shape)
        return state.with_values(out, air=state.air, limits=state.limits)


def band_shares(volume: Volume, edges_per_mm: tuple[float, ...] = _EDGES_PER_MM) -> tuple[float, ...]:
    """Give each frequency band's share of the energy within the slices, the mean of each slice left out.

    Parameters
    ----------
    volume : Volume
        Any image.
    edges_per_mm : tuple of float
        Borders of the bands in cycles a mm, ascending; the last band has no upper limit.

    Returns
    -------
    tuple of float
        One share a band, of sum 1; zeros for a constant image.

    Raises
    ------
    InputError
        If the edges do not ascend from 0.
    """
    _check_edges(edges_per_mm)
    bands = _bands(volume, edges_per_mm)
    columns = volume.shape[2]
    twice = np.full(columns // 2 + 1, 2.0)  # rfft2 leaves out the mirrored half of the spectrum
    twice[0] = 1.0
    if columns % 2 == 0:
        twice[-1] = 1.0
    energy = np.zeros(len(edges_per_mm) - 1)
    for image in volume.array:
        power = np.abs(np.fft.rfft2(image.astype(np.float64))) ** 2 * twice
        power[0, 0] = 0.0
        energy += np.bincount(bands.ravel(), weights=power.ravel(), minlength=len(energy))
    total = energy.sum()
    return tuple(float(e) for e in (energy / total if total > 0 else energy))


def _bands(volume: Volume, edges_per_mm: tuple[float, ...]) -> np.ndarray:
    """Number the band of each coefficient of ``rfft2``."""
    _, rows, columns = volume.shape
    _, row_mm, column_mm = volume.sampling_mm
    radius = np.hypot(np.fft.fftfreq(rows, row_mm)[:, None], np.fft.rfftfreq(columns, column_mm)[None, :])
    return np.digitize(radius, edges_per_mm[1:-1])


def _check_edges(edges_per_mm: tuple[float, ...]) -> None:
    if len(edges_per_mm) < 2 or edges_per_mm[0] != 0.0 or np.any(np.diff(edges_per_mm) <= 0):
        raise InputError("edges_per_mm", expected="numbers ascending from 0", got=str(edges_per_mm))
