"""Which files of a folder are the whole-body bone scan."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from oncologyai.errors import AmbiguousStudyError, EmptyStudyError, MissingFileError, ModalityError
from oncologyai.imaging import PICTURE_SUFFIXES, PlanarKind, find_studies, is_image, planar_kind
from oncologyai.progress import Progress
from oncologyai.types import Series, Study

__all__ = ["files_of_scan"]

_WANTED: tuple[PlanarKind, ...] = ("whole body", "static", "capture")  # the first that is there is taken


def files_of_scan(
    paths: Sequence[str | os.PathLike[str]], *, progress: Progress | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the one or two files of a scan, and notes.

    Parameters
    ----------
    paths : one or two paths
        A folder, searched with its subfolders; or the files themselves.
    progress : Progress, optional
        Told the share of a folder's files seen.

    Raises
    ------
    MissingFileError
        If a path does not exist.
    EmptyStudyError
        If a folder holds neither DICOM nor pictures.
    ModalityError
        If it holds no planar scintigraphy.
    AmbiguousStudyError
        If it holds several scans.
    """
    places = [Path(path) for path in paths]
    for place in places:
        if not place.exists():
            raise MissingFileError(
                str(place), expected="a file or folder", got="nothing there", remedy="check the path"
            )
    if len(places) == 1 and places[0].is_dir():
        return _in_folder(places[0], progress)
    for place in places:
        if place.is_dir():
            raise MissingFileError(str(place), expected="two files", got="a folder", remedy="give it alone")
    return tuple(str(place) for place in places), ()


def _in_folder(folder: Path, progress: Progress | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    pictures = sorted(str(p) for p in folder.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file())
    try:
        studies = find_studies(folder, progress=progress)
    except EmptyStudyError:
        if not pictures:
            raise
        return _at_most_two(pictures, str(folder)), ()
    return _in_studies(studies, str(folder))


def _in_studies(studies: Sequence[Study], name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kinds: dict[str, list[tuple[Study, Series, str]]] = {}
    for study in studies:
        for series in filter(is_image, study.series):
            for file in series.files:
                kinds.setdefault(planar_kind(file), []).append((study, series, file))
    kind = next((k for k in _WANTED if k in kinds), None)
    if kind is None:
        listed = ", ".join(sorted(f"{len(v)} of {_told(k, v)}" for k, v in kinds.items())) or "no images"
        raise ModalityError(
            name, expected="a planar whole-body bone scan (NM)", got=listed, remedy="choose the whole-body series"
        )
    found = kinds[kind]
    if len({study.uid for study, _, _ in found}) > 1:
        listed = ", ".join(dict.fromkeys(f"{s.date} {s.description}".strip() for s, _, _ in found))
        raise AmbiguousStudyError(name, expected="one study", got=listed, remedy="give the folder of one study")
    warnings = tuple(dict.fromkeys(w for study, _, _ in found for w in study.warnings))
    original = [f for f in found if not f[1].parameters.get("ImageType", "").upper().startswith("DERIVED")]
    kept = original if 0 < len(original) < len(found) else found
    if len(kept) < len(found):
        warnings += (f"{len(found) - len(kept)} derived pictures were left out beside the camera's own",)
    return _at_most_two([file for _, _, file in kept], name), warnings


def _told(kind: str, found: Sequence[tuple[Study, Series, str]]) -> str:
    if kind != "other":
        return f"{kind} (NM)"
    return "/".join(sorted({series.modality or "unknown modality" for _, series, _ in found}))


def _at_most_two(files: Sequence[str], name: str) -> tuple[str, ...]:
    if len(files) > 2:
        listed = ", ".join(Path(file).name for file in files[:5])
        raise AmbiguousStudyError(
            name, expected="one file with both views, or two", got=f"{len(files)} ({listed})",
            remedy="give the one or two files of the scan",
        )  # fmt: skip
    return tuple(files)
