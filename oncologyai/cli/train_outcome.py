"""``oncology-ai train outcome``: a network of an outcome, in as many pieces as it takes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from oncologyai.cli.live_table import LiveTable
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

__all__ = ["outcome"]

_COLUMNS = ("epoch", "steps", "loss", "rate", "AUC", "seconds")


def outcome(
    config: Annotated[
        str, typer.Argument(metavar="CONFIG.yaml", help="A YAML file, or a recipe's name.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of everything written.", show_default=False)],
    table: Annotated[
        Path | None, typer.Option(help="CSV of cases, instead of the configuration's.", show_default=False)
    ] = None,
    fold: Annotated[int | None, typer.Option(help="The fold held out, from 0.", show_default=False)] = None,
    crossval: Annotated[
        bool, typer.Option("--crossval", help="Train every fold and judge the patients each leaves out.")
    ] = False,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1 or auto.", show_default=False)] = None,
    threads: Annotated[int | None, typer.Option(help="Of the CPU.", show_default=False)] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder of prepared cases, for several trainings.", show_default="OUT/cache")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Stop each training, resumable, when this is over.", show_default=False)
    ] = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Train a network that predicts an outcome, or go on with the training in OUT after a stop, Ctrl-C or a kill.

    OUT gets weights and a card that says what they began with, predictions of each case, and the features before the
    last layer; with --crossval a folder a fold, and every patient judged by a network that had not seen him.
    """
    from oncologyai import workflows

    live = LiveTable(_COLUMNS) if progress is ProgressMode.AUTO and sys.stderr.isatty() else None
    with live or reporter(progress) as watch:
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
            on_epoch=live.epoch if live is not None else None,
            progress=watch,
        )
        watch.done(**result)
    if progress is not ProgressMode.JSON:
        typer.echo(_summary(result))


def _summary(result: dict[str, Any]) -> str:
    end = "finished" if result["finished"] else "not finished: the same command goes on"
    if "patients" in result:
        auc = "" if result["auc"] is None else _interval(result)
        return f"{result['folder']}: {result['patients']} patients left out{auc}; {end}"
    loss = "" if result["loss"] is None else f", loss {result['loss']:.4f}"
    return f"{result['folder']}: {result['epochs']} epochs, {result['steps']} steps{loss}; {end}"


def _interval(result: dict[str, Any]) -> str:
    return f", AUC {result['auc']:.3f} ({result['auc_low']:.3f} to {result['auc_high']:.3f})"
