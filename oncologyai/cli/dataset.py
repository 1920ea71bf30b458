"""``oncology-ai dataset``: convert and anonymize folders of studies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.options import Suv, SuvOption
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

__all__ = ["app"]

app = typer.Typer(help="Convert and anonymize folders of studies.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="Folder of DICOM studies.", show_default=False)],
    target: Annotated[Path, typer.Argument(help="Folder for the images and masks.", show_default=False)],
    form: Annotated[str, typer.Option("--format", help="nrrd, nii.gz or mha.")] = "nrrd",
    suv: SuvOption = Suv.bw,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Turn each image series into one file, and its RTSTRUCT and SEG into masks beside it."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        report = workflows.convert_dataset(source, target, form=form, suv=suv.value, progress=watch)
        watch.done(converted=len(report.converted), failed=len(report.failed))
    if progress is not ProgressMode.JSON:
        for name, reason in report.failed:
            typer.echo(f"failed: {name}: {reason}", err=True)
        typer.echo(f"{target}: {len(report.converted)} files, {len(report.failed)} failures")
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
    shift_dates: Annotated[
        bool, typer.Option(help="Keep intervals: shift each patient's dates by one secret number of days.")
    ] = False,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """De-identify by the DICOM PS3.15 basic profile, with consistent pseudonyms."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        report = workflows.anonymize_dataset(source, target, key_file=key_file, shift_dates=shift_dates, progress=watch)
        watch.done(folder=str(target))
    if progress is not ProgressMode.JSON:
        typer.echo(f"{target}: {report}")
