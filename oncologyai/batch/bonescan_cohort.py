"""A folder of bone scans: every study found, classified, and shown on one page, the likeliest first."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai.batch.cases import Case
from oncologyai.batch.deliver import copy_files, plain_name, write_results
from oncologyai.batch.gather import BatchReport
from oncologyai.batch.options import BatchOptions
from oncologyai.batch.run import run_cases
from oncologyai.errors import EmptyStudyError, MissingFileError, UnreadableFileError
from oncologyai.progress import Part, Progress, Silent

__all__ = ["bonescan_cohort", "find_bonescans"]

_STEP = "bonescan"
_FILES = "scans"
_DICOM_SUFFIXES = (".dcm", ".dicom", ".ima")


def find_bonescans(folder: str | os.PathLike[str]) -> tuple[Case, ...]:
    """Give a case a study of a folder: a sub-folder each, with all that lies in it, and each loose image.

    Loose DICOM files of one study (Study Instance UID) are one case. Names are those of the folders and files. Hidden
    folders, and files that are neither DICOM nor pictures, are passed over; a sub-folder without an image is a case
    that fails, with its reason.

    Raises
    ------
    MissingFileError
        If there is no such folder.
    EmptyStudyError
        If it holds neither sub-folders nor images.
    """
    place = Path(folder).absolute()
    if not place.is_dir():
        raise MissingFileError(str(folder), expected="a folder of studies", got="none")
    shown = [entry for entry in sorted(place.iterdir()) if not entry.name.startswith(".")]
    found = [Case(entry.name, {"study": [str(entry)]}) for entry in shown if entry.is_dir() and any(entry.iterdir())]
    found += _loose([entry for entry in shown if entry.is_file()])
    if not found:
        raise EmptyStudyError(str(folder), expected="sub-folders of a study each, or images", got="neither")
    return tuple(found)


def bonescan_cohort(
    folder: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    settings: Mapping[str, Any] | None = None,
    options: BatchOptions | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> BatchReport:
    """Classify every bone scan of a folder.

    Parameters
    ----------
    folder : path
        See ``find_bonescans``.
    out : path
        Gets ``results.csv`` (a row a scan), ``results-failures.csv``, ``index.html`` with a thumbnail a scan sorted by
        probability, and the files of each scan in ``scans/CASE/bonescan``. ``state`` keeps what is done: the same call
        goes on.
    settings : mapping, optional
        Arguments of the step ``bonescan``.
    options, again, progress
        As ``run_cases``.

    Raises
    ------
    MissingFileError, EmptyStudyError
        As ``find_bonescans`` raises; else as ``run_cases``, ``write_results`` and ``copy_files`` do.
    """
    watch, place = progress or Silent(), Path(out)
    cases = find_bonescans(folder)
    report = run_cases(
        _STEP, cases, place / "state", settings=settings, options=options, again=again, progress=Part(watch, 0.0, 0.95)
    )
    write_results(report, place / "results.csv")
    copy_files(report, place / _FILES, progress=Part(watch, 0.95, 0.99))
    _write_page(report, place, Path(folder).name)
    return report


def _loose(files: Sequence[Path]) -> list[Case]:
    """Give a case a picture, a DICOM study, and a broken file that is named like DICOM."""
    from oncologyai.imaging import PICTURE_SUFFIXES
    from oncologyai.imaging.headers import is_dicom_file, read_header

    found, studies = [], dict[str, list[Path]]()
    for file in files:
        if file.suffix.lower() in PICTURE_SUFFIXES:
            found.append(Case(file.name, {"study": [str(file)]}))
        elif is_dicom_file(file) or file.suffix.lower() in _DICOM_SUFFIXES:
            try:
                uid = str(read_header(file, tags=["StudyInstanceUID"]).get("StudyInstanceUID", ""))
            except UnreadableFileError:
                uid = ""
            studies.setdefault(uid or file.name, []).append(file)
    found += [Case(paths[0].name, {"study": [str(path) for path in paths]}) for paths in studies.values()]
    return sorted(found, key=lambda case: case.name)


def _write_page(report: BatchReport, out: Path, name: str) -> None:
    from oncologyai.report import ScanOnPage, write_bonescan_page

    table = report.table
    shown = []
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        case = str(cells["case"])
        inner = Path(_FILES) / plain_name(case) / _STEP
        page = inner / "report.html"
        picture = (inner / "thumbnail.png").as_posix()
        shown.append(ScanOnPage(case, cells, picture, page.as_posix() if (out / page).is_file() else ""))
    failures = tuple((failure.case, failure.reason) for failure in report.failures)
    with atomic_file(out / "index.html") as draft:
        write_bonescan_page(draft, name=name, scans=shown, failures=failures)
