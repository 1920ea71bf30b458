"""``oncology-ai outcome apply``, ``show`` and ``signatures``: what a signature says of patients, and of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli.outcome_patient import OutPatientOption, PatientOption, answer_patient
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.cli.robustness_options import SheetOption, named
from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.pipelines import PredictResult

__all__ = ["apply", "show", "signatures"]

CardArgument = Annotated[
    str, typer.Argument(metavar="CARD", help="Id of a signature (`outcome signatures`), or a card.", show_default=False)
]


def apply(
    card: CardArgument,
    table: Annotated[
        Path | None, typer.Argument(metavar="TABLE", help="CSV, XLSX or Parquet, a row a patient.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Predictions to write (.csv, .xlsx, .parquet, .json).", show_default=False),
    ] = None,
    patient: Annotated[str, typer.Option(help="Column of the patients.", show_default="patient")] = "",
    column: Annotated[
        list[str], typer.Option(help="A column that has another name in the table.", metavar="CARD'S=TABLE'S")
    ] = [],
    unit: Annotated[
        list[str], typer.Option(help="Unit of a column, where its header does not tell it.", metavar="COLUMN=UNIT")
    ] = [],
    rows: Annotated[
        list[str], typer.Option(help="Rows that count, such as segment=GTV-1.", metavar="COLUMN=VALUE")
    ] = [],
    sheet: SheetOption = "",
    settings: Annotated[
        str,
        typer.Option(
            help="Preset or file that image features were computed with.", show_default="the provenance beside TABLE"
        ),
    ] = "",
    unchecked_settings: Annotated[
        bool, typer.Option("--unchecked-settings", help="Go on where nobody knows the settings; a caution says so.")
    ] = False,
    bundle: PatientOption = None,
    out_bundle: OutPatientOption = None,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Apply a signature: prediction, interval, risk group, contributions, and what to be careful about.

    A table that does not fit is refused: a missing feature, another unit, image features of other settings.
    Research software, not for clinical use.
    """
    from oncologyai import workflows

    if (bundle is None) == (table is None) or (bundle is None) != (out_bundle is None):
        raise InputError("apply", expected="a table, or --bundle and --out-bundle together", got="something else")
    if bundle is not None and out_bundle is not None:
        answer_patient(card, bundle, out_bundle, progress)
    elif table is not None:
        form = workflows.ApplyForm(
            patient, named(column, "--column"), named(unit, "--unit"), named(rows, "--rows"), sheet, settings,
            unchecked_settings,
        )  # fmt: skip
        with reporter(progress) as watch:
            result = workflows.apply_signature_file(card, table, out, form=form, progress=watch)
            watch.done(table=str(out) if out else "", patients=len(result.applied.patients),
                       cautions=len(result.cautions.rows))  # fmt: skip
        if progress is not ProgressMode.JSON:
            _tell(result, out)


def show(
    card: CardArgument,
    as_json: Annotated[bool, typer.Option("--json", help="The card as it is, for programs.")] = False,
    settings_out: Annotated[
        Path | None,
        typer.Option("--settings-out", help="Write the settings of its image features (.yaml).", show_default=False),
    ] = None,
) -> None:
    """Show a signature's card: whom it is for, what it takes, how well it does and where, what one may do with it."""
    from oncologyai import workflows

    raw, lines = workflows.show_signature(card, settings=settings_out)
    typer.echo(json.dumps(raw, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))


def signatures(progress: ProgressOption = ProgressMode.AUTO) -> None:
    """List the signatures at hand."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        rows = workflows.list_signatures()
        watch.done(signatures=[row.to_dict() for row in rows])
    if progress is not ProgressMode.JSON:
        for row in rows:
            kind = "index only" if row.kind == "index" else "demonstration" if row.demonstration else ""
            typer.echo("\t".join((row.id, row.version, kind, row.title)))


def _tell(result: PredictResult, out: Path | None) -> None:
    applied = result.applied
    endpoint = applied.card.endpoint
    by = f" within {endpoint.horizon_days:g} days" if endpoint.horizon_days else ""
    for n, patient in enumerate(applied.patients):
        if applied.is_index:
            said = f"index {applied.predictor[n]:.3f}, place {applied.rank[n]:.0f} of {len(applied.patients)}"
        elif result.prediction.rows[n][3] is None:
            said = f"index {applied.predictor[n]:.3f}, no chance"
        else:
            said = f"{applied.value[n]:.3f}"
            said += "" if result.prediction.rows[n][4] is None else f" ({applied.low[n]:.3f} to {applied.high[n]:.3f})"
        group = f", {applied.group[n]}" if applied.group[n] else ""
        typer.echo(f"{patient}: {endpoint.name}{by}: {said}{group}")
    for caution in result.provenance.warnings:
        typer.echo(f"caution: {caution}", err=True)
    typer.echo("Research software, not for clinical use." if out is None else f"{out}")
