"""``oncology-ai train``: a network learned from a configuration, in as many pieces as it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from oncologyai.cli import train_bonescan, train_outcome
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

__all__ = ["app", "crossval", "ensemble", "recipes", "segmentation"]

app = typer.Typer(
    help="Train networks. A training that was stopped goes on with the same command.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_COLUMNS = ("epoch", "steps", "loss", "rate", "Dice", "best", "seconds")

_DicomOption = Annotated[
    Path | None, typer.Option(help="Folder of DICOM with RTSTRUCT, instead of the configuration's.")
]


app.command("outcome")(train_outcome.outcome)
app.command("bonescan")(train_bonescan.bonescan)


@app.command()
def recipes(
    outcomes: Annotated[bool, typer.Option("--outcome", help="Those of `train outcome`.")] = False,
    bonescans: Annotated[bool, typer.Option("--bonescan", help="Those of `train bonescan`.")] = False,
) -> None:
    """List the recipes that come with the library; `train segmentation NAME` takes one as it takes a file."""
    from oncologyai import workflows

    names = workflows.outcome_recipe_names() if outcomes else workflows.recipe_names()
    for name in workflows.bonescan_recipe_names() if bonescans else names:
        typer.echo(name)


@app.command()
def ensemble(
    members: Annotated[
        list[Path],
        typer.Argument(metavar="WEIGHTS...", help="Weights in their trainings' folders.", show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the model.", show_default=False)],
) -> None:
    """Join trained highres3dnet, densehighres3dnet-v1 and -v2 into the ensemble of DenseHighRes3DNet."""
    from oncologyai import workflows

    made = workflows.export_ensemble(members, out)
    typer.echo(f"{made['folder']}: weights.safetensors and model.onnx, {made['export_difference']:.1g} apart in logits")


@app.command()
def segmentation(
    config: ConfigArgument,
    out: FolderOption,
    table: TableOption = None,
    dicom: _DicomOption = None,
    fold: Annotated[int | None, typer.Option(help="The fold that validates, from 0.", show_default=False)] = None,
    whole: Annotated[bool, typer.Option("--all", help="Every case trains, none validates.")] = False,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    cache: CacheOption = None,
    minutes: MinutesOption = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Train a segmentation network, or go on with the training in OUT after a stop, Ctrl-C or a kill.

    Several cards: torchrun --nproc-per-node N -m oncologyai train segmentation CONFIG.yaml --out OUT
    """
    from oncologyai import workflows

    leads = workflows.leads_training()
    progress = progress if leads else ProgressMode.NONE
    with followed(progress, _COLUMNS) as (watch, tell):
        result = workflows.train_segmentation(
            config,
            out,
            table=table,
            dicom=dicom,
            fold=fold,
            whole=whole,
            device=device,
            threads=threads,
            cache=cache,
            minutes=minutes,
            on_epoch=tell,
            progress=watch,
        )
        watch.done(**result)
    if leads and progress is not ProgressMode.JSON:
        typer.echo(_summary(result))


@app.command()
def crossval(
    config: ConfigArgument,
    out: FolderOption,
    table: TableOption = None,
    dicom: _DicomOption = None,
    flips: Annotated[bool, typer.Option(help="Run the model with flips; their disagreement tells the trust.")] = True,
    final: Annotated[bool, typer.Option(help="Train the model of all cases at the end.")] = True,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    cache: CacheOption = None,
    minutes: MinutesOption = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Train every fold, judge each on the patients it left out, and train the final model with its card.

    OUT/held_out.csv holds every case, OUT/final the model: its card has the figures, how its predicted Dice is made,
    and the ranges of the images that it learned from. What is finished is not done again.
    """
    from oncologyai import workflows

    with followed(progress, _COLUMNS) as (watch, tell):
        result = workflows.cross_validate_segmentation(
            config,
            out,
            table=table,
            dicom=dicom,
            members="flips" if flips else "none",
            final=final,
            device=device,
            threads=threads,
            cache=cache,
            minutes=minutes,
            on_epoch=tell,
            progress=watch,
        )
        watch.done(**result)
    if progress is not ProgressMode.JSON:
        typer.echo(_judged(result))


def _judged(result: dict[str, Any]) -> str:
    dice = f", mean Dice {result['mean_dice']:.4f}, median {result['median_dice']:.4f}" if result["cases"] else ""
    told = ""
    if result["trust_error"] is not None:
        told = (
            f"; predicted Dice off by {result['trust_error']:.3f} on average (the mean: "
            f"{result['trust_error_of_mean']:.3f}), rank correlation {result['trust_rank_correlation']:.2f}, "
            f"interval holds {result['trust_coverage']:.0%}"
        )
    if result["lesions_found"] is not None:
        told += (
            f"; lesions found {result['lesions_found']:.0%}, nothing beside them {result['nothing_found_beside']:.0%}"
        )
    return f"{result['folder']}: {result['cases']} cases left out{dice}{told}; {how_it_ended(result)}"


def _summary(result: dict[str, Any]) -> str:
    dice = "" if result["best_dice"] is None else f", best Dice {result['best_dice']:.4f}"
    return f"{result['folder']}: {result['epochs']} epochs, {result['steps']} steps{dice}; {how_it_ended(result)}"
