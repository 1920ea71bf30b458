"""What passes from one harmonisation step to the next, and what a step is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from oncologyai.errors import ModalityError, UnitsError
from oncologyai.harmonize.trail import GeometricRecord, Trail
from oncologyai.types import Volume

__all__ = ["State", "Step"]

_AIR_HU = -1000.0


@dataclass(frozen=True, eq=False)
class State:
    """An image on its way.

    ``source`` is the input, never changed; ``air`` is what air (or nothing) is in ``volume`` now, ``bone_air`` in
    ``bone``; ``limits`` is the range that the last windowing left.
    """

    source: Volume
    volume: Volume
    trail: Trail
    air: float
    bone: Volume | None = None
    bone_air: float = 0.0
    limits: tuple[float, float] | None = None
    flags: tuple[str, ...] = ()

    @classmethod
    def start(cls, volume: Volume) -> State:
        """Begin with an image as it is; nothing is -1000 in a CT and 0 elsewhere."""
        return cls(volume, volume, Trail.start(volume), _AIR_HU if volume.unit == "HU" else 0.0)

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
        return replace(self, volume=volume, bone=bone, trail=trail)

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
