"""``oncology-ai dataset preview``: a contact sheet a case, and one page of them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from oncologyai._atomic import atomic_file
from oncologyai._checks import check_range
from oncologyai.bundle import write_table
from oncologyai.errors import InputError, MissingAttributeError, UnitsError
from oncologyai.progress import Part, Progress, Silent
from oncologyai.report import Sheet, contact_sheet, write_dataset_page
from oncologyai.types import Mask, Table, Unit, Volume
from oncologyai.workflows.case_run import CaseOutcome, CaseRunner, CaseTask, link_files, run_cases
from oncologyai.workflows.dataset_cases import CaseFiles, find_cases, read_case

__all__ = ["PreviewReport", "preview_case", "preview_dataset"]

_STORE, _SHEETS = "cases", "sheets"
_INDEXED, _DRAWN = 0.1, 0.97  # shares of the work, roughly
_COLUMNS = ("case", "modality", "size", "spacing_mm", "structures", "volume_ml", "shown_from", "shown_to")


@dataclass(frozen=True)
class PreviewReport:
    """``sheets``: the pictures, relative to the output. ``failed``: cases with the reason. ``kept``: done before."""

    sheets: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    kept: int
    notes: tuple[str, ...]


def preview_dataset(
    source: Path,
    out: Path,
    *,
    structures: Sequence[str] = (),
    modalities: Sequence[str] = (),
    window: tuple[float, float] | None = None,
    columns: int = 4,
    rows: int = 3,
    runner: CaseRunner = run_cases,
    progress: Progress | None = None,
) -> PreviewReport:
    """Draw every image of a folder with its structures.

    Parameters
    ----------
    source : Path
        As in ``find_cases``: DICOM studies, or converted or plain files.
    out : Path
        Gets ``sheets/`` (a PNG a case), ``preview.html``, ``preview.csv`` and ``failures.csv``; results are kept in
        ``cases/``, so that the same call goes on after an interruption.
    structures : sequence of str
        Patterns of the names of those drawn; all if empty.
    modalities : sequence of str
        Only these.
    window, columns, rows
        As in ``contact_sheet``.
    runner : CaseRunner
        Who runs the cases.
    progress : Progress, optional

    Raises
    ------
    InputError
        If a number is out of range or the source holds no image.
    OutputError
        If ``out`` cannot be written.
    CancelledError
        If cancelled; the cases done are kept.
    """
    check_range(columns, 1, 12, "--columns")
    check_range(rows, 1, 12, "--rows")
    if window is not None and not window[0] < window[1]:
        raise InputError("--window", expected="two ascending values", got=f"{window[0]:g},{window[1]:g}")
    watch = progress or Silent()
    cases, notes = find_cases(source, modalities=modalities, progress=Part(watch, 0.0, _INDEXED))
    settings = {"patterns": list(structures), "window": window and list(window), "layout": [columns, rows]}
    tasks = [_task(case, settings) for case in cases]
    outcomes = runner(tasks, out / _STORE, Part(watch, _INDEXED, _DRAWN))
    watch.stage("page", _DRAWN)
    return _write(outcomes, out, source.name, notes)


def preview_case(
    folder: Path,
    *,
    name: str,
    image: Sequence[Path],
    structures: Sequence[tuple[str, Path]] = (),
    modality: str = "",
    unit: Unit | None = None,
    patterns: Sequence[str] = (),
    window: Sequence[float] | None = None,
    layout: Sequence[int] = (4, 3),
    progress: Progress | None = None,
) -> Table:
    """Draw the contact sheet of one case, ``NAME.png``; the row says what it shows.

    Parameters
    ----------
    name, image, structures, modality, unit
        As in ``CaseFiles``.
    patterns, window
        As ``structures`` and ``window`` in ``preview_dataset``.
    layout : (int, int)
        Its ``columns`` and ``rows``.

    Raises
    ------
    OncologyAIError
        As ``read_case``.
    """
    volume, masks = _read(image, structures, modality, unit, patterns, progress)
    given = None if window is None else (float(window[0]), float(window[1]))
    low, high = contact_sheet(
        volume, masks, folder / f"{name}.png", title=name, columns=layout[0], rows=layout[1], window=given
    )
    size = "x".join(str(n) for n in volume.shape[::-1])
    spacing = "x".join(f"{s:.3g}" for s in volume.spacing_mm)
    drawn = " | ".join(mask.label for mask in masks) or None
    volumes = " | ".join(f"{mask.volume_ml:.1f}" for mask in masks) or None
    return Table("preview", _COLUMNS, ((name, volume.modality, size, spacing, drawn, volumes, low, high),))


def _read(
    image: Sequence[Path],
    structures: Sequence[tuple[str, Path]],
    modality: str,
    unit: Unit | None,
    patterns: Sequence[str],
    progress: Progress | None,
) -> tuple[Volume, tuple[Mask, ...]]:
    """Read a case, a PET that has no SUV in its own values."""
    read = partial(
        read_case, image, structures, modality=modality, unit=unit, patterns=patterns, allow_missing_slices=True,
        progress=progress,
    )  # fmt: skip
    try:
        return read()
    except (MissingAttributeError, UnitsError):
        if modality != "PT":
            raise
        return read(suv="none")


def _task(case: CaseFiles, settings: Mapping[str, object]) -> CaseTask:
    files = {"image": list(case.image), "structures": [list(s) for s in case.structures]}
    arguments = {"name": case.name, "modality": case.modality, "unit": case.unit, **files, **settings}
    return CaseTask(case.name, f"{__name__}:preview_case", arguments)


def _write(outcomes: Sequence[CaseOutcome], out: Path, source: str, notes: Sequence[str]) -> PreviewReport:
    failed = tuple((o.case, o.reason) for o in outcomes if o.reason)
    done = [o for o in outcomes if o.table is not None]
    for outcome in done:
        if outcome.folder is not None:
            link_files(outcome.folder, out / _SHEETS)
    table = Table("preview", _COLUMNS, tuple(o.table.rows[0] for o in done if o.table is not None))
    failures = Table("failures", ("case", "reason"), failed)
    sheets = [Sheet(o.case, f"{_SHEETS}/{o.case}.png", _caption(o)) for o in done]
    for one in (table, failures):
        with atomic_file(out / f"{one.name}.csv") as draft:
            write_table(one, draft)
    with atomic_file(out / "preview.html") as draft:
        write_dataset_page(
            draft,
            title=f"Preview: {source}",
            facts=[("Images", str(len(done))), ("Failed", str(len(failed)))],
            tables=[failures, table],
            sheets=sheets,
            notes=list(notes),
        )
    return PreviewReport(tuple(s.file for s in sheets), failed, sum(o.kept for o in outcomes), tuple(notes))


def _caption(outcome: CaseOutcome) -> str:
    row = outcome.table.rows[0] if outcome.table is not None else ()
    return ", ".join(str(cell) for cell in (*row[:4], row[4] or "no structure")) if row else outcome.case
