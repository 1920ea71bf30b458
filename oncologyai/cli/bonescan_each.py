"""``oncology-ai bonescan --each``: every scan of a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oncologyai.cli.batch_options import end_with, say
from oncologyai.cli.bonescan_options import scan_form
from oncologyai.cli.reporting import ProgressMode, reporter

if TYPE_CHECKING:
    from oncologyai.batch import BatchOptions

__all__ = ["EachOption", "ReportsOption", "run_each"]

EachOption = Annotated[
    bool, typer.Option("--each", help="STUDY is a folder of studies: a sub-folder each, or loose images.")
]
ReportsOption = Annotated[bool, typer.Option("--reports", help="With --each: a report and a bundle a scan too.")]


def run_each(
    folder: Path,
    out: Path,
    said: Mapping[str, Any],
    wanted: tuple[bool, bool],
    options: BatchOptions,
    *,
    strict: bool,
    progress: ProgressMode,
) -> None:
    """Classify every scan of a folder; ends the command with the exit code.

    Parameters
    ----------
    folder, out : Path
    said : mapping
        Arguments of ``scan_form``.
    wanted : (bool, bool)
        Whether a report, and a scene, of each is written.
    options : BatchOptions
    strict : bool
    progress : ProgressMode

    Raises
    ------
    InputError
        If a value is not one of those that its option takes, before any scan is read.
    """
    from oncologyai import batch

    scan_form(**said)
    settings = {name: value for name, value in said.items() if value not in ("", None)}
    if "model" in settings and Path(settings["model"]).is_dir():
        settings["model"] = str(Path(settings["model"]).absolute())
    settings |= {"report": wanted[0], "scene": wanted[1]}
    with reporter(progress) as watch:
        report = batch.bonescan_cohort(folder, out, settings=settings, options=options, progress=watch)
        watch.done(
            table=str(out / "results.csv"), page=str(out / "index.html"), rows=len(report.table.rows),
            cases=len(report.cases), failed=len(report.failures), computed=report.computed, reused=report.reused,
        )  # fmt: skip
    say(report, out / "results.csv", progress)
    end_with(report, strict=strict)
