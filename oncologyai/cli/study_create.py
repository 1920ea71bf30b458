"""``oncology-ai study create``: a study made, for readers in one folder and its key in another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.studies import ReaderStudy

__all__ = ["KeyOption", "app", "bonescan", "preference", "reader_of_text"]

app = typer.Typer(help="Make a study.", no_args_is_help=True, rich_markup_mode=None)

KeyOption = Annotated[
    Path | None, typer.Option(help="Folder of the key, which readers must not see.", show_default="STUDY-key")
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="New folder: what readers get.", show_default=False)]
SeedOption = Annotated[
    int | None, typer.Option(help="Of every random choice; one that no reader guesses.", show_default="random")
]
ReaderOption = Annotated[list[str], typer.Option("--reader", metavar="NAME=GROUP", help="May be given several times.")]
ReadersOption = Annotated[
    Path | None, typer.Option(help="CSV or XLSX with the columns reader and group.", show_default=False)
]
RepeatsOption = Annotated[float, typer.Option(help="Share of cases shown twice, 0 to 1.")]


@app.command()
def preference(
    table: Annotated[
        Path,
        typer.Option(help="CSV or XLSX: case, image, and a column of files for each contour.", show_default=False),
    ],
    out: OutOption,
    key: KeyOption = None,
    seed: SeedOption = None,
    reader: ReaderOption = [],
    readers: ReadersOption = None,
    method: Annotated[str, typer.Option(help="Column whose preference is scored.")] = "automatic",
    reference: Annotated[str, typer.Option(help="Column of the other contour.")] = "manual",
    repeats: RepeatsOption = 0.0,
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
            readers=[reader_of_text(text) for text in reader],
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
    _tell(study, place, progress)


@app.command()
def bonescan(
    table: Annotated[
        Path, typer.Option(help="CSV or XLSX: case, scan (a folder or file), metastases (1 or 0).", show_default=False)
    ],
    out: OutOption,
    scans: Annotated[
        Path | None, typer.Option(help="What paths start from.", show_default="the table's folder")
    ] = None,
    cases: Annotated[
        int | None, typer.Option(help="Scans to draw, half of them with metastases.", show_default="all")
    ] = None,
    key: KeyOption = None,
    seed: SeedOption = None,
    reader: ReaderOption = [],
    readers: ReadersOption = None,
    repeats: RepeatsOption = 0.0,
    question: Annotated[str, typer.Option(help="What readers are asked; yes or no.")] = (
        "Does this bone scan show metastases?"
    ),
    case_column: Annotated[str, typer.Option(help="Of the table: the case's name.")] = "case",
    scan_column: Annotated[str, typer.Option(help="Of the table: its path; without, the name is it.")] = "scan",
    truth_column: Annotated[str, typer.Option(help="Of the table: 1 or 0, yes or no.")] = "metastases",
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Make a blinded study of whole-body bone scans: metastases or none, and how sure (ch. 7's in silico trial)."""
    from oncologyai import workflows

    with reporter(progress) as watch:
        study = workflows.create_bonescan_study(
            table,
            out,
            key=key,
            seed=seed,
            readers=[reader_of_text(text) for text in reader],
            readers_table=readers,
            columns={
                "scans": scans, "case_column": case_column, "scan_column": scan_column, "truth_column": truth_column,
            },
            question=question,
            cases=cases,
            repeats=repeats,
            progress=watch,
        )  # fmt: skip
        place = workflows.key_folder(out, key)
        watch.done(study=str(out), key=str(place), readers=[r.name for r in study.readers])
    _tell(study, place, progress)


def reader_of_text(text: str) -> tuple[str, str]:
    """Split NAME=GROUP; without a group it is empty."""
    name, _, group = text.partition("=")
    if not name.strip():
        raise InputError("--reader", expected="NAME=GROUP", got=repr(text))
    return name, group


def _tell(study: ReaderStudy, key: Path, progress: ProgressMode) -> None:
    if progress is not ProgressMode.JSON:
        typer.echo(f"{study.folder}: for {len(study.readers)} readers")
        typer.echo(f"{key}: the key; keep it from readers")
