"""``oncology-ai study accuracy``: readers of a diagnostic study, and models beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.cli.study_create import KeyOption
from oncologyai.errors import InputError
from oncologyai.types import Table

__all__ = ["accuracy"]


def accuracy(
    source: Annotated[
        Path, typer.Argument(metavar="STUDY|TABLE", help="A study's folder, or a table of answers (CSV, XLSX).")
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for tables, plots, report.")] = None,
    key: KeyOption = None,
    model: Annotated[
        list[str],
        typer.Option(
            "--model", metavar="NAME=TABLE", help="What a model says of each scan; several times for several."
        ),
    ] = [],
    threshold: Annotated[
        list[float],
        typer.Option(
            help="From which score on a model calls the disease; one for all, or one each.", show_default="0.5"
        ),
    ] = [],
    model_case_column: Annotated[str, typer.Option(help="Of a model's table: the case or its path.")] = "case",
    model_score_column: Annotated[str, typer.Option(help="Of a model's table: the probability.")] = "probability",
    model_seconds_column: Annotated[str, typer.Option(help="Of a model's table.", show_default="no times")] = "",
    card: Annotated[str, typer.Option(help="Of the model: fills the checklists further.", show_default="none")] = "",
    answers: Annotated[
        Path | None, typer.Option(help="CSV or XLSX: item (claim-14), answer; for the checklists.", show_default=False)
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Another study or table: the same readers and cases read another way.", show_default="none"),
    ] = None,
    reader_column: Annotated[str, typer.Option(help="Of a table: who.")] = "reader",
    case_column: Annotated[str, typer.Option(help="Of a table: which case.")] = "case",
    truth_column: Annotated[str, typer.Option(help="Of a table: 1 or 0, yes or no.")] = "truth",
    choice_column: Annotated[str, typer.Option(help="Of a table: what was called, yes or no.")] = "choice",
    confidence_column: Annotated[str, typer.Option(help="Of a table.", show_default="none")] = "",
    score_column: Annotated[
        str, typer.Option(help="Of a table: a number that rises with suspicion.", show_default="choice, confidence")
    ] = "",
    group_column: Annotated[str, typer.Option(help="Of a table: the reader's group.", show_default="no groups")] = "",
    seconds_column: Annotated[str, typer.Option(help="Of a table: seconds.", show_default="no times")] = "",
    resamples: Annotated[int, typer.Option(help="Draws for the intervals; ch. 7 drew 100.")] = 2000,
    level: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Score a diagnostic study: AUC, sensitivity, specificity, F1, times; models beside the readers."""
    from oncologyai import workflows
    from oncologyai.studies import DiagnosisColumns, Resampling

    columns = DiagnosisColumns(
        reader_column, case_column, truth_column, choice_column, confidence_column, score_column, group_column,
        seconds_column,
    )  # fmt: skip
    of_models = (model_case_column, model_score_column, model_seconds_column)
    tables = [
        workflows.ModelTable(name, path, *of_models, limit)
        for (name, path), limit in zip(map(_named, model), _thresholds(threshold, len(model)), strict=True)
    ]
    with reporter(progress) as watch:
        result = workflows.analyse_accuracy(
            source, out, key=key, columns=columns, models=tables, card=card, answers=answers,
            against=against, draws=Resampling(resamples, level, seed), progress=watch,
        )  # fmt: skip
        rows = [dict(zip(result.accuracy.columns, row, strict=True)) for row in result.accuracy.rows]
        watch.done(accuracy=rows, notes=list(result.notes))
    if progress is not ProgressMode.JSON:
        for row in rows:
            typer.echo(f"{row['reader']}\t{_figure(row, 'auc')}\t{_figure(row, 'f1')}\t{row['cases']} cases")
        for line in (*_together(result.multireader), *_ways(result.ways)):
            typer.echo(line)
        for note in result.notes:
            typer.echo(f"note: {note}", err=True)


def _together(table: Table) -> list[str]:
    """Say of each model how it does against all readers, readers and cases being a sample of others."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    last = {row["model"]: row["group"] for row in rows}  # all readers, where there are several groups
    kept = [row for row in rows if row["group"] == last[row["model"]] and row["readers_are"] == row["cases_are"]]
    return [
        f"{row['model']} less {row['readers']} readers\t{_figure(row, 'difference', '')}\tp {row['p']:.3g}"
        for row in kept
        if str(row["method"]).startswith("Obuchowski")
    ]


def _ways(table: Table) -> list[str]:
    """Say how this way of reading does against the other, readers and cases being a sample of others."""
    if not table.rows:
        return []
    row = dict(zip(table.columns, table.rows[0], strict=True))
    p = "-" if row["p"] is None else f"{row['p']:.3g}"
    return [f"this less the other way, {row['readers']} readers\t{_figure(row, 'difference', '')}\tp {p}"]


def _named(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if not name.strip() or not path.strip():
        raise InputError("--model", expected="NAME=TABLE", got=repr(text))
    return name.strip(), Path(path)


def _thresholds(given: list[float], count: int) -> list[float]:
    if len(given) > 1 and len(given) != count:
        raise InputError("--threshold", expected=f"one, or one for each of {count} models", got=str(len(given)))
    return given if len(given) > 1 else (given or [0.5]) * count


def _figure(cells: Mapping[str, str | float | int | None], name: str, prefix: str | None = None) -> str:
    ends = f"{name}_" if prefix is None else prefix
    value, low, high = cells[name], cells[f"{ends}low"], cells[f"{ends}high"]
    if not isinstance(value, float) or not isinstance(low, float) or not isinstance(high, float):
        return f"{name} -"
    return f"{name} {value:.3f} ({low:.3f} to {high:.3f})"
