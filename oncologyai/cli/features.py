"""``oncology-ai features``: features of given masks, of one image or of a cohort."""

from __future__ import annotations

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

__all__ = ["features"]


def features(
    image: Annotated[
        Path | None,
        typer.Argument(help="A DICOM folder or file, or a NRRD, NIfTI or MHA image.", show_default=False),
    ] = None,
    masks: Annotated[
        Path | None, typer.Argument(help="RTSTRUCT, DICOM SEG, .seg.nrrd or a label map.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Table to write.")] = Path("features.csv"),
    name: Annotated[list[str], typer.Option("--name", help="Only this structure; several times.")] = [],
    settings: Annotated[
        str, typer.Option(help="A parameter file of pyradiomics, or a preset.", metavar="FILE|PRESET")
    ] = "",
    engine: Annotated[str, typer.Option(help="oncologyai, or pyradiomics where it is installed.")] = "oncologyai",
    bin_width: Annotated[
        float | None, typer.Option(help="Width of the grey-level bins, in the image's unit.", show_default="25")
    ] = None,
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
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Extract features under pyradiomics' names, a row a structure.

    Either of one image (IMAGE MASKS), or of a whole cohort: --cohort TABLE gives one table of all cases, failures
    beside it; the same command goes on after an interruption.
    """
    request = cohort_.CohortRequest(column, keep, sheet, state, strict)
    if (cohort is None) == (masks is None):
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
    from oncologyai.features import parameters_of

    chosen = workflows.feature_settings(settings, bin_width)
    if cohort is not None:
        shared = {**how, "names": list(name), "settings": parameters_of(chosen), "engine": engine}
        shared = {argument: value for argument, value in shared.items() if value not in (None, [])}
        options = batch_options(workers, scheduler, memory, retries, time_limit_s)
        request.run(cohort, out, shared, options, progress)
    elif image is not None and masks is not None:
        request.require_none()
        with reporter(progress) as watch:
            result = workflows.features_files(
                image, masks, out, names=name or None, settings=chosen, engine=engine, progress=watch, **how
            )
            watch.done(table=str(out))
        if progress is not ProgressMode.JSON:
            typer.echo(f"{out}: {len(result.table.rows)} structures, {len(result.table.columns) - 1} features")
