"""Presets: named chains of steps."""

from __future__ import annotations

from dataclasses import dataclass

from oncologyai.errors import InputError, ModalityError, UnitsError
from oncologyai.harmonize.artefacts import FlagArtefacts
from oncologyai.harmonize.geometry import CropOrPad, Reorient, ResampleInPlane
from oncologyai.harmonize.intensity import Discretise, NormaliseRange
from oncologyai.harmonize.mr import NormaliseFat, NormalisePercentile
from oncologyai.harmonize.state import Step
from oncologyai.harmonize.window import KeepBoneWindow, Window
from oncologyai.types import Volume

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True)
class Preset:
    """A named chain of steps and what it may be given.

    Parameters
    ----------
    name, description : str
        What users choose by.
    steps : tuple of Step
        In the order taken.
    modality : str
        The DICOM modality that it is for; empty for any.
    units : tuple of str
        The units that it is for; empty for any.

    Raises
    ------
    InputError
        If ``name`` is empty.
    """

    name: str
    description: str
    steps: tuple[Step, ...]
    modality: str = ""
    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise InputError("name", expected="a preset's name", got="an empty text")

    def check(self, volume: Volume) -> None:
        """Raise ModalityError or UnitsError unless the preset is for such an image."""
        if self.modality and volume.modality != self.modality:
            raise ModalityError(
                "preset",
                expected=f"modality {self.modality} for {self.name}",
                got=f"modality {volume.modality}",
                remedy="choose another preset: " + ", ".join(PRESETS),
            )
        if self.units and volume.unit not in self.units:
            raise UnitsError("preset", expected=f"{' or '.join(self.units)} for {self.name}", got=f"unit {volume.unit}")


_LUNG_CT = Preset(
    "lung-ct",
    "Lung CT as published with the NSCLC network (ch. 6, Image preprocessing): lung window, 1 mm pixels, "
    "bins of 25 HU in 8 bits, 512x512, the bone window kept",
    (
        Reorient("LPS"),
        Window(1500.0, -600.0),  # ch. 6, Image preprocessing
        ResampleInPlane(1.0),  # ch. 6, Image preprocessing
        KeepBoneWindow(1800.0, 400.0),  # ch. 6, Image preprocessing
        Discretise(25.0),  # published with the weights of ch. 6
        CropOrPad(512, 512),  # ch. 6, Image preprocessing
        FlagArtefacts(),
    ),
    "CT",
    ("HU",),
)
_MR_PERCENTILE = Preset(
    "mr-percentile", "MR: 1st to 99th percentile of the patient to 0-1", (NormalisePercentile(),), "MR"
)
_MR_FAT = Preset("mr-fat", "T1-weighted MR without fat suppression: fat to 1", (NormaliseFat(),), "MR")
_PET_SUV = Preset(
    "pet-suv",
    "PET: SUV 0-20 to 0-1",
    (NormaliseRange((0.0, 20.0)),),
    "PT",
    ("SUVbw", "SUVlbm", "SUVbsa"),
)
_NONE = Preset("none", "The image as it is", ())

PRESETS: dict[str, Preset] = {p.name: p for p in (_LUNG_CT, _MR_PERCENTILE, _MR_FAT, _PET_SUV, _NONE)}
