"""``oncology-ai outcome explain``: what a network of an outcome says of a patient, and what it looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.cohort_options import named_texts
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.errors import InputError

__all__ = ["explain"]


def explain(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder that `train outcome` left: card and weights.")],
    image: Annotated[
        Path | None, typer.Argument(help="The image, where the model takes one.", show_default=False)
    ] = None,
    channel: Annotated[
        list[str], typer.Option("--channel", help="NAME=FILE, where it takes several.", metavar="NAME=FILE")
    ] = [],
    mask: Annotated[
        Path | None, typer.Option(help="The lesion or region, where the model looks at one.", show_default=False)
    ] = None,
    method: Annotated[
        str, typer.Option(help="hirescam, or grad-cam, which misleads where the map's layer is early.")
    ] = "hirescam",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The map, such as heat.nrrd.", show_default=False)
    ] = None,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="Folder that the scene shows: image, map, prediction.")
    ] = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Predict an outcome from an image and map where the prediction comes from, on the image's own grid.

    Research software, not for clinical use.
    """
    from oncologyai import workflows

    if (image is None) == (not channel):
        got = "both" if image is not None else "neither"
        raise InputError("IMAGE", expected="an image, or --channel NAME=FILE", got=got)
    named = {name: Path(path) for name, path in named_texts(channel, "--channel").items()}
    images = {"": image} if image is not None else named
    with reporter(progress) as watch:
        found = workflows.explain_outcome_files(
            model, images, mask=mask, method=method, out=out, bundle=bundle, progress=watch
        )
        watch.done(probability=found.probability, map=str(out or ""), bundle=str(bundle or ""))
    if progress is not ProgressMode.JSON:
        for note in found.provenance.warnings:
            typer.echo(f"note: {note}", err=True)
        typer.echo(f"{found.table.rows[0][0]}: {found.probability:.3f}; {out or bundle}")
