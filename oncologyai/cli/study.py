"""``oncology-ai study``: blinded studies with readers, made, answered and analysed; contours timed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli import study_create, study_time
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.cli.study_accuracy import accuracy
from oncologyai.cli.study_create import KeyOption, reader_of_text
from oncologyai.cli.study_keyboard import answer_by_keyboard
from oncologyai.cli.study_reading import read_by_keyboard

__all__ = ["add", "analyse", "answer", "app", "status"]

app = typer.Typer(
    help="Studies with readers: which of two contours is preferred, is the disease there, how long contours take.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(study_create.app, name="create")
app.add_typer(study_time.app, name="time")
app.command()(accuracy)

StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.", show_default=False)]


@app.command()
def add(
    study: StudyArgument,
    reader: Annotated[list[str], typer.Option("--reader", metavar="NAME=GROUP", help="May be given several times.")],
    key: KeyOption = None,
) -> None:
    """Add readers to a study; those who have begun are not disturbed."""
    from oncologyai import workflows

    for name, group in [reader_of_text(text) for text in reader]:
        workflows.add_study_reader(study, name, group, key=key)
        typer.echo(f"{name}: added")


@app.command()
def answer(
    study: StudyArgument,
    reader: Annotated[str, typer.Option(help="Your name in the study.", show_default=False)],
    picture: Annotated[
        Path | None, typer.Option(help="PNG that always shows the item asked.", show_default="in the reader's folder")
    ] = None,
    open_picture: Annotated[bool, typer.Option("--open", help="Open each picture in the system's viewer.")] = False,
    slices: Annotated[int, typer.Option(help="Slices through the contours of a preference study.")] = 3,
) -> None:
    """Answer a study at the keyboard. Every answer is kept at once; the same command goes on where it ended."""
    from oncologyai import workflows

    show = typer.launch if open_picture else None
    if workflows.is_diagnostic(study):
        desk = workflows.open_desk(study, reader)
        read_by_keyboard(desk, picture or desk.picture_place, show=show)
        return
    session = workflows.open_session(study, reader)
    place = picture or session.study.items_path(session.reader).with_name("now.png")
    answer_by_keyboard(session, place, slices=slices, show=show)


@app.command()
def status(study: StudyArgument) -> None:
    """Say who has answered how much."""
    from oncologyai import workflows

    for reader, group, answered, items in workflows.study_status(study).rows:
        typer.echo(f"{reader}\t{group}\t{answered} of {items}")


@app.command()
def analyse(
    source: Annotated[
        Path, typer.Argument(metavar="STUDY|TABLE", help="A study's folder, or a table of answers (CSV, XLSX).")
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for tables, plot, report.")] = None,
    key: KeyOption = None,
    reader_column: Annotated[str, typer.Option(help="Of a table: who.")] = "reader",
    case_column: Annotated[str, typer.Option(help="Of a table: which case.")] = "case",
    choice_column: Annotated[str, typer.Option(help="Of a table: which contour; or 'none'.")] = "preferred",
    group_column: Annotated[str, typer.Option(help="Of a table: the reader's group.", show_default="no groups")] = "",
    repeat_column: Annotated[str, typer.Option(help="Of a table: yes for repeats.", show_default="no repeats")] = "",
    seconds_column: Annotated[str, typer.Option(help="Of a table: seconds.", show_default="no times")] = "",
    method: Annotated[str, typer.Option(help="Of a table: the contour that is scored.")] = "automatic",
    reference: Annotated[str, typer.Option(help="Of a table: the other contour.")] = "manual",
    resamples: Annotated[int, typer.Option(help="Draws for the intervals.")] = 2000,
    level: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Score a preference study: by reader, group and case; agreement, consistency, time."""
    from oncologyai import workflows
    from oncologyai.studies import AnswerColumns

    columns = AnswerColumns(reader_column, case_column, choice_column, group_column, repeat_column, seconds_column)
    with reporter(progress) as watch:
        result = workflows.analyse_study(
            source, out, key=key, columns=columns, method=method, reference=reference, resamples=resamples,
            level=level, seed=seed, progress=watch,
        )  # fmt: skip
        groups = [dict(zip(result.groups.columns, row, strict=True)) for row in result.groups.rows]
        watch.done(groups=groups, notes=list(result.notes))
    if progress is not ProgressMode.JSON:
        typer.echo(f"preference score of {result.method} against {result.reference}")
        for row in groups:
            score = f"{row['score']:.1f} % ({row['low']:.1f} to {row['high']:.1f}), p {row['p']:.3g}"
            typer.echo(f"{row['group']}\t{score}\treaders {row['readers']}, cases {row['cases']}")
        for note in result.notes:
            typer.echo(f"note: {note}", err=True)
