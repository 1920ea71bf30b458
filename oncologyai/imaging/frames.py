"""What each image plane of a DICOM file is: place, size, rescaling; classic and multi-frame files alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from pydicom import Dataset

from oncologyai.imaging.headers import number_of, numbers_of, text_of

__all__ = ["Frame", "frames_of"]

# Attributes that tell planes at one place apart: several of these mean several images in one series
# (PS3.3 MR Image, Enhanced MR Image, CT Image, PET Image, Multi-frame Functional Groups).
_DIMENSIONS = (
    "TemporalPositionIdentifier", "TemporalPositionIndex", "DiffusionBValue", "DiffusionGradientOrientation",
    "EchoTime", "EffectiveEchoTime", "EchoNumbers", "InversionTime", "TriggerTime",
    "NominalCardiacTriggerDelayTime", "NominalPercentageOfCardiacPhase", "FrameReferenceTime", "AcquisitionNumber",
    "ConvolutionKernel", "KVP", "ImageType", "FrameType", "ComplexImageComponent", "StackID", "ContrastBolusAgent",
)  # fmt: skip
# The same for NM, one number a frame (PS3.3 NM Multi-frame).
_VECTORS = ("EnergyWindowVector", "PhaseVector", "RRIntervalVector", "TimeSlotVector", "TimeSliceVector")

_UNKNOWN_PAIR = (float("nan"), float("nan"))


@dataclass(frozen=True, eq=False)
class Frame:
    """One image plane.

    ``number`` is 1-based, 0 in a file of one image. ``size`` is (rows, columns); ``spacing_mm`` the distance of
    rows and of columns, Pixel Spacing (0028,0030). ``position`` (3,) is the first pixel's centre and
    ``orientation`` (2, 3) the directions of a row and of a column, both LPS; nan where the file gives none, as is
    an unknown spacing.
    Stored values times ``slope`` plus ``intercept`` are what the file means; ``rescaled`` tells whether it says so,
    ``rescale_type`` in which unit (0028,1054).
    """

    path: str
    number: int
    sop_uid: str
    size: tuple[int, int]
    spacing_mm: tuple[float, float]
    position: np.ndarray
    orientation: np.ndarray
    thickness_mm: float | None
    slope: float = 1.0
    intercept: float = 0.0
    rescaled: bool = False
    rescale_type: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_placed(self) -> bool:
        """Whether the file says where the plane lies."""
        return bool(np.isfinite(self.position).all() and np.isfinite(self.orientation).all())

    @property
    def has_spacing(self) -> bool:
        """Whether the file says how large a pixel is."""
        return self.spacing_mm[0] > 0


def frames_of(header: Dataset, path: str) -> list[Frame]:
    """List the image planes of one file, in its order.

    Parameters
    ----------
    header : Dataset
        All attributes before the pixel data.
    path : str
        Where it was read.

    Returns
    -------
    list of Frame
        One for a classic file, Number of Frames (0028,0008) for a multi-frame one.
    """
    count = int(number_of(header, "NumberOfFrames") or 1)
    several = "NumberOfFrames" in header and (count > 1 or "PerFrameFunctionalGroupsSequence" in header)
    frames = []
    for index in range(count):
        layers = (*_functional_groups(header, index), header)
        frames.append(_frame(layers, path, index, several))
    return frames


def _functional_groups(header: Dataset, index: int) -> tuple[Dataset, ...]:
    """Give a frame's own and the shared functional groups, each flattened to one data set (PS3.3 C.7.6.16)."""
    groups = []
    per_frame = header.get("PerFrameFunctionalGroupsSequence") or []
    shared = header.get("SharedFunctionalGroupsSequence") or []
    for item in (*per_frame[index : index + 1], *shared[:1]):
        flat = Dataset()
        for element in item:
            if element.VR == "SQ" and element.value:
                flat.update(element.value[0])
        groups.append(flat)
    return tuple(groups)


def _frame(layers: tuple[Dataset, ...], path: str, index: int, several: bool) -> Frame:
    header = layers[-1]
    position, orientation = _place(layers, index)
    slope, intercept = _first(layers, "RescaleSlope"), _first(layers, "RescaleIntercept")
    if slope is None:
        slope = _first(layers, "DoseGridScaling")
    return Frame(
        path=path,
        number=index + 1 if several else 0,
        sop_uid=text_of(header, "SOPInstanceUID"),
        size=(int(number_of(header, "Rows") or 0), int(number_of(header, "Columns") or 0)),
        spacing_mm=_pair(layers, "PixelSpacing") or _pair(layers, "ImagerPixelSpacing") or _UNKNOWN_PAIR,
        position=position,
        orientation=orientation,
        thickness_mm=_first(layers, "SliceThickness"),
        slope=1.0 if slope is None else slope,
        intercept=intercept or 0.0,
        rescaled=slope is not None or intercept is not None,
        rescale_type=next((t for d in layers if (t := text_of(d, "RescaleType"))), ""),
        dimensions=_dimensions(layers, index),
    )


def _dimensions(layers: tuple[Dataset, ...], index: int) -> dict[str, str]:
    found = {k: next((t for d in layers if (t := text_of(d, k))), "") for k in _DIMENSIONS}
    for keyword in _VECTORS:
        vector = numbers_of(layers[-1], keyword)
        found[keyword] = f"{vector[index]:g}" if vector is not None and index < len(vector) else ""
    return {keyword: text for keyword, text in found.items() if text}


def _place(layers: tuple[Dataset, ...], index: int) -> tuple[np.ndarray, np.ndarray]:
    unknown = np.full(3, np.nan), np.full((2, 3), np.nan)
    header = layers[-1]
    if text_of(header, "Modality") == "NM" and "RECON" not in text_of(header, "ImageType"):
        return unknown  # a planar view: what stands there is the detector's place, not a slice's
    detectors = header.get("DetectorInformationSequence") or []
    searched = (*layers, *detectors[:1])
    position = next((p for d in searched if (p := numbers_of(d, "ImagePositionPatient", 3))), None)
    cosines = next((o for d in searched if (o := numbers_of(d, "ImageOrientationPatient", 6))), None)
    if position is None or cosines is None:
        return unknown
    orientation = np.array(cosines).reshape(2, 3)
    lengths = np.linalg.norm(orientation, axis=1, keepdims=True)
    if not np.allclose(lengths, 1.0, atol=0.01) or abs(orientation[0] @ orientation[1]) > 0.01:
        return unknown
    orientation = orientation / lengths
    place = np.array(position) + _offset_mm(header, index) * np.cross(*orientation)
    return place, orientation


def _offset_mm(header: Dataset, index: int) -> float:
    """Distance of a frame from the first where one position stands for all: dose grids and tomographic NM."""
    if "PerFrameFunctionalGroupsSequence" in header:
        return 0.0
    offsets = numbers_of(header, "GridFrameOffsetVector")
    if offsets is not None and index < len(offsets):
        return offsets[index] - offsets[0]
    step = number_of(header, "SpacingBetweenSlices") or number_of(header, "SliceThickness") or 0.0
    slices = numbers_of(header, "SliceVector")
    return step * (index if slices is None or index >= len(slices) else slices[index] - 1)


def _first(layers: tuple[Dataset, ...], keyword: str) -> float | None:
    return next((v for d in layers if (v := number_of(d, keyword)) is not None), None)


def _pair(layers: tuple[Dataset, ...], keyword: str) -> tuple[float, float] | None:
    pair = next((v for d in layers if (v := numbers_of(d, keyword, 2))), None)
    return (pair[0], pair[1]) if pair and min(pair) > 0 else None
