"""What ``oncology-ai study`` does with bone scans before the analysis: a study made of a table, its scans drawn."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncologyai._atomic import atomic_file
from oncologyai.bundle import read_text_table
from oncologyai.errors import InputError, MissingFileError
from oncologyai.progress import Progress
from oncologyai.report import reading_picture
from oncologyai.types import Volume
from oncologyai.workflows.study import key_folder
from oncologyai.workflows.study_cases import reader_rows

if TYPE_CHECKING:
    from oncologyai.pipelines import ReadingDesk
    from oncologyai.studies import DiagnosisCase, ReaderStudy

__all__ = ["create_bonescan_study", "draw_scan", "open_desk", "scan_rows"]

_QUESTION = "Does this bone scan show metastases?"


def scan_rows(
    table: Path,
    *,
    scans: Path | None = None,
    case_column: str = "case",
    scan_column: str = "scan",
    truth_column: str = "metastases",
) -> tuple[DiagnosisCase, ...]:
    """Read the table of scans and their truth.

    Parameters
    ----------
    table : Path
        .csv or .xlsx, a row a scan; the truth is 1 or 0, yes or no.
    scans : Path, optional
        What paths are relative to; default the table's folder.
    case_column, scan_column, truth_column : str
        Names of the columns. Without a column of scans, or where its cell is empty, the case's name is the path.

    Raises
    ------
    MissingFileError
        If the table or a scan is not there.
    InputError
        If a column or a cell is missing, or a case is there twice; the message names the line.
    """
    from oncologyai.studies import DiagnosisCase, table_cells, truth_of_text

    found = read_text_table(table, keep_blank=True)
    base = scans if scans is not None else table.parent
    rows: list[DiagnosisCase] = []
    seen: dict[str, str] = {}
    for where, cells in table_cells(found, str(table), (case_column, truth_column)):
        name = cells[case_column]
        if not name:
            raise InputError(where, expected="the name of a case", got="an empty cell")
        if name in seen:
            raise InputError(where, expected="each case once", got=f"{name!r} again, as in {seen[name]}")
        seen[name] = where.removeprefix(f"{table} ")
        path = base / Path(cells.get(scan_column, "") or name).expanduser()
        if not path.exists():
            raise MissingFileError(f"{where}, {scan_column}", expected="a file or folder", got=f"nothing at {path}")
        rows.append(
            DiagnosisCase(name, str(path.resolve()), truth_of_text(cells[truth_column], f"{where}, {truth_column}"))
        )
    return tuple(rows)


def create_bonescan_study(
    table: Path,
    out: Path,
    *,
    key: Path | None = None,
    seed: int | None = None,
    readers: Sequence[tuple[str, str]] = (),
    readers_table: Path | None = None,
    columns: Mapping[str, Any] | None = None,
    question: str = _QUESTION,
    progress: Progress | None = None,
    **settings: Any,
) -> ReaderStudy:
    """Make a blinded study of whole-body bone scans: metastases or none, and how sure.

    Parameters
    ----------
    table : Path
        See ``scan_rows``.
    out : Path
        New folder for the readers.
    key : Path, optional
        New folder of the key; default beside ``out``.
    seed : int, optional
        Default a random one, kept in the key.
    readers : sequence of (str, str)
        Names and groups.
    readers_table : Path, optional
        More of them, from a table with the columns reader and group.
    columns : mapping, optional
        Keywords of ``scan_rows``.
    question : str
        What every scan asks.
    progress : Progress, optional
        Told each scan.
    **settings
        Of ``DiagnosisConfig``.

    Raises
    ------
    InputError
        If something in the table, the settings, the scans or the places is wrong; nothing is left behind.
    """
    from oncologyai.studies import DiagnosisConfig, create_diagnosis_study

    config = DiagnosisConfig(seed=secrets.randbits(64) if seed is None else seed, question=question, **settings)
    everyone = [*readers, *(reader_rows(readers_table) if readers_table else ())]
    return create_diagnosis_study(
        out, key_folder(out, key), scan_rows(table, **(columns or {})), _views, config, readers=everyone,
        progress=progress,
    )  # fmt: skip


def open_desk(folder: Path, reader: str) -> ReadingDesk:
    """Open a reader's desk, or go on with it; raises as ``ReadingDesk``."""
    from oncologyai.pipelines import ReadingDesk

    return ReadingDesk(folder, reader)


def draw_scan(desk: ReadingDesk, path: Path) -> None:
    """Draw the scan to be read, in the desk's grey scale; raises as ``ReadingDesk.views``."""
    edges = {view: volume.sampling_mm[1:] for view, volume in desk.views.items()}
    with atomic_file(path) as draft:
        reading_picture(desk.pictures(), draft, edges_mm=edges)


def _views(case: DiagnosisCase) -> dict[str, Volume]:
    """Read a scan's views; a fault names the case."""
    from oncologyai.scintigraphy import read_whole_body

    try:
        return {str(view): volume for view, volume in read_whole_body(case.source).views.items()}
    except InputError as error:
        raise type(error)(
            f"case {case.name}: {error.argument}", expected=error.expected, got=error.got, remedy=error.remedy
        ) from error
