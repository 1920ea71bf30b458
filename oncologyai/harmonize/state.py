"""What passes from one harmonisation step to the next, and what a step is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from skimage.filters import threshold_otsu

from oncologyai._checks import check_choice
from oncologyai.errors import EmptyMaskError, ModalityError, UnitsError
from oncologyai.harmonize.trail import GeometricRecord, Trail
from oncologyai.types import Mask, Volume

__all__ = ["WHERE", "State", "Step"]

_AIR_HU = -1000.0

WHERE: dict[str, str] = {
    "image": "the whole image",
    "region": "the region that was given",
    "foreground": "what lies above Otsu's threshold",
    "region or image": "the region where one was given, else the whole image",
    "region or foreground": "the region where one was given, else what lies above Otsu's threshold",
}
"""What the statistics of a step may be taken from."""


@dataclass(frozen=True, eq=False)
class State:
    """An image on its way.

    ``source`` is the input, never changed; ``air`` is what air (or nothing) is in ``volume`` now, ``bone_air`` in
    ``bone``; ``limits`` is the range that the last windowing left; ``region``, on the grid of ``volume``, is what
    statistics may be taken from.
    """

    source: Volume
    volume: Volume
    trail: Trail
    air: float
    bone: Volume | None = None
    bone_air: float = 0.0
    limits: tuple[float, float] | None = None
    flags: tuple[str, ...] = ()
    region: Mask | None = None

    @classmethod
    def start(cls, volume: Volume, region: Mask | None = None) -> State:
        """Begin with an image as it is; nothing is -1000 in a CT and 0 elsewhere."""
        air = _AIR_HU if volume.unit == "HU" else 0.0
        return cls(volume, volume, Trail.start(volume), air, region=region)

    def chosen(self, where: str) -> np.ndarray:
        """Mark the voxels of ``WHERE``, shape (k, j, i).

        Raises
        ------
        EmptyMaskError
            If the region is wanted and none was given, or nothing is left of it.
        """
        check_choice(where, WHERE, "where")
        if where.startswith("region") and self.region is not None:
            if self.region.is_empty:
                raise EmptyMaskError(self.region.label, expected="a region with voxels", got="none")
            return self.region.array
        if where == "region":
            raise EmptyMaskError("region", expected="a region to take statistics from", got="none", remedy="give one")
        array = self.volume.array
        if where.endswith("image") or float(array.min()) == float(array.max()):
            return np.ones(array.shape, dtype=np.bool_)
        above: np.ndarray = array > threshold_otsu(array)
        return above

    def flag(self, text: str) -> State:
        """Add a remark for the reader of the result."""
        return replace(self, flags=(*self.flags, text))

    def with_values(self, array: np.ndarray, *, air: float, limits: tuple[float, float] | None) -> State:
        """Replace the values; the unit stays."""
        return replace(self, volume=self.volume.with_array(array), air=air, limits=limits)

    def in_arbitrary_units(self) -> State:
        """Say that the values have lost their unit."""
        return replace(self, volume=replace(self.volume, unit="arbitrary"))

    def moved(self, record: GeometricRecord) -> State:
        """Take a geometric step with the image and the bone image; their slices are no longer those of the files."""
        array = record.forward(self.volume.array, self.air)
        k, j, i = array.shape
        trail = self.trail.then(record, (k, j, i))
        volume = replace(self.volume, array=array, ijk_to_ras=trail.ijk_to_ras, dicom=None)
        bone = self.bone
        if bone is not None:
            array = record.forward(bone.array, self.bone_air)
            bone = replace(bone, array=array, ijk_to_ras=trail.ijk_to_ras, dicom=None)
        region = self.region
        if region is not None:
            region = replace(region, array=record.forward(region.array, False), ijk_to_ras=trail.ijk_to_ras)
        return replace(self, volume=volume, bone=bone, trail=trail, region=region)

    def require_hu(self, step: str) -> None:
        """Raise ModalityError or UnitsError unless the input is a CT in HU."""
        if self.source.modality != "CT":
            raise ModalityError(step, expected="a CT image", got=f"modality {self.source.modality}")
        if self.source.unit != "HU":
            raise UnitsError(step, expected="Hounsfield units", got=f"unit {self.source.unit}")


class Step(Protocol):
    """One option of a preset: a frozen dataclass whose fields are its settings."""

    def apply(self, state: State) -> State:
        """Do the step."""
