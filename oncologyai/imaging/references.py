"""Which image series a structure set or segmentation was drawn on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom import Dataset

from oncologyai.imaging.headers import read_header, text_of
from oncologyai.types import Series

__all__ = ["References", "references_of", "series_drawn_on", "structure_names"]

# PS3.3: RT Structure Set (C.8.8.5), Common Instance Reference (C.12.2) of segmentations
_SEQUENCES = (
    "ReferencedFrameOfReferenceSequence",
    "RTReferencedStudySequence",
    "RTReferencedSeriesSequence",
    "StructureSetROISequence",
    "StudiesContainingOtherReferencedInstancesSequence",
    "ReferencedSeriesSequence",
)
_FRAMES = ("FrameOfReferenceUID", "ReferencedFrameOfReferenceUID")


@dataclass(frozen=True)
class References:
    """The Series Instance UIDs and Frame of Reference UIDs that a file names; either may be empty."""

    series_uids: frozenset[str]
    frame_uids: frozenset[str]
    is_structure_set: bool = False


def references_of(path: str | os.PathLike[str]) -> References:
    """Read what an RT Structure Set or a DICOM Segmentation refers to.

    Raises
    ------
    MissingFileError, UnreadableFileError
        As ``read_header``.
    """
    header = read_header(path)
    series: set[str] = set()
    frames = {text_of(header, "FrameOfReferenceUID")}
    for item in _items(header):
        _gather(item, series, frames)
    is_structure_set = text_of(header, "Modality") == "RTSTRUCT"
    return References(frozenset(series - {""}), frozenset(frames - {""}), is_structure_set)


def structure_names(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Give the names of the structures of an RT Structure Set or a DICOM Segmentation, drawn or not, by its header.

    Raises
    ------
    MissingFileError, UnreadableFileError
        As ``read_header``.
    """
    header = read_header(path)
    rois = [text_of(item, "ROIName") for item in header.get("StructureSetROISequence") or []]
    return tuple(rois + [text_of(item, "SegmentLabel") for item in header.get("SegmentSequence") or []])


def series_drawn_on(references: References, images: Sequence[Series]) -> Series | None:
    """Choose the image series that structures were drawn on.

    Returns
    -------
    Series or None
        The series that is named. Where none of ``images`` is: the only one in a named frame of reference, or the
        only CT in it; where nothing is named at all, the only one there is. None otherwise.
    """
    named = [s for s in images if s.uid in references.series_uids]
    if named:
        return max(named, key=lambda s: len(s.files))
    if not references.series_uids and not references.frame_uids:
        return images[0] if len(images) == 1 else None
    near = [s for s in images if text_of(read_header(s.files[0]), "FrameOfReferenceUID") in references.frame_uids]
    near = near if len(near) == 1 else [s for s in near if s.modality == "CT"]
    return near[0] if len(near) == 1 else None


def _items(dataset: Dataset) -> list[Dataset]:
    return [item for keyword in _SEQUENCES for item in dataset.get(keyword) or []]


def _gather(item: Dataset, series: set[str], frames: set[str]) -> None:
    series.add(text_of(item, "SeriesInstanceUID"))
    frames.update(text_of(item, keyword) for keyword in _FRAMES)
    for deeper in _items(item):
        _gather(deeper, series, frames)
