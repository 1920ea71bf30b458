"""Which values may be lesion, learnt near the seeds and from what the modality's units mean.

CT: soft tissue around the seeds' median. Fat, bone, air and blood full of contrast fall outside by themselves; a seed
in an air-filled bronchus or cavity does not count. Where nothing near the seeds is soft tissue (ground glass, bone)
their own values count.

PET: everything above a share of the hottest uptake near the seeds. Other images: values near the seeds' own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Tissue", "learn_tissue"]

_SOFT_HU = (-150.0, 250.0)  # from below fat's -100 to above enhanced vessels
_SOFT_SHARE = 0.25
_NOISE_HU = 15.0
_BELOW_HU = 60.0
_ABOVE_HU = 80.0
_LUNG_EDGE_HU = -400.0  # half way from lung, about -850, to soft tissue, about 50
_PET_SHARE = 0.41  # share of SUVmax: Boellaard R et al., EANM procedure guidelines 2.0, EJNMMI 2015;42:328-354
_DEVIATIONS = 4.0


@dataclass(frozen=True)
class Tissue:
    """The values of a lesion's tissue.

    ``low`` to ``high`` may be lesion; ``spread`` is the difference of neighbours that counts as an edge; ``edge`` is
    the value half way to the air around the lesion, None where the image has no such thing.
    """

    low: float
    high: float
    spread: float
    edge: float | None = None

    def holds(self, image: np.ndarray) -> np.ndarray:
        """Tell for each value whether it may be lesion."""
        return (image >= self.low) & (image <= self.high)


def learn_tissue(values: np.ndarray, modality: str) -> Tissue:
    """Learn the lesion's tissue from the smoothed ``values`` (n,) near the inside seeds, n > 0."""
    if modality == "CT":
        return _learn_ct(values)
    if modality == "PT":
        top = float(values.max())
        return Tissue(_PET_SHARE * top, np.inf, 0.1 * abs(top) + 1e-6)
    middle, spread = _middle_and_spread(values)
    spread = max(spread, 0.05 * abs(middle), 1e-6)
    return Tissue(middle - _DEVIATIONS * spread, middle + _DEVIATIONS * spread, spread)


def _learn_ct(values: np.ndarray) -> Tissue:
    soft = values[(values > _SOFT_HU[0]) & (values < _SOFT_HU[1])]
    is_soft = soft.size >= _SOFT_SHARE * values.size
    middle, spread = _middle_and_spread(soft if is_soft else values)
    spread = max(spread, _NOISE_HU)
    above = max(_ABOVE_HU, _DEVIATIONS * spread)
    below = _BELOW_HU if is_soft else above
    return Tissue(middle - below, middle + above, spread, _LUNG_EDGE_HU if is_soft else None)


def _middle_and_spread(values: np.ndarray) -> tuple[float, float]:
    middle = float(np.median(values))
    return middle, float(1.4826 * np.median(np.abs(values - middle)))  # MAD to standard deviation
