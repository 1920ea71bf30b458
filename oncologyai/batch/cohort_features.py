"""Features of a whole cohort: a table of images and masks in, one table of features out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oncologyai._checks import check_choice
from oncologyai.batch.cases import Case, CaseTable, read_cases
from oncologyai.batch.gather import BatchReport
from oncologyai.batch.options import BatchOptions
from oncologyai.batch.run import run_cases
from oncologyai.errors import InputError
from oncologyai.progress import Progress

__all__ = ["FEATURE_ROLES", "features_cohort"]

FEATURE_ROLES = {
    "image": "image: DICOM folder or file, NRRD, NIfTI, MHA",
    "mask": "masks: RTSTRUCT, SEG, .seg.nrrd or label map, several as 'a;b'; 'file::GTV-1;GTV-2' names structures",
    "name": "structures of the mask, parted by semicolons; empty: all",
    "case": "the case's name; without it the patient's",
    "patient": "who",
    "modality": "of a plain image",
    "unit": "of a plain image",
    "series": "SeriesInstanceUID, where a folder holds several",
}
"""What columns of the table are for; one without an entry is looked for under its own name."""

_ARGUMENTS = {"name": "names", "modality": "modality", "unit": "unit", "series": "series_uid"}


def features_cohort(
    table: str | os.PathLike[str],
    state: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    sheet: str = "",
    settings: Mapping[str, Any] | None = None,
    options: BatchOptions | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> BatchReport:
    """Extract the features of every case of a table.

    Parameters
    ----------
    table : path
        .csv or .xlsx, a row a case, paths relative to it.
    state : path
        Folder that keeps state and results; the same call goes on in it.
    columns : mapping of str to str, optional
        Column by role (``FEATURE_ROLES``).
    keep : sequence of str
        Columns that are taken over into the result, such as an outcome.
    sheet : str
        Of a workbook; the first if empty.
    settings : mapping, optional
        Arguments of the step ``features`` that all cases share; a cell of the table goes before.
    options, again, progress
        As ``run_cases``.

    Returns
    -------
    BatchReport
        Its ``table``: patient, kept columns, case, segment, features; a row a structure.

    Raises
    ------
    InputError
        If a column is missing or unknown, or a cell of image or mask is empty; else as ``run_cases``.
    """
    path, chosen = Path(table), dict(columns or {})
    for role in chosen:
        check_choice(role, FEATURE_ROLES, "--column")
    rows = read_cases(path, case_column=chosen.get("case", ""), sheet=sheet)
    for role, column in chosen.items():
        check_choice(column, rows.columns, f"--column {role}")
    for column in keep:
        check_choice(column, rows.columns, "--keep")
    for role in ("image", "mask"):
        if chosen.get(role, role) not in rows.columns:
            raise InputError(
                path.name, expected=f"a column {role} ({', '.join(rows.columns)})", got="none",
                remedy=f"name it with --column {role}=COLUMN",
            )  # fmt: skip
    cases = [_case(rows, n, chosen, keep) for n in range(len(rows.names))]
    return run_cases("features", cases, state, settings=settings, options=options, again=again, progress=progress)


def _case(rows: CaseTable, number: int, columns: Mapping[str, str], keep: Sequence[str]) -> Case:
    cells, name = rows.rows[number], rows.names[number]

    def cell(role: str) -> str:
        return cells.get(columns.get(role, role), "")

    mask, _, structures = cell("mask").partition("::")
    given: dict[str, Any] = {argument: text for role, argument in _ARGUMENTS.items() if (text := cell(role))}
    if structures:
        given["names"] = structures
    given["image"] = str(rows.folder / cell("image")) if cell("image") else ""  # told as this case's failure
    given["masks"] = [str(rows.folder / part.strip()) for part in mask.split(";") if part.strip()] or ""
    shown = {"patient": cell("patient")} if cell("patient") else {}
    return Case(name, given, {**shown, **{column: cells[column] for column in keep}})
