"""``oncology-ai train outcome``: a network of an outcome, in as many pieces as it takes."""

from __future__ import annotations

from typing import Annotated, Any

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

__all__ = ["outcome"]

_COLUMNS = ("epoch", "steps", "loss", "rate", "AUC", "seconds")


def outcome(
    config: ConfigArgument,
    out: FolderOption,
    table: TableOption = None,
    fold: Annotated[int | None, typer.Option(help="The fold held out, from 0.", show_default=False)] = None,
    crossval: Annotated[
        bool, typer.Option("--crossval", help="Train every fold and judge the patients each leaves out.")
    ] = False,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    cache: CacheOption = None,
    minutes: MinutesOption = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Train a network that predicts an outcome, or go on with the training in OUT after a stop, Ctrl-C or a kill.

    OUT gets weights and a card that says what they began with, predictions of each case, and the features before the
    last layer; with --crossval a folder a fold, and every patient judged by a network that had not seen him.
    """
    from oncologyai import workflows

    with followed(progress, _COLUMNS) as (watch, tell):
        result = workflows.train_outcome_network(
            config,
            out,
            table=table,
            fold=fold,
            crossval=crossval,
            device=device,
            threads=threads,
            cache=cache,
            minutes=minutes,
            on_epoch=tell,
            progress=watch,
        )
        watch.done(**result)
    if progress is not ProgressMode.JSON:
        typer.echo(_summary(result))


def _summary(result: dict[str, Any]) -> str:
    if "patients" in result:
        auc = "" if result["auc"] is None else _interval(result)
        return f"{result['folder']}: {result['patients']} patients left out{auc}; {how_it_ended(result)}"
    loss = "" if result["loss"] is None else f", loss {result['loss']:.4f}"
    return f"{result['folder']}: {result['epochs']} epochs, {result['steps']} steps{loss}; {how_it_ended(result)}"


def _interval(result: dict[str, Any]) -> str:
    return f", AUC {result['auc']:.3f} ({result['auc_low']:.3f} to {result['auc_high']:.3f})"
