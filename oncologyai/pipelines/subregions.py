"""Parts of lesions that features are made of besides the lesions: solid, ground glass, the ring around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oncologyai.measure import MeasureConfig, peritumoral_ring, split_solid
from oncologyai.types import Mask, Volume

__all__ = ["SubregionConfig", "subregions"]


@dataclass(frozen=True)
class SubregionConfig:
    """Which parts to make of each lesion.

    Parameters
    ----------
    solid : bool
        Solid and ground-glass part, of a CT in HU.
    solid_hu : float
        From which value a voxel is solid.
    ring_mm : float, >= 0
        How far a peritumoral ring reaches out; with ``ring_inside_mm`` 0, none.
    ring_inside_mm : float, >= 0
        How far it reaches into the lesion.
    """

    solid: bool = False
    solid_hu: float = MeasureConfig.solid_hu
    ring_mm: float = 0.0
    ring_inside_mm: float = 0.0


def subregions(
    volume: Volume, masks: Sequence[Mask], config: SubregionConfig, *, within: Mask | None = None
) -> tuple[tuple[Mask, ...], tuple[str, ...]]:
    """Give every lesion followed by its parts, and notes on parts without a voxel, which are left out.

    ``within`` keeps the ring's outer part in an organ.

    Raises
    ------
    ModalityError, UnitsError
        If solid parts are wanted of an image that is not a CT in HU.
    GeometryMismatchError
        If a mask is on another grid.
    InputError
        If a distance or the threshold is out of its range.
    """
    found: list[Mask] = []
    notes = []
    for mask in masks:
        parts = list(split_solid(mask, volume, solid_hu=config.solid_hu)) if config.solid else []
        if config.ring_mm != 0.0 or config.ring_inside_mm != 0.0:
            ring = {"outside_mm": config.ring_mm, "inside_mm": config.ring_inside_mm}
            parts.append(peritumoral_ring(mask, **ring, within=within))
        found.append(mask)
        found += [part for part in parts if not part.is_empty]
        notes += [f"{part.label}: no voxel" for part in parts if part.is_empty]
    return tuple(found), tuple(notes)
