"""Which values may be lesion, learnt near the seeds and from what the modality's units mean.

CT: soft tissue around the seeds' median. Fat, bone, air and blood full of contrast fall outside by themselves; a seed
in an air-filled bronchus or cavity does not count. Where nothing near the seeds is soft tissue (ground glass, bone)
their own values count.

A small nodule in lung is another matter: partial volume makes all of it fainter, so that half way between its own
brightest value and the lung around it is its border.

PET: everything above a share of the hottest uptake near a seed, on average over the seeds. Other images: what is like
the values near the seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Tissue", "learn_nodule", "learn_tissue"]

_SOFT_HU = (-150.0, 250.0)  # from below fat's -100 to above enhanced vessels
_SOFT_SHARE = 0.25
_LIKE_HU = 200.0
_NOISE_HU = 15.0
_BELOW_HU = 60.0
_ABOVE_HU = 80.0
_LUNG_EDGE_HU = -400.0  # half way from lung, about -850, to soft tissue, about 50
_PET_SHARE = 0.41  # share of SUVmax: Boellaard R et al., EANM procedure guidelines 2.0, EJNMMI 2015;42:328-354
_PET_EDGE = 0.1
_BAY_SHARE = 0.5
_AERATED_HU = -600.0  # below is lung
_AERATED_SHARE = 0.2  # of the surroundings of a nodule in lung; the wall may be near
_NODULE_HU = -500.0  # a nodule this faint is ground glass, or not there
_NODULE_EDGE = 0.1
_DEVIATIONS = 4.0
_DECAY_MM = 30.0


@dataclass(frozen=True)
class Tissue:
    """The values of a lesion's tissue.

    ``low`` to ``high`` may be lesion; ``spread`` is the difference of neighbours that counts as an edge; ``edge`` is
    the value half way to the air around the lesion, None where the image has no such thing; ``decay_mm`` is how far a
    random walker gets before it gives up, infinite where the values alone tell lesion from what is around it; below
    ``bay`` a bay of the surface is not filled.
    """

    low: float
    high: float
    spread: float
    edge: float | None = None
    decay_mm: float = _DECAY_MM
    bay: float = -np.inf

    @property
    def tells_alone(self) -> bool:
        """Whether the values alone tell lesion from what is around it."""
        return bool(np.isinf(self.decay_mm))

    def holds(self, image: np.ndarray) -> np.ndarray:
        """Tell for each value whether it may be lesion."""
        return (image >= self.low) & (image <= self.high)


def learn_tissue(samples: Sequence[np.ndarray], modality: str, at_seeds: np.ndarray) -> Tissue:
    """Learn the lesion's tissue from the smoothed values (n,), n > 0, around each of the inside seeds and at them."""
    values = np.concatenate(list(samples))
    if modality == "CT":
        return _learn_ct(values, at_seeds)
    if modality == "PT":
        return _learn_pet(samples)
    middle, spread = _middle_and_spread(values)
    spread = max(spread, 0.05 * abs(middle), 1e-6)
    return Tissue(middle - _DEVIATIONS * spread, middle + _DEVIATIONS * spread, spread)


def learn_nodule(samples: Sequence[np.ndarray], around: np.ndarray) -> Tissue | None:
    """Learn a small nodule's values on CT from those close to each seed and those of its surroundings.

    None where the seeds are in no nodule in lung: one is too faint, or too little around is aerated.
    """
    tops = np.array([values.max() for values in samples])
    aerated = around[around < _AERATED_HU]
    if tops.min() < _NODULE_HU or aerated.size < _AERATED_SHARE * around.size:
        return None
    top, lung = float(tops.mean()), float(np.median(aerated))
    return Tissue((min(top, _SOFT_HU[1]) + lung) / 2.0, np.inf, _NODULE_EDGE * (top - lung), decay_mm=np.inf)


def _learn_pet(samples: Sequence[np.ndarray]) -> Tissue:
    top = float(np.mean([values.max() for values in samples]))
    low = _PET_SHARE * top
    return Tissue(low, np.inf, max(_PET_EDGE * abs(top), 1e-6), decay_mm=np.inf, bay=_BAY_SHARE * low)


def _learn_ct(values: np.ndarray, at_seeds: np.ndarray) -> Tissue:
    soft = values[_is_soft(values)]
    is_soft = soft.size >= _SOFT_SHARE * values.size or (soft.size > 0 and bool(_is_soft(at_seeds).any()))
    middle, spread = _middle_and_spread(soft if is_soft else _like(values, at_seeds))
    spread = max(spread, _NOISE_HU)
    above = max(_ABOVE_HU, _DEVIATIONS * spread)
    below = _BELOW_HU if is_soft else above
    return Tissue(middle - below, middle + above, spread, _LUNG_EDGE_HU if is_soft else None)


def _like(values: np.ndarray, at_seeds: np.ndarray) -> np.ndarray:
    """Keep the values like those at the seeds, so that lung around ground glass does not count."""
    return values[np.abs(values - np.median(at_seeds)) <= _LIKE_HU] if at_seeds.size else values


def _is_soft(values: np.ndarray) -> np.ndarray:
    return (values > _SOFT_HU[0]) & (values < _SOFT_HU[1])


def _middle_and_spread(values: np.ndarray) -> tuple[float, float]:
    middle = float(np.median(values))
    return middle, float(1.4826 * np.median(np.abs(values - middle)))  # MAD to standard deviation
