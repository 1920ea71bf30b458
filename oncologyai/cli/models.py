"""``oncology-ai models``: which models there are, what they are for, and how they come and go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

__all__ = ["app", "delete", "download", "import_model", "list_models", "show", "test", "verify"]

app = typer.Typer(
    help="List, show, test, verify, download, import and delete models. Your own are kept in ONCOLOGYAI_MODELS, or "
    "in the system's place for data.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A model's id; see `models list`.", show_default=False)]


@app.command("list")
def list_models(progress: ProgressOption = ProgressMode.AUTO) -> None:
    """List the models: id, where it is, whether files are to be downloaded, title."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        rows, problems = workflows.list_models()
        watch.done(models=[row.to_dict() for row in rows], problems=problems)
    if progress is not ProgressMode.JSON:
        for row in rows:
            typer.echo(f"{row.id}\t{row.place}\t{row.state}\t{row.title}")
        for problem in problems:
            typer.echo(f"unreadable: {problem}", err=True)
        if not rows:
            typer.echo("no models; see `oncology-ai models import --help` and `oncology-ai models download --help`")


@app.command()
def show(
    model: IdArgument,
    as_json: Annotated[bool, typer.Option("--json", help="The card as it is, for programs.")] = False,
) -> None:
    """Show a model's card: what it takes and gives, how well it does, and what one may do with it."""
    from oncologyai import workflows

    card, lines = workflows.show_model(model)
    typer.echo(json.dumps(card, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))


@app.command()
def test(
    model: IdArgument,
    engine: Annotated[str, typer.Option(help="auto, openvino, onnxruntime or torch.")] = "auto",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Run a model on the example of its card and compare with what the card expects."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        check = workflows.check_model(model, engine=engine, progress=watch)
        watch.done(**check.to_dict())
    if progress is not ProgressMode.JSON:
        said = "as the card says" if check.passed else "NOT as the card says"
        agreed = "" if check.dice is None else f", Dice {check.dice:.4f} (at least {check.minimum_dice:g})"
        expected = f"{check.expected_ml:.2f} +- {check.tolerance_ml:.2f} ml"
        typer.echo(
            f"{model}: {said}: {check.volume_ml:.2f} ml (expected {expected}){agreed}, "
            f"{check.engine}, {check.seconds:.1f} s",
            err=not check.passed,
        )
    if not check.passed:
        raise typer.Exit(2)


@app.command()
def verify(
    model: Annotated[
        str, typer.Argument(metavar="[ID]", help="A model's id; default all models.", show_default=False)
    ] = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Compare every file of a model, or of all, with its card's sizes and SHA-256."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        good, bad = workflows.verify_models(model, progress=watch)
        watch.done(verified=good, failed=bad)
    if progress is not ProgressMode.JSON:
        for model_id, count in good.items():
            typer.echo(f"{model_id}: {count} files are as the card says")
        for line in bad.values():
            typer.echo(line, err=True)
    if bad:
        raise typer.Exit(2)


@app.command()
def download(
    model: Annotated[
        str,
        typer.Argument(metavar="ID|URL", help="A model's id, or the https URL of a card.", show_default=False),
    ],
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Fetch what is missing of a model; a cut or cancelled download goes on where it ended."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        row = workflows.download_model(model, progress=watch)
        watch.done(model=row.to_dict())
    _echo_arrival(row.id, row.path, row.terms, progress)


@app.command("import")
def import_model(
    source: Annotated[
        Path,
        typer.Argument(help="A model's folder or card.json, or a Keras HDF5 file.", show_default=False),
    ],
    model_id: Annotated[str, typer.Option("--id", help="The model's id here.", show_default="the card's own")] = "",
    file_format: Annotated[
        str, typer.Option("--format", help="auto, model, or keras-unet (the U-Net published with DuneAI).")
    ] = "auto",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Take a model from this machine. Pickles (.pt, .pth, .ckpt, .pkl) are refused: reading one may run its code."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        row = workflows.import_model(source, model_id=model_id, file_format=file_format, progress=watch)
        watch.done(model=row.to_dict())
    _echo_arrival(row.id, row.path, row.terms, progress)


@app.command()
def delete(model: IdArgument, progress: ProgressOption = ProgressMode.AUTO) -> None:
    """Delete one of your models, or the downloaded files of a shipped one; shipped ones stay."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        workflows.delete_model(model)
        watch.done(deleted=model)
    if progress is not ProgressMode.JSON:
        typer.echo(f"{model}: deleted")


def _echo_arrival(model_id: str, path: str, terms: str, progress: ProgressMode) -> None:
    if progress is not ProgressMode.JSON:
        typer.echo(f"{model_id}: {path}")
        typer.echo(f"licence: {terms}")
