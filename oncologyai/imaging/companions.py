"""Series of the same patient, study and frame of reference as a given image: what can be laid over it."""

from __future__ import annotations

from collections.abc import Sequence

from oncologyai.imaging.dicom_index import is_image, is_localizer
from oncologyai.imaging.headers import read_header, text_of
from oncologyai.types import Series, Study, Volume

__all__ = ["find_companions", "modalities_of"]


def find_companions(studies: Sequence[Study], volume: Volume, modality: str) -> tuple[Series, ...]:
    """List the series of a modality that lie in the frame of reference of an image.

    Parameters
    ----------
    studies : sequence of Study
        From ``find_studies``.
    volume : Volume
        One of their series; without a DICOM source, or a Frame of Reference UID (0020,0052), it has no companions.
    modality : str
        DICOM modality.

    Returns
    -------
    tuple of Series
        Of the image's own study, without localizers and without the image's own series, in the order of their numbers.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If a file has gone or changed since it was listed.
    """
    source = volume.dicom
    if source is None or not source.frame_of_reference_uid:
        return ()
    wanted = [
        series
        for series in _images(studies)
        if series.modality == modality and series.study_uid == source.study_uid and series.uid != source.series_uid
    ]
    return tuple(s for s in wanted if _frame_of(s) == source.frame_of_reference_uid)


def modalities_of(studies: Sequence[Study]) -> frozenset[str]:
    """Give the modalities of the series that hold images other than localizers."""
    return frozenset(series.modality for series in _images(studies))


def _images(studies: Sequence[Study]) -> list[Series]:
    return [s for study in studies for s in study.series if is_image(s) and not is_localizer(s)]


def _frame_of(series: Series) -> str:
    return text_of(read_header(series.files[0], tags=("FrameOfReferenceUID",)), "FrameOfReferenceUID")
