"""The commands as functions of one case: files into a folder, rows given back.

Each takes ``(folder, *, progress, **arguments)`` and raises what its workflow raises; see ``Step``.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from oncologyai import pipelines, workflows
from oncologyai._checks import check_choice
from oncologyai.bundle import read_table
from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings, load_settings, parameters_of, preset_names, settings_from_parameters
from oncologyai.harmonize import Preset, load_preset, preset_to_mapping
from oncologyai.imaging import SuvKind, read_masks, read_volume, write_masks, write_volume
from oncologyai.models import Store, card_digest
from oncologyai.progress import Progress
from oncologyai.scintigraphy import ScanReading
from oncologyai.types import Point, Table, Unit

__all__ = [
    "Seed",
    "bonescan_case",
    "bonescan_digest",
    "convert_case",
    "evaluate_case",
    "features_case",
    "features_settings",
    "measure_case",
    "model_digest",
    "preprocess_case",
    "preprocess_chain",
    "run_case",
    "segment_case",
]


def _numbers(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


Seed = Annotated[tuple[float, float, float], BeforeValidator(_numbers)]
"""A point (R, A, S) in mm, also as text 'R,A,S'."""


def bonescan_case(
    folder: Path,
    *,
    progress: Progress,
    study: tuple[Path, ...],
    model: str = pipelines.BoneScanConfig.model,
    engine: str = "",
    method: str = "grad-cam",
    threshold: str = "",
    fast: bool = False,
    sanity: bool = False,
    turn_deg: int = 0,
    view: str = "",
    pixel_mm: float | None = None,
    patient: str = "",
    report: bool = False,
    scene: bool = False,
) -> Table:
    """Classify a whole-body bone scan (a folder, a file, or two of a view each); one row.

    It makes map_<view>.nrrd, foci.mrk.json, the tables and a thumbnail; with report also report.html, pictures and the
    bundle, with scene scene.mrb as well.
    """
    config = pipelines.BoneScanConfig(model, engine, method, threshold, fast, sanity)  # type: ignore[arg-type]
    form = workflows.ScanForm(config, ScanReading(turn_deg, view, pixel_mm), patient, scene)
    return workflows.bonescan_case_files(study, folder, form=form, report=report or scene, progress=progress)


def bonescan_digest(*, model: str = pipelines.BoneScanConfig.model, **_: Any) -> str:
    """Give what tells one state of a model from another."""
    return pipelines.find_bonescan_card(model).digest


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
    workflows.convert_dataset(
        study, folder, form=form, suv=suv, allow_missing_slices=allow_missing_slices, keep=False, progress=progress
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
    masks: tuple[Path, ...],
    names: tuple[str, ...] = (),
    preset: str = "",
    parameters: Path | None = None,
    settings: dict[str, Any] | None = None,
    engine: str = "oncologyai",
    conventions: str = "pyradiomics",
    device: str = "cpu",
    solid: bool = False,
    solid_hu: float = pipelines.SubregionConfig.solid_hu,
    ring_mm: float = 0.0,
    ring_inside_mm: float = 0.0,
    ring_within: str | None = None,
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
) -> Table:
    """Extract the features of the structures of mask files; a row a structure.

    Settings are a preset's, those of a parameter file, or sections of one written in the recipe.
    """
    result = workflows.features_files(
        image, masks, folder / "features.csv", names=names or None,
        settings=_feature_settings(preset, parameters, settings), engine=engine, conventions=conventions, device=device,
        parts=pipelines.SubregionConfig(solid, solid_hu, ring_mm, ring_inside_mm),
        within=ring_within, series_uid=series_uid, modality=modality, unit=unit, suv=suv,
        allow_missing_slices=allow_missing_slices, progress=progress,
    )  # fmt: skip
    return result.table


def features_settings(
    *, preset: str = "", parameters: Path | None = None, settings: dict[str, Any] | None = None, **_: Any
) -> dict[str, Any]:
    """Give what a preset's name stands for."""
    return parameters_of(_feature_settings(preset, parameters, settings))


def _feature_settings(preset: str, parameters: Path | None, settings: dict[str, Any] | None) -> FeatureSettings:
    given = [name for name, value in (("preset", preset), ("parameters", parameters), ("settings", settings)) if value]
    if len(given) > 1:
        raise InputError("features", expected="one of preset, parameters and settings", got=" and ".join(given))
    if settings:
        return settings_from_parameters(settings)
    if preset:
        check_choice(preset, preset_names(), "features.preset")
    return load_settings(parameters or preset) if given else FeatureSettings()


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


def preprocess_case(
    folder: Path,
    *,
    progress: Progress,
    image: Path,
    masks: Path | None = None,
    names: tuple[str, ...] = (),
    preset: str = "",
    fitted: Path | None = None,
    region: tuple[str, ...] = (),
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
) -> Table:
    """Take an image, and masks along, through a chain of harmonisation; a row of notes.

    The chain is a preset that needs no training cohort, or a file of one that was fitted on a cohort.
    """
    volume = read_volume(
        image, series_uid=series_uid, modality=modality, unit=unit, suv=suv,
        allow_missing_slices=allow_missing_slices, progress=progress,
    )  # fmt: skip
    drawn = () if masks is None else read_masks(masks, grid=volume, names=names or None, progress=progress)
    config = pipelines.PreprocessConfig(_chain(preset, fitted), region)
    found = pipelines.preprocess(volume, drawn, config, progress=progress)
    write_volume(found.volume, folder / "image.nrrd")
    if found.masks:
        write_masks(found.masks, folder / "masks.seg.nrrd")
    spacing = "x".join(f"{s:.4g}" for s in found.volume.spacing_mm)
    row = (found.volume.modality, found.volume.unit, spacing, len(found.masks), "; ".join(found.flags))
    return Table("Preprocessed", ("modality", "unit", "spacing_mm", "masks", "notes"), (row,))


def preprocess_chain(*, preset: str = "", fitted: Path | None = None, **_: Any) -> dict[str, Any]:
    """Give what a preset's name stands for."""
    return preset_to_mapping(_chain(preset, fitted))


def _chain(preset: str, fitted: Path | None) -> Preset:
    if bool(preset) == (fitted is not None):
        raise InputError("preprocess", expected="either preset or fitted", got="both" if preset else "neither")
    return load_preset(preset if fitted is None else str(fitted))


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


def model_digest(*, model: str = "", **_: Any) -> str:
    """Give what tells one state of a model from another: its card's digest, which counts the weights in."""
    return card_digest(Store().get(model).card.to_json()) if model else ""


def _points(seeds: tuple[Seed, ...], name: str) -> tuple[Point, ...]:
    return tuple(Point(f"{name}-{n}", seed) for n, seed in enumerate(seeds, start=1) if all(map(math.isfinite, seed)))
