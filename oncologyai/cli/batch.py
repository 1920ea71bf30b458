"""``oncology-ai batch``: a recipe over a table of cases, its state, its failures, its results."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli.batch_options import (
    MemoryOption,
    RetriesOption,
    SchedulerOption,
    StrictOption,
    TimeLimitOption,
    WorkersOption,
    batch_options,
    end_with,
    say,
)
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter

if TYPE_CHECKING:
    from oncologyai.batch import BatchReport
    from oncologyai.cli.reporting import Reporter

__all__ = ["app", "results", "retry", "run", "schema", "status", "steps"]

app = typer.Typer(
    help="Run a recipe over many cases: parallel, resumable, one bad case never stops the rest.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="The batch's folder.", show_default=False)]
BatchOption = Annotated[
    str, typer.Option("--batch", help="Which, where a folder holds several.", show_default="the last", metavar="NAME")
]


@app.command()
def run(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="YAML; see docs/batch.md.", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder of state and results; the same command goes on in it.")
    ],
    table: Annotated[Path | None, typer.Option(help="CSV or XLSX, a row a case.", show_default="the recipe's")] = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    memory: MemoryOption = "auto",
    retries: RetriesOption = 2,
    time_limit_s: TimeLimitOption = None,
    strict: StrictOption = False,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Run a recipe, or go on with it. Writes results.csv and results-failures.csv into the folder."""
    from oncologyai import batch

    options = batch_options(workers, scheduler, memory, retries, time_limit_s)
    with reporter(progress) as watch:
        report = batch.run_recipe(recipe, out, table=table, options=options, progress=watch)
        _finish(report, out, watch)
    say(report, out / "results.csv", progress)
    end_with(report, strict=strict)


@app.command()
def retry(
    folder: FolderArgument,
    name: BatchOption = "",
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    memory: MemoryOption = "auto",
    retries: RetriesOption = 2,
    time_limit_s: TimeLimitOption = None,
    strict: StrictOption = False,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Try again what failed, also where the input has not changed, and go on with what was not finished."""
    from oncologyai import batch

    options = batch_options(workers, scheduler, memory, retries, time_limit_s)
    with reporter(progress) as watch:
        report = batch.retry_batch(folder, name, options=options, progress=watch)
        _finish(report, folder, watch)
    say(report, folder / "results.csv", progress)
    end_with(report, strict=strict)


@app.command()
def status(folder: FolderArgument, name: BatchOption = "") -> None:
    """Say how far a batch is and what has failed; also while it runs."""
    from oncologyai import batch

    with batch.State(folder, must_exist=True) as state:
        chosen = batch.chosen_batch(state, name)
        counts, about = state.counts(chosen), state.about(chosen)
        failed = [task for task in state.tasks(chosen, "failed") if task.failure != "earlier"]
        running = state.tasks(chosen, "running")
    typer.echo(f"{chosen}: " + ", ".join(f"{count} {word}" for word, count in counts.items()))
    if running and about["beat"]:
        typer.echo(f"{about['by']}: last sign of life {time.time() - about['beat']:.0f} s ago")
    for task in running:
        typer.echo(f"running: {task.case} {task.step}, {time.time() - (task.started or 0):.0f} s")
    for task in failed:
        typer.echo(f"failed: {task.case} {task.step}: {task.reason}")


@app.command()
def results(
    folder: FolderArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help=".csv, .xlsx or .parquet.", show_default="FOLDER/results.csv")
    ] = None,
    step: Annotated[str, typer.Option(help="Whose rows.", show_default="the recipe's 'gather', else the last")] = "",
    files: Annotated[
        Path | None, typer.Option(help="Put the files of all cases here, as CASE/STEP/...", metavar="FOLDER")
    ] = None,
    name: BatchOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Gather the rows of all cases in one table, failures beside; of an unfinished batch, those there are."""
    from oncologyai import batch

    place = out or folder / "results.csv"
    with reporter(progress) as watch:
        report = batch.gather(folder, name)
        batch.write_results(report, place, step=step)
        copied = 0 if files is None else batch.copy_files(report, files, progress=watch)
        watch.done(table=str(place), rows=len(report.table.rows), failed=len(report.failures), files=copied)
    say(report, place, progress)


@app.command()
def steps() -> None:
    """List the use cases that a recipe may name, with their arguments (! must be given)."""
    from oncologyai import batch

    for name, step in batch.STEPS.items():
        typer.echo(f"{name}: {(step.load().__doc__ or '').strip()}")
        known = batch.parameters_of(step)
        typer.echo("  with: " + ", ".join(f"{argument}{'!' * known[argument].required}" for argument in known))
        typer.echo("  makes: " + ", ".join(("folder", *step.outputs)))


@app.command()
def schema() -> None:
    """Print the JSON schema of recipes, for editors."""
    from oncologyai import batch

    typer.echo(json.dumps(batch.recipe_schema(), indent=2))


def _finish(report: BatchReport, folder: Path, watch: Reporter) -> None:
    from oncologyai import batch

    batch.write_results(report, folder / "results.csv")
    watch.done(
        table=str(folder / "results.csv"), rows=len(report.table.rows), cases=len(report.cases),
        failed=len(report.failures), computed=report.computed, reused=report.reused,
    )  # fmt: skip
