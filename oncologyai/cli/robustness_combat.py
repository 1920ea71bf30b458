"""``oncology-ai robustness combat``: fit on some rows, apply to any."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.cli.robustness_options import LeaveOutOption, OnlyOption, SheetOption, named

__all__ = ["app", "apply", "fit"]

app = typer.Typer(
    help="ComBat: shifts and scales of batches, fitted on training rows and applied to any.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

TableArgument = Annotated[Path, typer.Argument(metavar="TABLE", help="CSV or XLSX of features.", show_default=False)]
BatchOption = Annotated[
    list[str], typer.Option(help="Column of the batch; several are one batch together.", metavar="COLUMN")
]
NameOption = Annotated[str, typer.Option("--patient", help="Column of the rows' names.")]
RowsOption = Annotated[
    list[str], typer.Option("--rows", help="Rows that count, such as set=train.", metavar="COLUMN=VALUE")
]
OutcomeOption = Annotated[
    list[str], typer.Option(help="Column of an outcome: looked at for confounding, never used.", metavar="COLUMN")
]


@app.command()
def fit(
    table: TableArgument,
    batch: BatchOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="Estimates to write (.json).")] = Path("combat.json"),
    patient: NameOption = "patient",
    covariate: Annotated[
        list[str],
        typer.Option(help="Column that is kept while batches are removed; never an outcome.", metavar="COLUMN"),
    ] = [],
    outcome: OutcomeOption = [],
    rows: RowsOption = [],
    empirical_bayes: Annotated[bool, typer.Option(help="Let features learn shifts and scales from each other.")] = True,
    parametric: Annotated[
        bool, typer.Option(help="By normal and inverse gamma priors, or by the features' own.")
    ] = True,
    location_only: Annotated[bool, typer.Option("--location-only", help="Leave scales as they are.")] = False,
    reference: Annotated[str, typer.Option(help="Batch that stays as it is.", show_default="mean of all")] = "",
    feature: OnlyOption = [],
    leave_out: LeaveOutOption = [],
    sheet: SheetOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Fit ComBat on rows that may be learned from: the training set, never the test set."""
    from oncologyai import workflows
    from oncologyai.robustness import CombatConfig

    form = workflows.BatchForm(
        tuple(batch), patient, tuple(covariate), tuple(outcome), named(rows, "--rows"), tuple(feature),
        tuple(leave_out), sheet,
    )  # fmt: skip
    config = CombatConfig(empirical_bayes, parametric, location_only, reference or None)
    with reporter(progress) as watch:
        result = workflows.combat_fit(table, out, form, config=config, progress=watch)
        watch.done(model=str(out), features=len(result.model.features), batches=list(result.model.batches))
    if progress is not ProgressMode.JSON:
        for note in result.notes:
            typer.echo(f"note: {note}", err=True)
        for name, count, shift, ratio in result.batches.rows:
            typer.echo(f"{name}\t{count} rows\tmedian shift {shift:.2f}\tmedian ratio of deviations {ratio:.2f}")
        typer.echo(f"{out}: {len(result.model.features)} features")


@app.command()
def apply(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Estimates (.json).", show_default=False)],
    table: TableArgument,
    batch: BatchOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="Table to write (.csv).")] = Path("harmonised.csv"),
    patient: NameOption = "patient",
    outcome: OutcomeOption = [],
    rows: RowsOption = [],
    sheet: SheetOption = "",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Apply estimates to rows of the batches that they were fitted on; other columns stay as they are."""
    from oncologyai import workflows

    form = workflows.BatchForm(tuple(batch), patient, (), tuple(outcome), named(rows, "--rows"), sheet=sheet)
    with reporter(progress) as watch:
        result = workflows.combat_apply(table, model, out, form, progress=watch)
        watch.done(table=str(out), rows=len(result.values), features=len(result.model.features))
    if progress is not ProgressMode.JSON:
        for note in result.notes:
            typer.echo(f"note: {note}", err=True)
        typer.echo(f"{out}: {len(result.values)} rows, {len(result.model.features)} features harmonised")
