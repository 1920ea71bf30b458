"""Measure and evaluate from files to files."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai.bundle import write_table
from oncologyai.errors import AmbiguousStudyError, EmptyMaskError, InputError
from oncologyai.imaging import SuvKind, read_masks, read_volume
from oncologyai.pipelines import (
    EvaluateConfig,
    EvaluateResult,
    MeasureResult,
    evaluate,
    measure,
)
from oncologyai.progress import Progress, Silent
from oncologyai.types import Line, Mask, Table, Unit, Volume

__all__ = ["evaluate_files", "measure_files", "measurements_json"]


def measure_files(
    image: Path,
    masks: Path,
    out: Path | None = None,
    *,
    names: Sequence[str] | None = None,
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> MeasureResult:
    """Measure the structures of a mask file; write .json or .csv where ``out`` says so.

    Image and masks are read as ``read_volume`` and ``read_masks`` do, with ``modality``, ``unit`` and the rest.

    Raises
    ------
    InputError
        If ``out`` ends otherwise, before anything is read; else as reading and ``measure`` raise.
    EmptyMaskError
        If no structure has a voxel on the image.
    """
    _check_ending(out)
    volume = read_volume(
        image, series_uid=series_uid, modality=modality, unit=unit, suv=suv,
        allow_missing_slices=allow_missing_slices, progress=progress,
    )  # fmt: skip
    found = _filled_masks(masks, volume, names, progress or Silent())
    result = measure(volume, found, progress=progress)
    if out is not None:
        _write_rows(out, result.table, result.lines)
    return result


def evaluate_files(
    reference: Path,
    predicted: Path,
    out: Path | None = None,
    *,
    image: Path | None = None,
    names: tuple[str | None, str | None] = (None, None),
    tolerance_mm: float = 1.18,
    series_uid: str | None = None,
    modality: str | None = None,
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> EvaluateResult:
    """Compare one structure of a reference file with one of a predicted file.

    ``names`` are (reference, predicted); None takes the file's only structure.

    Raises
    ------
    AmbiguousStudyError
        If a file holds several structures and no name says which.
    EmptyMaskError
        If a file holds none.
    InputError
        If ``out`` ends otherwise, before anything is read; else as reading and ``evaluate`` raise.
    """
    _check_ending(out)
    config = EvaluateConfig(tolerance_mm=tolerance_mm)
    watch = progress or Silent()
    grid = None
    if image is not None:
        # SUV is not needed to place a mask, so a PET without weight will do
        grid = read_volume(
            image, series_uid=series_uid, modality=modality, suv="none", allow_missing_slices=allow_missing_slices,
            progress=watch,
        )  # fmt: skip
    pair = [_one_mask(path, grid, name, watch) for path, name in zip((reference, predicted), names, strict=True)]
    result = evaluate([(pair[0], pair[1])], config, progress=watch)
    if out is not None:
        _write_rows(out, result.table)
    return result


def measurements_json(table: Table, lines: Sequence[Line] = ()) -> str:
    """Give rows as objects, and lines with both ends in RAS mm, as JSON.

    JSON knows no NaN (here null) and no infinity (here the text Infinity).
    """
    rows = [{name: _plain(cell) for name, cell in zip(table.columns, row, strict=True)} for row in table.rows]
    content: dict[str, Any] = {table.name.lower(): rows}
    if lines:
        content["lines"] = [
            {"name": line.name, "start_ras": line.start_ras, "end_ras": line.end_ras, "length_mm": line.length_mm}
            for line in lines
        ]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(cell: str | float | int | None) -> str | float | int | None:
    if not isinstance(cell, float) or math.isfinite(cell):
        return cell
    return None if math.isnan(cell) else "Infinity"


def _filled_masks(masks: Path, volume: Volume, names: Sequence[str] | None, progress: Progress) -> tuple[Mask, ...]:
    found = read_masks(masks, grid=volume, names=names, progress=progress)
    filled = tuple(mask for mask in found if not mask.is_empty)
    if not filled:
        raise EmptyMaskError(str(masks), expected="a structure with voxels on the image", got="only empty ones")
    return filled


def _one_mask(path: Path, grid: Volume | None, name: str | None, progress: Progress) -> Mask:
    found = read_masks(path, grid=grid, names=None if name is None else [name], progress=progress)
    if not found:
        raise EmptyMaskError(str(path), expected="at least one structure", got="none")
    if len(found) > 1:
        listed = ", ".join(mask.label for mask in found)
        raise AmbiguousStudyError(
            str(path),
            expected="one structure",
            got=f"{len(found)} ({listed})",
            remedy="choose by reference and predicted name",
        )
    return found[0]


def _check_ending(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in {".csv", ".json"}:
        raise InputError("--out", expected="a name that ends in .csv or .json", got=out.name)


def _write_rows(out: Path, table: Table, lines: Sequence[Line] = ()) -> None:
    with atomic_file(out) as draft:
        if out.suffix.lower() == ".csv":
            write_table(table, draft)
        else:
            draft.write_text(measurements_json(table, lines), encoding="utf-8")
