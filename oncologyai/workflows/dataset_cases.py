"""The images of a folder and the structures drawn on each, whether it holds DICOM studies or plain files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import get_args

from oncologyai.bundle import read_text_table
from oncologyai.errors import EmptyStudyError, InputError, MissingFileError, UnreadableFileError
from oncologyai.imaging import (
    SuvKind,
    find_studies,
    index_files,
    is_dicom_file,
    is_image,
    is_localizer,
    is_volume_file,
    masks_from_structures,
    read_masks,
    read_rtstruct,
    read_series,
    read_volume,
    references_of,
    series_drawn_on,
    volume_suffix,
)
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Mask, Study, Unit, Volume

__all__ = ["COHORT", "INDEX", "CaseFiles", "drawn_structures", "find_cases", "read_case", "read_structures", "unlike"]

INDEX = "index.csv"
COHORT = "cohort.csv"
"""The table beside converted or pre-processed images, which says what each file is."""

_IMAGES = ("CT", "PT", "MR", "NM")
_STRUCTURES = ("RTSTRUCT", "SEG")
_MODALITIES = {"ct": "CT", "pt": "PT", "pet": "PT", "mr": "MR", "mri": "MR", "nm": "NM", "t1": "MR", "t2": "MR",
               "flair": "MR", "t1ce": "MR", "suv": "PT"}  # fmt: skip
_MASK_WORDS = {"mask", "masks", "seg", "segmentation", "label", "labels", "labelmap", "roi", "contour"}
_IMAGE_WORDS = {"image", "img", "volume", "vol"}


@dataclass(frozen=True)
class CaseFiles:
    """One image and what was drawn on it.

    Attributes
    ----------
    name : str
        What the case is called: unlike any other of the folder, and fit for a file's name.
    patient, modality, description : str
        Empty where nobody knows.
    image : tuple of Path
        The files of a DICOM series, or one plain file.
    structures : tuple of (str, Path)
        The structure's name, empty where the file tells, and the file that it is in.
    unit : str or None
        Of a converted image whose format cannot say it.
    """

    name: str
    patient: str
    modality: str
    description: str
    image: tuple[Path, ...]
    structures: tuple[tuple[str, Path], ...] = ()
    unit: Unit | None = None


def find_cases(
    folder: Path, *, modalities: Sequence[str] = (), progress: Progress | None = None
) -> tuple[tuple[CaseFiles, ...], tuple[str, ...]]:
    """Find the images of a folder.

    Parameters
    ----------
    folder : Path
        What ``convert`` or ``preprocess`` wrote (by its ``index.csv``); a folder of DICOM studies; or one of plain
        files, in which masks are told from images by a word such as ``mask`` in their name, an image's masks lie
        beside it and share the rest of its name, and the folder is the patient's.
    modalities : sequence of str
        Only these; one alone is also what plain files hold that do not say.
    progress : Progress, optional

    Returns
    -------
    tuple of (tuple of CaseFiles, tuple of str)
        The cases, and what was odd.

    Raises
    ------
    MissingFileError
        If the folder does not exist.
    EmptyStudyError
        If it holds no image that fits.
    """
    if not folder.is_dir():
        raise MissingFileError(str(folder), expected="a folder", got="no folder there", remedy="check the path")
    watch = progress or Silent()
    if (folder / INDEX).is_file():
        cases, notes = _of_index(folder)
    else:
        plain = [p for p in sorted(folder.rglob("*")) if p.is_file() and is_volume_file(p) and not _hidden(p, folder)]
        plain = [p for p in plain if not is_dicom_file(p)]
        cases, notes = _of_files(folder, plain) if plain else _of_studies(folder, watch)
    if len(modalities) == 1:
        cases = [replace(c, modality=c.modality or modalities[0]) for c in cases]
    kept = tuple(c for c in cases if not modalities or c.modality in modalities)
    if not kept:
        wanted = f"an image of {' or '.join(modalities)}" if modalities else "an image"
        got = f"{len(cases)} of other modalities" if cases else "none"
        raise EmptyStudyError(str(folder), expected=wanted, got=got, remedy="give another folder")
    return kept, notes


def read_case(
    image: Sequence[Path],
    structures: Sequence[tuple[str, Path]],
    *,
    modality: str = "",
    unit: Unit | None = None,
    patterns: Sequence[str] = (),
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> tuple[Volume, tuple[Mask, ...]]:
    """Read a case's image and its structures on the image's grid; empty ones are left out.

    Parameters
    ----------
    image, structures, modality, unit
        As in ``CaseFiles``; modality and unit count where a plain file does not say them.
    patterns : sequence of str
        Only structures whose name fits one of them, as ``read_structures``.
    suv, allow_missing_slices, progress
        As in ``read_series``.

    Raises
    ------
    OncologyAIError
        As ``read_series``, ``read_volume`` and ``read_masks``.
    """
    if len(image) == 1 and is_volume_file(image[0]) and not is_dicom_file(image[0]):
        volume = _plain_image(image[0], modality, unit)
    else:
        studies = index_files([str(p) for p in image], str(image[0].parent))
        found = [s for study in studies for s in study.series if is_image(s)]
        if len(found) != 1:
            raise UnreadableFileError(str(image[0].parent), expected="one series", got=f"{len(found)}")
        volume = read_series(found[0], suv=suv, allow_missing_slices=allow_missing_slices, progress=progress)
    masks: list[Mask] = []
    for name, file in structures:
        if not name:
            masks += read_structures(file, volume, patterns, progress=progress)
        elif _fits(name, patterns):
            masks += (replace(mask, label=name) for mask in read_masks(file, grid=volume, progress=progress))
    return volume, tuple(mask for mask in masks if not mask.is_empty)


def _plain_image(path: Path, modality: str, unit: Unit | None) -> Volume:
    """Read a plain file; what it says of itself is believed before what the folder says."""
    volume = read_volume(path)
    if volume.modality != "OT" and volume.unit != "arbitrary":
        return volume
    said = volume.modality if volume.modality != "OT" else modality or None
    return read_volume(path, modality=said, unit=unit if volume.unit == "arbitrary" else None)


def drawn_structures(studies: Sequence[Study]) -> dict[int, list[Path]]:
    """Give the RTSTRUCT and SEG files by ``id`` of the image series that each was drawn on, within each patient.

    A structure without an image among the patient's is left out.
    """
    found: dict[int, list[Path]] = {}
    for patient in dict.fromkeys(study.patient_id for study in studies):
        own = [s for study in studies if study.patient_id == patient for s in study.series]
        images = [s for s in own if is_image(s) and s.modality not in _STRUCTURES and not is_localizer(s)]
        for file in (f for s in own if s.modality in _STRUCTURES for f in s.files):
            image = series_drawn_on(references_of(file), images)
            if image is not None:
                found.setdefault(id(image), []).append(Path(file))
    return found


def read_structures(
    file: Path, grid: Volume, patterns: Sequence[str] = (), *, progress: Progress | None = None
) -> tuple[Mask, ...]:
    """Read the structures of a file whose name fits a pattern, such as ``GTV*``.

    Parameters
    ----------
    file : Path
        As in ``read_masks``; of an RT Structure Set only those that fit are drawn.
    grid : Volume
        The image.
    patterns : sequence of str
        ``*`` and ``?`` stand for any text and any letter; case does not count; all without patterns.

    Raises
    ------
    OncologyAIError
        As ``read_masks``.
    """
    if patterns and is_dicom_file(file) and references_of(file).is_structure_set:
        found = read_rtstruct(file)
        rois = tuple(roi for roi in found.rois if _fits(roi.name, patterns))
        return masks_from_structures(replace(found, rois=rois), grid, progress=progress)[0] if rois else ()
    return tuple(m for m in read_masks(file, grid=grid, progress=progress) if _fits(m.label, patterns))


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatch(name.casefold(), pattern.casefold()) for pattern in patterns)


def _of_studies(folder: Path, progress: Progress) -> tuple[list[CaseFiles], tuple[str, ...]]:
    studies = find_studies(folder, progress=progress)
    cases: list[CaseFiles] = []
    taken: set[str] = set()
    drawn = drawn_structures(studies)
    for study in studies:
        for series in (s for s in study.series if s.modality in _IMAGES and is_image(s) and not is_localizer(s)):
            check_cancelled(progress)
            name = unlike(_safe(f"{series.patient_id}_{series.modality}_{series.description}"), taken)
            files = tuple(Path(f) for f in series.files)
            structures = tuple(("", file) for file in drawn.get(id(series), ()))
            cases.append(CaseFiles(name, series.patient_id, series.modality, series.description, files, structures))
    return cases, tuple(dict.fromkeys(note for study in studies for note in study.warnings))


def _of_index(folder: Path) -> tuple[list[CaseFiles], tuple[str, ...]]:
    """Read what ``convert`` or ``preprocess`` wrote."""
    table = read_text_table(folder / INDEX)
    for column in ("file", "kind", "image", "patient", "modality", "structure"):
        if column not in table.columns:
            raise InputError(str(folder / INDEX), expected=f"a column {column}", got=", ".join(table.columns))
    rows = [dict(zip(table.columns, (str(c or "") for c in row), strict=True)) for row in table.rows]
    written = [row for row in rows if row["file"]]
    cases = []
    taken: set[str] = set()
    for row in (r for r in written if r["kind"] == "image"):
        own = tuple((m["structure"], folder / m["file"]) for m in written if m["image"] == row["file"])
        name = unlike(_safe(_without_suffix(row["file"])), taken)
        image = (folder / row["file"],)
        unit: Unit | None = next((u for u in get_args(Unit) if u == row.get("unit")), None)
        cases.append(CaseFiles(name, row["patient"], row["modality"], row.get("description", ""), image, own, unit))
    return cases, ()


def _of_files(folder: Path, files: Sequence[Path]) -> tuple[list[CaseFiles], tuple[str, ...]]:
    """Tell images from masks by the words of their names; a folder is a patient."""
    masks = [p for p in files if _words(p) & _MASK_WORDS or p.name.lower().endswith(".seg.nrrd")]
    images = [p for p in files if p not in masks]
    cases = []
    taken: set[str] = set()
    used: set[Path] = set()
    for image in images:
        own = [m for m in masks if m.parent == image.parent and _belongs(m, image, images)]
        used.update(own)
        place = image.relative_to(folder)
        name = unlike(_safe(_without_suffix(place.as_posix())), taken)
        patient = place.parts[0] if len(place.parts) > 1 else ""
        modality = next((_MODALITIES[w] for w in _list_of_words(image) if w in _MODALITIES), "")
        structures = tuple((_mask_name(m, image), m) for m in own)
        cases.append(CaseFiles(name, patient, modality, image.name, (image,), structures))
    lost = [m.relative_to(folder).as_posix() for m in masks if m not in used]
    return cases, (f"masks without an image: {', '.join(lost)}",) if lost else ()


def _belongs(mask: Path, image: Path, images: Sequence[Path]) -> bool:
    """Tell whether a mask's name holds all that its image's does; the only image of a folder has all masks there."""
    beside = [p for p in images if p.parent == image.parent]
    core = _words(image) - _IMAGE_WORDS
    fitting = [p for p in beside if (_words(p) - _IMAGE_WORDS) <= _words(mask)]
    if len(beside) == 1:
        return True
    return core <= _words(mask) and all(len(_words(p) - _IMAGE_WORDS) <= len(core) for p in fitting)


def _mask_name(mask: Path, image: Path) -> str:
    """Give what a mask's name says beyond its image's; empty for a segmentation of Slicer, which names its own."""
    if mask.name.lower().endswith(".seg.nrrd"):
        return ""
    rest = [w for w in _list_of_words(mask, keep_case=True) if w.lower() not in _MASK_WORDS | _words(image)]
    return "-".join(rest) or "mask"


def _list_of_words(path: Path, *, keep_case: bool = False) -> list[str]:
    stem = _without_suffix(path.name)
    return [w for w in re.split(r"[^A-Za-z0-9]+", stem if keep_case else stem.lower()) if w]


def _without_suffix(name: str) -> str:
    return name[: len(name) - len(volume_suffix(name))]


def _words(path: Path) -> set[str]:
    return set(_list_of_words(path))


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def unlike(name: str, taken: set[str]) -> str:
    """Give a name that no other case has, also where letter case does not count."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found.casefold())
    return found


def _safe(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-._")[:120] or "case"
