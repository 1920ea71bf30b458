"""What the commands that train share: their options, and how a training is followed on the screen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from oncologyai.cli.live_table import LiveTable
from oncologyai.cli.reporting import ProgressMode, Reporter, reporter

__all__ = [
    "CacheOption",
    "ConfigArgument",
    "DeviceOption",
    "FolderOption",
    "MinutesOption",
    "TableOption",
    "ThreadsOption",
    "followed",
    "how_it_ended",
]

ConfigArgument = Annotated[
    str, typer.Argument(metavar="CONFIG.yaml", help="A YAML file, or a recipe's name.", show_default=False)
]
FolderOption = Annotated[Path, typer.Option("--out", "-o", help="Folder of everything written.", show_default=False)]
TableOption = Annotated[
    Path | None, typer.Option(help="CSV of cases, instead of the configuration's.", show_default=False)
]
DeviceOption = Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1 or auto.", show_default=False)]
ThreadsOption = Annotated[int | None, typer.Option(help="Of the CPU.", show_default=False)]
CacheOption = Annotated[
    Path | None, typer.Option(help="Folder of prepared cases, for several trainings.", show_default="OUT/cache")
]
MinutesOption = Annotated[
    float | None,
    typer.Option(help="Stop each training, resumable, after the epoch at which this is over.", show_default=False),
]


@contextmanager
def followed(
    mode: ProgressMode, columns: Sequence[str]
) -> Iterator[tuple[Reporter, Callable[[tuple[str, ...]], None] | None]]:
    """Show a training: a table of its last epochs on a terminal, otherwise as ``--progress`` says.

    Gives who is told of stages, and who is told of epochs if anybody is.
    """
    if mode is ProgressMode.AUTO and sys.stderr.isatty():
        with LiveTable(columns) as table:
            yield table, table.epoch
        return
    with reporter(mode) as watch:
        yield watch, None


def how_it_ended(result: Mapping[str, Any]) -> str:
    """Say whether a training is finished or how it goes on."""
    return "finished" if result["finished"] else "not finished: the same command goes on"
