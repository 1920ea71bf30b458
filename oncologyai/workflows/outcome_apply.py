"""Apply a signature to a table in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai.bundle import TABLE_ENDINGS, read_provenance, read_text_table, write_table_file, write_workbook
from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings, load_settings, settings_from_provenance
from oncologyai.outcome import Given, find_signature, load_signature, model_bytes
from oncologyai.pipelines import PredictResult, predict_outcome
from oncologyai.progress import Progress
from oncologyai.types import Table

__all__ = ["ApplyForm", "apply_signature_file", "settings_beside", "settings_of_provenance"]

_ENDINGS = (*TABLE_ENDINGS, ".json")
_PATIENT = "patient"


@dataclass(frozen=True)
class ApplyForm:
    """How the table is laid out.

    Parameters
    ----------
    patient : str
        Column of the patients; ``patient`` where there is one, if empty, else rows are numbered.
    columns, units : mapping of str to str
        By the card's column: the table's, where it has another name; the unit, where the header does not tell it.
    rows : mapping of str to str
        Value by column: rows that count, such as those of one segment.
    sheet : str
        Of a workbook; the first if empty.
    settings : str
        Preset or parameter file that the image features were computed with; without, the provenance beside the table.
    unchecked : bool
        Go on where nobody knows.
    """

    patient: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    settings: str = ""
    unchecked: bool = False


def apply_signature_file(
    card: str | Path, path: Path, out: Path | None = None, *, form: ApplyForm | None = None,
    progress: Progress | None = None,
) -> PredictResult:  # fmt: skip
    """Apply a signature to the patients of a table, and write what it says.

    Parameters
    ----------
    card : str or Path
        Id of a shipped signature, or a card's file.
    path : Path
        .csv, .xlsx or .parquet, a row a patient. ``NAME.provenance.json`` beside it, which `features` writes, says what
        image features were computed with.
    out : Path, optional
        .csv or .parquet: the predictions, with contributions, curves and cautions in files beside it
        (``NAME-contributions.csv``); .xlsx: a sheet each; .json: all in one.

    Raises
    ------
    InputError
        If ``out`` ends otherwise, before anything is read; a column is absent, no row counts, or as
        ``apply_signature``.
    MissingFileError, UnreadableFileError, MissingDependencyError
        As ``load_signature`` and ``read_text_table``.
    """
    form = form or ApplyForm()
    if out is not None and out.suffix.lower() not in _ENDINGS:
        raise InputError("--out", expected="a name that ends in " + ", ".join(_ENDINGS), got=out.name)
    place = find_signature(card)
    signature = load_signature(place)
    table = _matching(read_text_table(path, sheet=form.sheet or None), form.rows, path.name)
    settings, unit = (load_settings(form.settings), "") if form.settings else settings_beside(path)
    patient = form.patient or (_PATIENT if _PATIENT in table.columns else "")
    given = Given(patient, form.columns, form.units, settings, unit, form.unchecked)
    result = predict_outcome(signature, table, given, model=model_bytes(signature, place.parent), progress=progress)
    if out is not None:
        _write(result, out)
    return result


def settings_beside(table: Path) -> tuple[FeatureSettings | None, str]:
    """Give the settings that the features of a table were computed with, and the unit of the image.

    None, and an empty text, where ``NAME.provenance.json`` is not beside it or is not of a run for features.

    Raises
    ------
    UnreadableFileError
        If that file is damaged.
    """
    path = table.with_suffix(".provenance.json")
    return settings_of_provenance(read_provenance(path).settings) if path.is_file() else (None, "")


def settings_of_provenance(kept: Mapping[str, Any], image: str = "") -> tuple[FeatureSettings | None, str]:
    """Give settings and the image's unit from a provenance's settings; of several images that of one by its name."""
    if "features" not in kept:
        return None, ""
    about = (kept.get("images") or {}).get(image) or kept.get("image") or {}
    return settings_from_provenance(kept), str(about.get("unit", ""))


def _matching(table: Table, wanted: Mapping[str, str], name: str) -> Table:
    for column in wanted:
        if column not in table.columns:
            raise InputError("--rows", expected=f"a column of {name}", got=column)
    places = {table.columns.index(column): value for column, value in wanted.items()}
    rows = tuple(row for row in table.rows if all(str(row[n] or "") == value for n, value in places.items()))
    if not rows:
        asked = ", ".join(f"{column}={value}" for column, value in wanted.items())
        raise InputError(name, expected=f"rows with {asked}" if asked else "rows", got="none")
    return Table(table.name, table.columns, rows)


def _write(result: PredictResult, out: Path) -> None:
    if out.suffix.lower() == ".json":
        rows = {table.name.lower(): [dict(zip(table.columns, row, strict=True)) for row in table.rows]
                for table in result.tables}  # fmt: skip
        content = {**rows, "provenance": result.provenance.to_dict()}
        with atomic_file(out) as draft:
            draft.write_text(
                json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
            )
        return
    if out.suffix.lower() == ".xlsx":
        with atomic_file(out) as draft:
            write_workbook(result.tables, draft)
        return
    for table in result.tables[1:]:
        write_table_file(table, out.with_name(f"{out.stem}-{table.name.lower()}{out.suffix}"))
    write_table_file(result.prediction, out)
