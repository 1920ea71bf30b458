"""``oncology-ai outcome nomogram``: a study's Cox model as a picture to be read with a ruler."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

__all__ = ["nomogram"]


def nomogram(
    study: Annotated[Path, typer.Argument(metavar="STUDY.yaml", help="The study file.", show_default=False)],
    model: Annotated[
        str, typer.Option(help="One of its models: a chain that ends in Cox's model.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture, .png.", show_default=False)],
    horizon: Annotated[float | None, typer.Option(help="Days.", show_default="the study's last")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder that the tables' paths begin at.")] = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Fit a model of a study on the patients it learns from and draw its nomogram.

    Research software, not for clinical use.
    """
    from oncologyai import workflows

    with reporter(progress) as watch:
        made = workflows.nomogram_of_study(study, model, out, horizon=horizon, data=data, progress=watch)
        watch.done(out=str(out), features=len(made.scales))
    if progress is not ProgressMode.JSON:
        for scale in made.scales:
            low, high = float(scale.values[0]), float(scale.values[-1])
            typer.echo(f"{scale.name}: {low:g} is {scale.at(low):.0f} points, {high:g} is {scale.at(high):.0f}")
        typer.echo(str(out))
