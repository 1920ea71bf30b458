"""Measure, extract features and evaluate from files to files."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai.bundle import write_table
from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.features import FeatureSettings
from oncologyai.imaging import read_masks, read_volume
from oncologyai.pipelines import (
    EvaluateConfig,
    EvaluateResult,
    FeaturesResult,
    MeasureResult,
    evaluate,
    features,
    measure,
)
from oncologyai.progress import Progress, Silent
from oncologyai.types import Line, Mask, Table, Volume

__all__ = ["evaluate_files", "features_files", "measure_files", "measurements_json"]


def measure_files(
    image: Path,
    masks: Path,
    out: Path | None = None,
    *,
    names: Sequence[str] | None = None,
    series_uid: str | None = None,
    modality: str | None = None,
    progress: Progress | None = None,
) -> MeasureResult:
    """Measure the structures of a mask file; write .json or .csv where ``out`` says so."""
    volume, found = _image_and_masks(image, masks, names, series_uid, modality, progress or Silent())
    result = measure(volume, found, progress=progress)
    if out is not None:
        _write_rows(out, result.table, result.lines)
    return result


def features_files(
    image: Path,
    masks: Path,
    out: Path,
    *,
    names: Sequence[str] | None = None,
    bin_width: float = 25.0,
    series_uid: str | None = None,
    modality: str | None = None,
    progress: Progress | None = None,
) -> FeaturesResult:
    """Extract the features of the structures of a mask file to a .csv (or .json) table."""
    settings = FeatureSettings(bin_width=bin_width)
    volume, found = _image_and_masks(image, masks, names, series_uid, modality, progress or Silent())
    result = features(volume, found, settings, progress=progress)
    _write_rows(out, result.table)
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
    progress: Progress | None = None,
) -> EvaluateResult:
    """Compare one structure of a reference file with one of a predicted file.

    ``names`` are (reference, predicted); None takes the first structure of the file.
    """
    config = EvaluateConfig(tolerance_mm=tolerance_mm)
    watch = progress or Silent()
    grid = None if image is None else read_volume(image, series_uid=series_uid, progress=watch)
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


def _image_and_masks(
    image: Path,
    masks: Path,
    names: Sequence[str] | None,
    series_uid: str | None,
    modality: str | None,
    progress: Progress,
) -> tuple[Volume, tuple[Mask, ...]]:
    progress.stage("read", 0.0)
    volume = read_volume(image, series_uid=series_uid, modality=modality, progress=progress)
    found = read_masks(masks, grid=volume, names=names, progress=progress)
    filled = tuple(mask for mask in found if not mask.is_empty)
    if not filled:
        raise EmptyMaskError(str(masks), expected="a structure with voxels on the image", got="only empty ones")
    return volume, filled


def _one_mask(path: Path, grid: Volume | None, name: str | None, progress: Progress) -> Mask:
    found = read_masks(path, grid=grid, names=None if name is None else [name], progress=progress)
    if not found:
        raise EmptyMaskError(str(path), expected="at least one structure", got="none")
    return found[0]


def _write_rows(out: Path, table: Table, lines: Sequence[Line] = ()) -> None:
    if out.suffix.lower() not in {".csv", ".json"}:
        raise InputError("--out", expected="a name that ends in .csv or .json", got=out.name)
    with atomic_file(out) as draft:
        if out.suffix.lower() == ".csv":
            write_table(table, draft)
        else:
            draft.write_text(measurements_json(table, lines), encoding="utf-8")
