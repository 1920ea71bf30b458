"""Convert folders of studies to plain images and masks; anonymize them."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai._checks import check_choice
from oncologyai.bundle import write_table
from oncologyai.imaging import (
    DeidentifyConfig,
    DeidentifyReport,
    SuvKind,
    deidentify_folder,
    find_studies,
    index_files,
    secret_key,
)
from oncologyai.progress import Part, Progress, Silent
from oncologyai.types import Table
from oncologyai.workflows.case_run import CaseOutcome, CaseRunner, CaseTask, link_files, run_cases
from oncologyai.workflows.conversion import Conversion, index_table, study_folders
from oncologyai.workflows.dataset_cases import COHORT, INDEX

__all__ = ["ConvertReport", "anonymize_dataset", "convert_case", "convert_dataset"]

_STORE = "cases"
_INDEXED = 0.2  # share of the work, roughly
_FORMATS = ("nrrd", "nii.gz", "mha")


@dataclass(frozen=True)
class ConvertReport:
    """``converted``: the files written, relative to the target. ``failed``: series or files, each with the reason.

    ``notes``: what was odd, such as files that could not be read at all. ``kept``: patients done before.
    """

    converted: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    kept: int = 0


def convert_dataset(
    source: Path,
    target: Path,
    *,
    form: str = "nrrd",
    suv: SuvKind = "bw",
    structures: Sequence[str] = (),
    allow_missing_slices: bool = False,
    keep: bool = True,
    runner: CaseRunner = run_cases,
    progress: Progress | None = None,
) -> ConvertReport:
    """Write each image series as one file, each of its structures as a mask on its grid, and ``index.csv``.

    CT, PET, MR, NM and dose are converted. A structure set or segmentation goes with the series that it refers to,
    also one of another study of the patient; without a reference, with the patient's only series of its frame of
    reference. One bad series does not stop the rest. The index has a row for every series and structure: where it
    came from, the file, modality, unit, and what was odd, or the reason why there is no file. ``cohort.csv`` has a row
    for every structure with its image, as ``features --cohort`` takes it. A study is a folder;
    a folder of that name from an earlier run is replaced file by file. Patients that are done are kept in ``cases/``,
    so that the same call goes on after an interruption.

    Parameters
    ----------
    structures : sequence of str
        Only structures whose name fits one of these patterns, such as ``GTV*``.
    keep : bool
        Whether ``cases/`` stays for another run.

    Raises
    ------
    InputError
        If ``form`` is unknown or the source holds no study.
    OutputError
        If the target cannot be written.
    CancelledError
        If cancelled; the patients done are kept.
    """
    check_choice(form, _FORMATS, "--format")
    watch = progress or Silent()
    studies = find_studies(source, progress=Part(watch, 0.0, _INDEXED))
    folders = study_folders(studies)
    tasks = []
    for patient in dict.fromkeys(study.patient_id for study in studies):
        own = [study for study in studies if study.patient_id == patient]
        arguments = {
            "files": [Path(f) for study in own for series in study.series for f in series.files],
            "root": str(source),
            "folders": {study.uid: folders[patient, study.uid] for study in own},
            "form": form,
            "suv": suv,
            "structures": list(structures),
            "allow_missing_slices": allow_missing_slices,
        }
        tasks.append(CaseTask(patient, f"{__name__}:convert_case", arguments))
    outcomes = runner(tasks, target / _STORE, Part(watch, _INDEXED, 1.0))
    report = _gather(outcomes, target, tuple(dict.fromkeys(note for study in studies for note in study.warnings)))
    if not keep:
        shutil.rmtree(target / _STORE, ignore_errors=True)
    return report


def convert_case(
    folder: Path,
    *,
    files: Sequence[Path],
    root: str,
    folders: Mapping[str, str],
    form: str = "nrrd",
    suv: SuvKind = "bw",
    structures: Sequence[str] = (),
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> Table:
    """Convert the studies of one patient into folders below ``folder``; the rows are those of the index.

    Parameters
    ----------
    files : sequence of Path
        All DICOM files of the patient.
    root : str
        The folder that the index tells their places from.
    folders : mapping of str to str
        Name of a study's folder by Study Instance UID.
    form, suv, structures, allow_missing_slices
        As in ``convert_dataset``.
    """
    work = Conversion(
        Path(root), folder, folders=folders, form=form, suv=suv, patterns=structures,
        allow_missing_slices=allow_missing_slices, progress=progress or Silent(),
    )  # fmt: skip
    work.convert_patient(index_files([str(f) for f in files], root))
    return index_table(work.rows)


def _gather(outcomes: Sequence[CaseOutcome], target: Path, notes: tuple[str, ...]) -> ConvertReport:
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        if outcome.table is None:
            rows.append({**dict.fromkeys(index_table(()).columns, ""), "state": "failed", "patient": outcome.case,
                         "note": outcome.reason})  # fmt: skip
            continue
        if outcome.folder is not None:
            link_files(outcome.folder, target)
        rows += (dict(zip(outcome.table.columns, row, strict=True)) for row in outcome.table.rows)
    index = index_table(())
    index = replace(index, rows=tuple(tuple(row[c] for c in index.columns) for row in rows))
    for name, table in ((INDEX, index), (COHORT, _cohort(rows))):
        with atomic_file(target / name) as draft:
            write_table(table, draft)
    return ConvertReport(
        converted=tuple(row["file"] for row in rows if row["file"]),
        failed=tuple((_title(row), row["note"]) for row in rows if row["state"] == "failed"),
        notes=notes,
        kept=sum(outcome.kept for outcome in outcomes),
    )


def _cohort(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Give the structures that were written, a row each beside its image: what ``features --cohort`` takes."""
    images = {row["file"]: row for row in rows if row["kind"] == "image"}
    columns = ("case", "patient", "structure", "image", "mask", "modality", "unit")
    found = []
    for row in rows:
        if row["file"] and row["image"] in images:
            image = images[row["image"]]
            case = row["file"].removesuffix(".gz").rpartition(".")[0].removesuffix("_mask")
            found.append(
                (case, image["patient"], row["structure"], image["file"], row["file"], image["modality"], image["unit"])
            )
    return Table("cohort", columns, tuple(found))


def _title(row: Mapping[str, Any]) -> str:
    """Give what messages call a series."""
    return " ".join(str(row[c]) for c in ("patient", "modality", "description", "source") if row[c])


def anonymize_dataset(
    source: Path,
    target: Path,
    *,
    key_file: Path | None = None,
    map_file: Path | None = None,
    shift_dates: bool = False,
    keep_characteristics: bool = False,
    keep_descriptions: bool = False,
    allow_burned_in: bool = False,
    prefix: str = "ANON",
    progress: Progress | None = None,
) -> DeidentifyReport:
    """De-identify a folder by the Basic Profile of PS3.15; see ``DeidentifyConfig`` for the options.

    With a key file, pseudonyms are the same in every run with it; without, a key is made and forgotten.
    """
    key = secrets.token_bytes(32) if key_file is None else secret_key(key_file)
    config = DeidentifyConfig(key, shift_dates, keep_characteristics, keep_descriptions, allow_burned_in, prefix)
    return deidentify_folder(source, target, config, map_file=map_file, progress=progress or Silent())
