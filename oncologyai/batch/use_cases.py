"""The commands as functions of one case: files into a folder, rows given back.

Each takes ``(folder, *, progress, **arguments)`` and raises what its workflow raises; see ``Step``.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from oncologyai import workflows
from oncologyai.imaging import SuvKind
from oncologyai.progress import Progress
from oncologyai.types import Point, Table, Unit

__all__ = ["Seed", "convert_case", "evaluate_case", "features_case", "measure_case", "run_case", "segment_case"]


def _numbers(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


Seed = Annotated[tuple[float, float, float], BeforeValidator(_numbers)]
"""A point (R, A, S) in mm, also as text 'R,A,S'."""


def convert_case(
    folder: Path,
    *,
    progress: Progress,
    study: Path,
    form: str = "nrrd",
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
) -> Table:
    """Convert a folder of DICOM; the rows are those of its index."""
    from oncologyai.bundle import read_table

    workflows.convert_dataset(
        study, folder, form=form, suv=suv, allow_missing_slices=allow_missing_slices, progress=progress
    )
    return read_table(folder / "index.csv")


def evaluate_case(
    folder: Path,
    *,
    progress: Progress,
    reference: Path,
    predicted: Path,
    image: Path | None = None,
    reference_name: str | None = None,
    predicted_name: str | None = None,
    tolerance_mm: float = 1.18,
    modality: str | None = None,
) -> Table:
    """Compare a predicted mask with its reference; a row of metrics."""
    names = (reference_name, predicted_name)
    result = workflows.evaluate_files(
        reference, predicted, image=image, names=names, tolerance_mm=tolerance_mm, modality=modality, progress=progress
    )
    return result.table


def features_case(
    folder: Path,
    *,
    progress: Progress,
    image: Path,
    masks: Path,
    names: tuple[str, ...] = (),
    bin_width: float = 25.0,
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
) -> Table:
    """Extract the features of the structures of a mask file; a row a structure."""
    result = workflows.features_files(
        image, masks, folder / "features.csv", names=names or None, bin_width=bin_width, series_uid=series_uid,
        modality=modality, unit=unit, suv=suv, allow_missing_slices=allow_missing_slices, progress=progress,
    )  # fmt: skip
    return result.table


def measure_case(
    folder: Path,
    *,
    progress: Progress,
    image: Path,
    masks: Path,
    names: tuple[str, ...] = (),
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
) -> Table:
    """Measure the structures of a mask file; a row a quantity."""
    result = workflows.measure_files(
        image, masks, folder / "measurements.json", names=names or None, series_uid=series_uid, modality=modality,
        unit=unit, suv=suv, allow_missing_slices=allow_missing_slices, progress=progress,
    )  # fmt: skip
    return result.table


def segment_case(
    folder: Path,
    *,
    progress: Progress,
    image: Path,
    inside: tuple[Seed, ...] = (),
    outside: tuple[Seed, ...] = (),
    method: str = "",
    model: str = "",
    channels: dict[str, Path] | None = None,
    max_distance_mm: float | None = None,
    device: str = "",
    engine: str = "",
    members: str = "",
    all_lesions: bool = False,
    threshold: float | None = None,
    series_uid: str = "",
    modality: str = "",
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
) -> Table:
    """Segment the lesion around seeds, or what a model finds; a row a lesion."""
    config = workflows.segment_config(
        method=method, max_distance_mm=max_distance_mm, model=model, device=device, engine=engine, members=members,
        all_lesions=all_lesions, threshold=threshold,
    )  # fmt: skip
    how = workflows.ReadConfig(series_uid or None, modality or None, unit, suv, allow_missing_slices)
    request = workflows.request_from_image(
        image, _points(inside, "Inside"), _points(outside, "Outside"), config=config, channels=channels, how=how,
        progress=progress,
    )  # fmt: skip
    result = workflows.segment_to_file(request, folder / "segmentation.seg.nrrd", progress=progress)
    trust = result.finding.trust if result.finding else None
    said = trust.sentence() if trust else None
    rows = tuple((mask.label, mask.volume_ml, said) for mask in result.masks)
    return Table("Lesions", ("segment", "volume_ml", "trust"), rows)


def run_case(
    folder: Path,
    *,
    progress: Progress,
    study: Path,
    inside: tuple[Seed, ...] = (),
    outside: tuple[Seed, ...] = (),
    method: str = "",
    model: str = "",
    channels: dict[str, Path] | None = None,
    max_distance_mm: float | None = None,
    device: str = "",
    engine: str = "",
    members: str = "",
    all_lesions: bool = False,
    threshold: float | None = None,
    patient: str = "",
    series_uid: str = "",
    modality: str = "",
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
    scene: bool = False,
) -> Table | None:
    """Segment, measure and report a study; the rows are its measurements. No scene unless asked for."""
    config = workflows.segment_config(
        method=method, max_distance_mm=max_distance_mm, model=model, device=device, engine=engine, members=members,
        all_lesions=all_lesions, threshold=threshold,
    )  # fmt: skip
    how = workflows.ReadConfig(series_uid or None, modality or None, unit, suv, allow_missing_slices)
    chosen = workflows.run_config(config=config, patient=patient, how=how, channels=channels, scene=scene)
    result = workflows.run(
        study, _points(inside, "Inside"), _points(outside, "Outside"), folder, config=chosen, progress=progress
    )
    return result.bundle.table("Measurements")


def _points(seeds: tuple[Seed, ...], name: str) -> tuple[Point, ...]:
    return tuple(Point(f"{name}-{n}", seed) for n, seed in enumerate(seeds, start=1) if all(map(math.isfinite, seed)))
