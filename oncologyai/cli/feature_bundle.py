"""``oncology-ai features --bundle``: what a program asks for that does not compute itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oncologyai.cli.reporting import ProgressMode, reporter
from oncologyai.errors import InputError

__all__ = ["BundleOption", "OutBundleOption", "answer_bundle"]

BundleOption = Annotated[
    Path | None,
    typer.Option("--bundle", help="Take image, masks and settings from a bundle instead.", metavar="FOLDER"),
]
OutBundleOption = Annotated[
    Path | None, typer.Option("--out-bundle", help="With --bundle: write table and maps as a bundle.", metavar="FOLDER")
]


def answer_bundle(bundle: Path | None, out: Path | None, *, others: bool, progress: ProgressMode) -> bool:
    """Do what the request in a bundle asks for; False where none is given.

    Raises
    ------
    InputError
        If one of the two folders is missing, or an image or a cohort is given as well (``others``); else as
        ``features_to_bundle``.
    """
    if (bundle is None) != (out is None):
        got = "--bundle alone" if out is None else "--out-bundle alone"
        raise InputError("features", expected="--bundle and --out-bundle together", got=got)
    if bundle is None or out is None:
        return False
    if others:
        raise InputError("features", expected="a bundle, or an image and its masks, or a cohort", got="several of them")
    from oncologyai import workflows

    with reporter(progress) as watch:
        made = workflows.features_to_bundle(bundle, out, progress=watch)
        rows = len(made.tables[0].rows)
        watch.done(bundle=str(out), rows=rows, maps=list(made.maps))
    if progress is not ProgressMode.JSON:
        typer.echo(f"{out}: {rows} structures, {len(made.maps)} maps")
    return True
