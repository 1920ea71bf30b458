"""``oncology-ai study time``: how long contours take, recorded and compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.study_keyboard import time_by_keyboard

__all__ = ["analyse", "app", "record"]

app = typer.Typer(help="Time contours, and compare times.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def record(
    table: Annotated[Path, typer.Argument(help="CSV of all sessions; made where it is not there.")],
    reader: Annotated[str, typer.Option(help="Who contours.", show_default=False)],
    case: Annotated[str, typer.Option(help="What: an image or a lesion.", show_default=False)],
    method: Annotated[str, typer.Option(help="How: manual, corrected, ...")] = "manual",
) -> None:
    """Time one contour: starts at once, then p, r, s, d and Enter. A killed one is taken up by the same command."""
    from oncologyai.studies import ContourTimer

    ended = time_by_keyboard(ContourTimer(table, reader=reader, case=case, method=method))
    if ended is None:
        typer.echo("not ended; the same command goes on")
    else:
        typer.echo(f"{ended.state}: {ended.active_s:.1f} s at work, {ended.total_s:.1f} s in all")


@app.command()
def analyse(
    tables: Annotated[list[Path], typer.Argument(metavar="TABLE...", help="What `record` wrote, or --collected.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for tables, plot, report.")] = None,
    collected: Annotated[
        bool, typer.Option("--collected", help="Tables of seconds (CSV, XLSX), a row a contour.")
    ] = False,
    reader_column: Annotated[str, typer.Option(help="Of a collected table; '' for none.")] = "reader",
    case_column: Annotated[str, typer.Option(help="Of a collected table.")] = "case",
    method_column: Annotated[str, typer.Option(help="Of a collected table.")] = "method",
    seconds_column: Annotated[str, typer.Option(help="Of a collected table.")] = "seconds",
    method: Annotated[str, typer.Option(help="Whose saving.")] = "automatic",
    reference: Annotated[str, typer.Option(help="Against whom.")] = "manual",
    resamples: Annotated[int, typer.Option(help="Draws for the intervals.")] = 2000,
    level: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
) -> None:
    """Compare seconds a contour: medians by method and reader, paired test, saving."""
    from oncologyai import workflows
    from oncologyai.studies import TimeColumns

    columns = TimeColumns(reader_column, case_column, method_column, seconds_column)
    result = workflows.analyse_study_times(
        tables, out, columns=columns, collected=collected, method=method, reference=reference, resamples=resamples,
        level=level, seed=seed,
    )  # fmt: skip
    for name, contours, median, q1, q3, *_ in result.methods.rows:
        typer.echo(f"{name}\t{contours} contours\tmedian {median:.1f} s (IQR {q1:.1f} to {q3:.1f})")
    for row in result.savings.rows:
        cells = dict(zip(result.savings.columns, row, strict=True))
        saved = ["-" if cells[name] is None else f"{cells[name]:.1f}" for name in ("saving", "low", "high")]
        typer.echo(
            f"{cells['reader'] or 'no reader'}\tsaves {saved[0]} % ({saved[1]} to {saved[2]}), "
            f"p {cells['p']:.3g}\t{cells['cases']} cases"
        )
    for note in result.notes:
        typer.echo(f"note: {note}", err=True)
