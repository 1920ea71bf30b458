"""One way in for every image: a DICOM folder, one DICOM file of a series, or a NRRD, NIfTI or MHA file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from oncologyai.errors import AmbiguousStudyError, EmptyStudyError, MissingFileError, ModalityError, UnitsError
from oncologyai.imaging.dicom_index import find_studies, index_files, is_image, is_localizer, slice_count
from oncologyai.imaging.files import is_volume_file, read_volume_file
from oncologyai.imaging.headers import is_dicom_file, read_header, text_of
from oncologyai.imaging.pet import SuvKind, check_suv_kind
from oncologyai.imaging.series import read_series
from oncologyai.progress import Progress
from oncologyai.types import Series, Study, Unit, Volume

__all__ = ["choose_series", "read_volume"]

# What is read when nobody chooses; others only where there is nothing else, the last two never.
_USUAL = ("CT", "PT", "MR", "NM")
_ONLY_ON_REQUEST = ("RTDOSE", "SEG")


def read_volume(
    path: str | os.PathLike[str],
    *,
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> Volume:
    """Read an image from wherever it is.

    Parameters
    ----------
    path : path
        A folder of DICOM files, searched with its subfolders; one DICOM file, for its whole series among the files
        beside it; or a .nrrd, .nhdr, .nii, .nii.gz, .mha, .mhd file.
    series_uid : str, optional
        The series to read, where there are several.
    modality : str, optional
        The modality to read, where there are several; what a NRRD, NIfTI or MHA file holds, where it does not say.
    unit : str, optional
        The unit that a NRRD, NIfTI or MHA file holds, where it does not say; for files that say, and for DICOM, a
        check.
    suv, allow_missing_slices, progress
        As in ``read_series``.

    Returns
    -------
    Volume
        As in ``read_series`` and ``read_volume_file``. Without ``series_uid``, of several series of one study and
        modality the one with most slices, with a warning.

    Raises
    ------
    MissingFileError
        If there is nothing at ``path``.
    EmptyStudyError
        If a folder holds no DICOM, or no series that fits.
    AmbiguousStudyError
        If it holds several patients, studies, modalities, or series of equal size, and nothing says which.
    ModalityError, UnitsError
        If a NRRD or MHA file says another ``modality``, or what is read is in another ``unit``.
    OncologyAIError
        As in ``read_series`` and ``read_volume_file``.
    """
    check_suv_kind(suv)
    place = Path(path)
    if not place.exists():
        raise MissingFileError(str(path), expected="a file or folder", got="nothing there", remedy="check the path")
    if place.is_file() and is_volume_file(place) and not is_dicom_file(place):
        return _as_said(read_volume_file(place, modality=modality, unit=unit), str(path), modality, unit)
    if place.is_file():
        series = _series_of_file(place, progress)
    else:
        series = choose_series(
            find_studies(place, progress=progress), str(path), series_uid=series_uid, modality=modality
        )
    volume = read_series(series, suv=suv, allow_missing_slices=allow_missing_slices, progress=progress)
    return _as_said(volume, str(path), None, unit)


def choose_series(
    studies: Sequence[Study], name: str, *, series_uid: str | None = None, modality: str | None = None
) -> Series:
    """Choose the series to read as ``read_volume`` does; ``name`` is what messages call the folder."""
    everything = [s for study in studies for s in study.series]
    images = [s for s in everything if is_image(s)]
    if series_uid is not None:
        fitting = [s for s in images if s.uid == series_uid]
        views = [s for s in fitting if not is_localizer(s)] or fitting
        if not views:
            _refuse_none(name, f"series {series_uid}", everything)
        return _largest(views, name)
    fitting = [s for s in images if not is_localizer(s) and s.modality in ((modality,) if modality else _USUAL)]
    if not fitting and modality is None:
        fitting = [s for s in images if not is_localizer(s) and s.modality not in _ONLY_ON_REQUEST]
    if not fitting:
        _refuse_none(name, f"a {modality} series" if modality else "a series of images", everything)
    _check_one(fitting, name)
    return _largest(fitting, name)


def _as_said(volume: Volume, name: str, modality: str | None, unit: Unit | None) -> Volume:
    if modality and volume.modality != modality:
        raise ModalityError(name, expected=f"modality {modality}", got=volume.modality, remedy="leave the modality out")
    if unit and volume.unit != unit:
        raise UnitsError(name, expected=f"values in {unit}", got=volume.unit, remedy="leave the unit out")
    return volume


def _series_of_file(path: Path, progress: Progress | None) -> Series:
    own = text_of(read_header(path, tags=("SeriesInstanceUID",)), "SeriesInstanceUID")
    beside = sorted(str(p) for p in path.parent.iterdir() if p.is_file())
    studies = index_files(beside, str(path), progress=progress)
    holding = [s for study in studies for s in study.series if s.uid == own and str(path) in s.files]
    if not holding:
        _refuse_none(str(path), "a file of a DICOM series", [])
    return holding[0]


def _check_one(fitting: Sequence[Series], name: str) -> None:
    for what, values in (
        ("patient", [s.patient_id or "unnamed" for s in fitting]),
        ("study", [s.study_uid for s in fitting]),
        ("modality", [s.modality for s in fitting]),
    ):
        several = list(dict.fromkeys(values))
        if len(several) > 1:
            remedy = "give the folder of one patient, or series_uid" if what == "patient" else "choose by series_uid"
            if what == "modality":
                remedy = "choose by modality or series_uid"
            raise AmbiguousStudyError(
                name, expected=f"one {what}", got=f"{len(several)} ({', '.join(several)}): {_listed(fitting)}",
                remedy=remedy,
            )  # fmt: skip


def _largest(fitting: Sequence[Series], name: str) -> Series:
    ordered = sorted(fitting, key=lambda s: -slice_count(s))
    if len(ordered) == 1:
        return ordered[0]
    if slice_count(ordered[0]) == slice_count(ordered[1]):
        raise AmbiguousStudyError(
            name, expected="one series", got=f"{len(ordered)}: {_listed(ordered)}", remedy="choose by series_uid"
        )
    note = f"of {len(ordered)} series the one with most slices was read: {_listed(ordered)}"
    return replace(ordered[0], warnings=(*ordered[0].warnings, note))


def _refuse_none(name: str, wanted: str, everything: Sequence[Series]) -> None:
    raise EmptyStudyError(name, expected=wanted, got=_listed(everything) or "none", remedy="choose one that is there")


def _listed(series: Sequence[Series]) -> str:
    return "; ".join(
        f"{s.modality[:16]} {s.parameters.get('SeriesNumber', '')} {s.description[:64]!r} {slice_count(s)} images, "
        f"uid {s.uid}"
        for s in series[:10]
    ) + (f"; and {len(series) - 10} more" if len(series) > 10 else "")
