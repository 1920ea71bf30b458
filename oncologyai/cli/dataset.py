"""``oncology-ai dataset``: describe, check, convert, pre-process, preview and anonymize folders of studies.

One bad case never stops the rest: it is listed with its reason, and the exit code is 0 while any case was done. With
``--strict`` a series that fails a check, or a case that could not be done, makes it 2: the user's input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli.batch_options import SchedulerOption, StrictOption, WorkersOption
from oncologyai.cli.options import GapsOption, Suv, SuvOption, UnitOption
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.workflows import CaseRunner

__all__ = ["anonymize", "app", "check", "convert", "describe", "preprocess", "presets", "preview"]

app = typer.Typer(
    help="Describe, check, convert, pre-process, preview and anonymize folders of studies.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

StudiesArgument = Annotated[Path, typer.Argument(help="Folder of DICOM studies.", show_default=False)]
ImagesArgument = Annotated[
    Path,
    typer.Argument(help="Folder of DICOM studies, of converted images, or of plain ones.", show_default=False),
]
OutArgument = Annotated[Path, typer.Argument(help="Folder for the results.", show_default=False)]
IdentityOption = Annotated[bool, typer.Option("--identity", help="Show Patient ID instead of a pseudonym.")]
ModalitiesOption = Annotated[
    list[str], typer.Option("--modality", help="CT, PT, MR or NM; may be given several times.", metavar="MODALITY")
]
StructuresOption = Annotated[
    list[str],
    typer.Option("--structure", help="Name or pattern such as 'GTV*'; may be given several times.", metavar="NAME"),
]


@app.command()
def describe(
    source: StudiesArgument,
    out: OutArgument,
    tag: Annotated[
        list[str],
        typer.Option(help="A further DICOM keyword or (gggg,eeee); may be given several times.", metavar="TAG"),
    ] = [],
    identity: IdentityOption = False,
    strict: StrictOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """List every series with its acquisition parameters, sum them up, and draw their distributions."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        report = workflows.describe_dataset(
            source,
            out,
            tags=tag,
            identity=identity,
            runner=_runner(workers, scheduler),
            progress=watch,
        )
        watch.done(series=len(report.series.rows), failed=len(report.failed), kept=report.kept)
    _tell(progress, report.notes, report.failed, f"{out}: {len(report.series.rows)} series; see description.html")
    _end(bool(report.series.rows), report.failed, strict)


@app.command()
def check(
    source: StudiesArgument,
    out: OutArgument,
    limits: Annotated[
        Path | None, typer.Option(help="YAML file of limits; options come on top of it.", show_default=False)
    ] = None,
    modality: ModalitiesOption = [],
    orientation: Annotated[
        list[str], typer.Option(help="axial, coronal, sagittal or any; axial if not given.", metavar="PLANE")
    ] = [],
    slices: Annotated[str, typer.Option(help="Least and most slices.", metavar="MIN,MAX")] = "",
    thickness: Annotated[str, typer.Option(help="Slice thickness in mm.", metavar="MIN,MAX")] = "",
    pixel: Annotated[str, typer.Option(help="Pixel edge in mm.", metavar="MIN,MAX")] = "",
    step: Annotated[str, typer.Option(help="Distance of slices in mm.", metavar="MIN,MAX")] = "",
    kernel: Annotated[
        list[str],
        typer.Option(help="Kernel or pattern such as 'B*'; may be given several times.", metavar="KERNEL"),
    ] = [],
    resolution: Annotated[str, typer.Option(help="Rows and columns.", metavar="ROWS,COLUMNS")] = "",
    several_series: Annotated[
        bool, typer.Option("--several-series", help="A folder may hold several series of a modality.")
    ] = False,
    identity: IdentityOption = False,
    strict: StrictOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Check every series of images: pass or fail for each check, with the reason. A limit may be left out: ',3'."""
    from oncologyai import pipelines, workflows

    given = {"slices": slices, "thickness_mm": thickness, "pixel_mm": pixel, "step_mm": step, "resolution": resolution}
    asked: dict[str, object] = {name: _range(text, name) for name, text in given.items() if text}
    asked |= {n: v for n, v in (("modalities", [m.upper() for m in modality]), ("kernels", kernel)) if v}
    if orientation:
        asked["orientations"] = [] if orientation == ["any"] else [o.lower() for o in orientation]
    if several_series:
        asked["one_series_a_folder"] = False
    base = workflows.limits_from_file(limits) if limits is not None else pipelines.CheckLimits()
    with reporter(progress) as watch:
        options = pipelines.limits_from_mapping(asked)
        wanted = replace(base, **{name: getattr(options, name) for name in asked})
        report = workflows.check_dataset(
            source,
            out,
            limits=wanted,
            identity=identity,
            runner=_runner(workers, scheduler),
            progress=watch,
        )
        watch.done(passed=report.passed, failing=report.failing, failed=len(report.failed), kept=report.kept)
    told = f"{out}: {report.passed} series pass, {report.failing} fail; see checks.html"
    _tell(progress, report.notes, report.failed, told)
    _end(bool(report.checks.rows), report.failed, strict, failing=report.failing)


@app.command()
def preprocess(
    source: ImagesArgument,
    out: OutArgument,
    preset: Annotated[
        str, typer.Option(help="Name (see: dataset presets), or a JSON file of your own.", show_default=False)
    ],
    fit: Annotated[
        Path | None,
        typer.Option(
            help="JSON file for the chain with this cohort's numbers: a preset for others.", show_default=False
        ),
    ] = None,
    region: Annotated[
        list[str],
        typer.Option(
            help="Structure that statistics are taken from, such as brain; may be given several times.", metavar="NAME"
        ),
    ] = [],
    structure: StructuresOption = [],
    modality: ModalitiesOption = [],
    form: Annotated[str, typer.Option("--format", help="nrrd, nii.gz or mha.")] = "nrrd",
    unit: UnitOption = None,
    suv: SuvOption = Suv.bw,
    allow_missing_slices: GapsOption = False,
    strict: StrictOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Take every image through a chain of steps, its structures with it; fit what a training cohort sets."""
    from oncologyai import workflows
    from oncologyai.harmonize import load_preset

    with reporter(progress) as watch:
        options = workflows.PreprocessOptions(
            tuple(region), tuple(structure), tuple(m.upper() for m in modality), form, suv.value,
            allow_missing_slices, unit.value if unit else None,
        )  # fmt: skip
        report = workflows.preprocess_dataset(
            source,
            out,
            load_preset(preset),
            fit=fit,
            options=options,
            runner=_runner(workers, scheduler),
            progress=watch,
        )
        watch.done(written=len(report.written), failed=len(report.failed), kept=report.kept)
    _tell(progress, report.notes, report.failed, f"{out}: {len(report.written)} files; see index.csv")
    _end(bool(report.written), report.failed, strict)


@app.command()
def presets(
    name: Annotated[str, typer.Argument(help="Show this one as JSON, to begin one's own from.")] = "",
) -> None:
    """List the chains that preprocess knows, or show one."""
    import json

    from oncologyai.harmonize import load_preset, preset_names, preset_to_mapping

    if name:
        typer.echo(json.dumps(preset_to_mapping(load_preset(name)), indent=2, ensure_ascii=False))
        return
    for each in preset_names():
        typer.echo(f"{each}: {load_preset(each).description}")


@app.command()
def preview(
    source: ImagesArgument,
    out: OutArgument,
    structure: StructuresOption = [],
    modality: ModalitiesOption = [],
    window: Annotated[str, typer.Option(help="Values shown black and white, for all images.", metavar="LOW,HIGH")] = "",
    columns: Annotated[int, typer.Option(help="Slices beside each other.")] = 4,
    rows: Annotated[int, typer.Option(help="Slices below each other.")] = 3,
    strict: StrictOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Draw a contact sheet of every image with its structures, and one page of them all."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        report = workflows.preview_dataset(
            source, out, structures=structure, modalities=[m.upper() for m in modality],
            window=_window(window), columns=columns, rows=rows, runner=_runner(workers, scheduler), progress=watch,
        )  # fmt: skip
        watch.done(sheets=len(report.sheets), failed=len(report.failed), kept=report.kept)
    _tell(progress, report.notes, report.failed, f"{out}: {len(report.sheets)} images; see preview.html")
    _end(bool(report.sheets), report.failed, strict)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="Folder of DICOM studies.", show_default=False)],
    target: Annotated[Path, typer.Argument(help="Folder for the images and masks.", show_default=False)],
    form: Annotated[str, typer.Option("--format", help="nrrd, nii.gz or mha.")] = "nrrd",
    suv: SuvOption = Suv.bw,
    structure: StructuresOption = [],
    allow_missing_slices: GapsOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Turn each image series into one file, its RTSTRUCT and SEG into masks beside it, and list all in index.csv."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        report = workflows.convert_dataset(
            source, target, form=form, suv=suv.value, structures=structure,
            allow_missing_slices=allow_missing_slices, runner=_runner(workers, scheduler), progress=watch,
        )  # fmt: skip
        watch.done(converted=len(report.converted), failed=len(report.failed))
    if progress is not ProgressMode.JSON:
        for note in report.notes:
            typer.echo(f"note: {note}", err=True)
        for name, reason in report.failed:
            typer.echo(f"failed: {name}: {reason}", err=True)
        typer.echo(f"{target}: {len(report.converted)} files, {len(report.failed)} failures; see index.csv")
    if report.failed and not report.converted:
        raise typer.Exit(2)


@app.command()
def anonymize(
    source: Annotated[Path, typer.Argument(help="Folder of DICOM files.", show_default=False)],
    target: Annotated[Path, typer.Argument(help="New folder for the anonymous copies.", show_default=False)],
    key_file: Annotated[
        Path | None,
        typer.Option(help="Secret that makes pseudonyms the same in every run; made when absent.", show_default=False),
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option(help="Where to keep who is who (JSON); keep it secret.", show_default=False)
    ] = None,
    shift_dates: Annotated[
        bool, typer.Option("--shift-dates", help="Keep dates, each patient's shifted by one secret number of days.")
    ] = False,
    keep_characteristics: Annotated[
        bool, typer.Option("--keep-characteristics", help="Keep sex, age, size and weight (SUV needs the weight).")
    ] = False,
    keep_descriptions: Annotated[
        bool, typer.Option("--keep-descriptions", help="Keep series descriptions and names of regions, cleaned.")
    ] = False,
    allow_burned_in: Annotated[
        bool, typer.Option("--allow-burned-in", help="Keep images that may show a name in their pixels.")
    ] = False,
    prefix: Annotated[str, typer.Option(help="Begins every pseudonym.")] = "ANON",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """De-identify by the DICOM PS3.15 basic profile, with consistent pseudonyms."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        report = workflows.anonymize_dataset(
            source,
            target,
            key_file=key_file,
            map_file=map_file,
            shift_dates=shift_dates,
            keep_characteristics=keep_characteristics,
            keep_descriptions=keep_descriptions,
            allow_burned_in=allow_burned_in,
            prefix=prefix,
            progress=watch,
        )
        watch.done(folder=str(target), written=report.written, skipped=len(report.skipped))
    if progress is not ProgressMode.JSON:
        for place, reason in report.skipped.items():
            typer.echo(f"skipped: {place}: {reason}", err=True)
        for warning in report.warnings:
            typer.echo(f"note: {warning}", err=True)
        patients = len(report.pseudonyms)
        typer.echo(f"{target}: {report.written} files, {report.series} series, {patients} patients")


def _runner(workers: int | None, scheduler: str) -> CaseRunner:
    from oncologyai.batch import BatchOptions, BatchRunner

    return BatchRunner(BatchOptions(workers, scheduler))


def _tell(mode: ProgressMode, notes: Sequence[str], failed: Sequence[tuple[str, str]], done: str) -> None:
    if mode is ProgressMode.JSON:
        return
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    for name, reason in failed:
        typer.echo(f"failed: {name}: {reason}", err=True)
    typer.echo(f"{done}{f', {len(failed)} not done: see failures.csv' if failed else ''}")


def _end(any_done: bool, failed: Sequence[tuple[str, str]], strict: bool, *, failing: int = 0) -> None:
    """End with exit code 2 where nothing could be done, or not all and that is asked for."""
    if (failed and not any_done) or (strict and (failed or failing)):
        raise typer.Exit(2)


def _range(text: str, name: str) -> list[float | None]:
    """Read ``MIN,MAX`` of which one may be left out; one number alone is both."""
    parts = [part.strip() for part in text.split(",")]
    try:
        values = [float(part) if part else None for part in parts]
    except ValueError:
        values = []
    if len(values) not in (1, 2) or all(v is None for v in values):
        raise InputError(f"--{name.partition('_')[0]}", expected="two numbers such as 1,3 or ,3", got=repr(text))
    return values if len(values) == 2 else values * 2


def _window(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    low, high = _range(text, "window")
    if low is None or high is None:
        raise InputError("--window", expected="two numbers such as -160,240", got=repr(text))
    return low, high
