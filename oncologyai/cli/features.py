"""``oncology-ai features``: features of given masks, of one image or of a cohort, or maps of them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from oncologyai.cli import feature_cohort as cohort_
from oncologyai.cli.batch_options import (
    MemoryOption,
    RetriesOption,
    SchedulerOption,
    StrictOption,
    TimeLimitOption,
    WorkersOption,
    batch_options,
)
from oncologyai.cli.feature_bundle import BundleOption, OutBundleOption, answer_bundle
from oncologyai.cli.feature_options import (
    BinWidthOption,
    ConventionsOption,
    FeatureDeviceOption,
    OptionalImageArgument,
    RingWithinOption,
    SettingsOption,
    SeveralMasksArgument,
    TableOption,
    VoxelBasedOption,
)
from oncologyai.cli.options import (
    GapsOption,
    ModalityOption,
    SeriesOption,
    Suv,
    SuvOption,
    UnitOption,
)
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.errors import InputError
from oncologyai.progress import Provenance

__all__ = ["features"]


def features(
    image: OptionalImageArgument = None,
    masks: SeveralMasksArgument = None,
    out: TableOption = None,
    name: Annotated[list[str], typer.Option("--name", help="Only this structure; several times.")] = [],
    settings: SettingsOption = "",
    engine: Annotated[str, typer.Option(help="oncologyai, or pyradiomics where it is installed.")] = "oncologyai",
    bin_width: BinWidthOption = None,
    conventions: ConventionsOption = "pyradiomics",
    device: FeatureDeviceOption = "cpu",
    voxel_based: VoxelBasedOption = [],
    solid: Annotated[bool, typer.Option("--solid", help="Rows of the solid and the ground-glass part, on CT.")] = False,
    ring_mm: Annotated[float, typer.Option(help="A row of the ring around each lesion, so far out.", min=0.0)] = 0.0,
    ring_inside_mm: Annotated[float, typer.Option(help="How far the ring reaches into the lesion.", min=0.0)] = 0.0,
    ring_within: RingWithinOption = "",
    series: SeriesOption = "",
    modality: ModalityOption = "",
    unit: UnitOption = None,
    suv: SuvOption = Suv.bw,
    allow_missing_slices: GapsOption = False,
    cohort: cohort_.CohortOption = None,
    column: cohort_.ColumnOption = [],
    keep: cohort_.KeepOption = [],
    sheet: cohort_.SheetOption = "",
    state: cohort_.StateOption = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    memory: MemoryOption = "auto",
    retries: RetriesOption = 2,
    time_limit_s: TimeLimitOption = None,
    strict: StrictOption = False,
    bundle: BundleOption = None,
    out_bundle: OutBundleOption = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Extract features under pyradiomics' names, a row a structure, or map them voxel by voxel.

    Either of one image (IMAGE MASKS...), or of a whole cohort: --cohort TABLE gives one table of all cases, failures
    beside it; the same command goes on after an interruption. Beside a table stands its provenance.
    """
    if answer_bundle(bundle, out_bundle, others=bool(image or masks or cohort), progress=progress):
        return
    request = cohort_.CohortRequest(column, keep, sheet, state, strict)
    if (cohort is None) == (not masks):
        got = "both" if cohort else "an image without masks" if image else "neither"
        raise InputError("features", expected="an image and its masks, or --cohort TABLE", got=got)
    how: dict[str, Any] = {
        "series_uid": series or None,
        "modality": modality or None,
        "unit": unit.value if unit else None,
        "suv": suv.value,
        "allow_missing_slices": allow_missing_slices,
    }
    from oncologyai import workflows
    from oncologyai.pipelines import SubregionConfig

    chosen = workflows.feature_settings(settings, bin_width)
    parts = SubregionConfig(solid=solid, ring_mm=ring_mm, ring_inside_mm=ring_inside_mm)
    if cohort is not None:
        if voxel_based:
            raise InputError("--cohort", expected="a table", got="--voxel-based, which makes maps of one image")
        from oncologyai.features import find_accelerator, parameters_of

        if not scheduler:
            find_accelerator(device)  # a card that is not there is told once, not for each case

        how |= {"names": list(name), "settings": parameters_of(chosen), "engine": engine, "conventions": conventions}
        how |= {**asdict(parts), "ring_within": ring_within, "device": device if device != "cpu" else ""}
        shared = {argument: value for argument, value in how.items() if value not in (None, "", [])}
        options = batch_options(workers, scheduler, memory, retries, time_limit_s)
        request.run(cohort, out or Path("features.csv"), shared, options, progress)
    elif image is not None and masks:
        request.require_none()
        how |= {"names": name or None, "settings": chosen, "device": device}
        if voxel_based:
            _map(image, masks, out or Path("feature-maps"), voxel_based, how, progress)
        else:
            how |= {"engine": engine, "conventions": conventions, "parts": parts, "within": ring_within or None}
            _extract(image, masks, out or Path("features.csv"), how, progress)


def _extract(image: Path, masks: list[Path], out: Path, how: dict[str, Any], progress: ProgressMode) -> None:
    from oncologyai import workflows

    with reporter(progress) as watch:
        result = workflows.features_files(image, masks, out, **how, progress=watch)
        watch.done(table=str(out))
    if progress is not ProgressMode.JSON:
        _say_notes(result.provenance)
        typer.echo(f"{out}: {len(result.table.rows)} structures, {len(result.table.columns) - 1} features")


def _map(
    image: Path, masks: list[Path], out: Path, names: list[str], how: dict[str, Any], progress: ProgressMode
) -> None:
    from oncologyai import workflows

    with reporter(progress) as watch:
        maps = workflows.feature_map_files(image, masks, out, names, **how, progress=watch)
        watch.done(folder=str(out), maps=[str(path) for path in maps.paths])
    if progress is not ProgressMode.JSON:
        _say_notes(maps.provenance)
        typer.echo(f"{out}: {len(maps.paths)} maps")


def _say_notes(provenance: Provenance) -> None:
    for note in provenance.warnings:
        typer.echo(f"note: {note}", err=True)
