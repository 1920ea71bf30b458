"""``oncology-ai dataset``: convert and anonymize folders of studies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.options import GapsOption, Suv, SuvOption
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

__all__ = ["anonymize", "app", "convert"]

app = typer.Typer(help="Convert and anonymize folders of studies.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="Folder of DICOM studies.", show_default=False)],
    target: Annotated[Path, typer.Argument(help="Folder for the images and masks.", show_default=False)],
    form: Annotated[str, typer.Option("--format", help="nrrd, nii.gz or mha.")] = "nrrd",
    suv: SuvOption = Suv.bw,
    allow_missing_slices: GapsOption = False,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Turn each image series into one file, its RTSTRUCT and SEG into masks beside it, and list all in index.csv."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        report = workflows.convert_dataset(
            source, target, form=form, suv=suv.value, allow_missing_slices=allow_missing_slices, progress=watch
        )
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
