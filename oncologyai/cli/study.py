"""``oncology-ai study``: a blinded preference study made, answered and analysed; contours timed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli import study_time
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.cli.study_keyboard import answer_by_keyboard
from oncologyai.errors import InputError

__all__ = ["add", "analyse", "answer", "app", "preference", "status"]

app = typer.Typer(
    help="Studies with readers: which of two contours is preferred, and how long contours take.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
create = typer.Typer(help="Make a study.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(create, name="create")
app.add_typer(study_time.app, name="time")

StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.", show_default=False)]
KeyOption = Annotated[
    Path | None, typer.Option(help="Folder of the key, which readers must not see.", show_default="STUDY-key")
]


@create.command()
def preference(
    table: Annotated[
        Path,
        typer.Option(help="CSV or XLSX: case, image, and a column of files for each contour.", show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="New folder: what readers get.", show_default=False)],
    key: KeyOption = None,
    seed: Annotated[
        int | None, typer.Option(help="Of order and sides; one that no reader guesses.", show_default="random")
    ] = None,
    reader: Annotated[
        list[str], typer.Option("--reader", metavar="NAME=GROUP", help="May be given several times.")
    ] = [],
    readers: Annotated[
        Path | None, typer.Option(help="CSV or XLSX with the columns reader and group.", show_default=False)
    ] = None,
    method: Annotated[str, typer.Option(help="Column whose preference is scored.")] = "automatic",
    reference: Annotated[str, typer.Option(help="Column of the other contour.")] = "manual",
    repeats: Annotated[float, typer.Option(help="Share of cases shown twice, 0 to 1.")] = 0.0,
    allow_none: Annotated[bool, typer.Option("--allow-none", help="'No preference' may be answered.")] = False,
    question: Annotated[str, typer.Option(help="What readers are asked.")] = "Which contour is more accurate?",
    window: Annotated[float | None, typer.Option(help="Width of the grey scale.", show_default="modality's")] = None,
    level: Annotated[float | None, typer.Option(help="Its middle.", show_default="modality's")] = None,
    margin_mm: Annotated[float, typer.Option(help="What is shown around both contours.")] = 50.0,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Make a blinded study: which of two contours is preferred. Two folders: one for readers, the key apart."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        study = workflows.create_preference(
            table,
            out,
            key=key,
            seed=seed,
            readers=[_reader(text) for text in reader],
            readers_table=readers,
            method=method,
            reference=reference,
            repeats=repeats,
            allow_none=allow_none,
            question=question,
            window=window,
            level=level,
            margin_mm=margin_mm,
            progress=watch,
        )
        place = workflows.key_folder(out, key)
        watch.done(study=str(out), key=str(place), readers=[r.name for r in study.readers])
    if progress is not ProgressMode.JSON:
        typer.echo(f"{out}: for {len(study.readers)} readers")
        typer.echo(f"{place}: the key; keep it from readers")


@app.command()
def add(
    study: StudyArgument,
    reader: Annotated[list[str], typer.Option("--reader", metavar="NAME=GROUP", help="May be given several times.")],
    key: KeyOption = None,
) -> None:
    """Add readers to a study; those who have begun are not disturbed."""
    from oncologyai import workflows

    for name, group in [_reader(text) for text in reader]:
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
    slices: Annotated[int, typer.Option(help="Slices through the contours.")] = 3,
) -> None:
    """Answer a study at the keyboard. Every answer is kept at once; the same command goes on where it ended."""
    from oncologyai import workflows

    session = workflows.open_session(study, reader)
    place = picture or session.study.items_path(session.reader).with_name("now.png")
    show = typer.launch if open_picture else None
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


def _reader(text: str) -> tuple[str, str]:
    name, _, group = text.partition("=")
    if not name.strip():
        raise InputError("--reader", expected="NAME=GROUP", got=repr(text))
    return name, group
