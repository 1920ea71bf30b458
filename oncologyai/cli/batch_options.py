"""Options of every command that runs over cases, and what it says at its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli.reporting import ProgressMode
from oncologyai.errors import InputError, InstallationError, ResourceError

if TYPE_CHECKING:
    from oncologyai.batch import BatchOptions, BatchReport

__all__ = [
    "MemoryOption",
    "RetriesOption",
    "SchedulerOption",
    "StrictOption",
    "TimeLimitOption",
    "WorkersOption",
    "batch_options",
    "end_with",
    "say",
]

_SHOWN_FAILURES = 10

WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers", help="Processes; 1 needs no Dask.", show_default="one a core, or 1 without Dask", metavar="N"
    ),
]
SchedulerOption = Annotated[
    str,
    typer.Option("--scheduler", help="Use the workers of this Dask scheduler.", metavar="tcp://HOST:PORT"),
]
MemoryOption = Annotated[
    str, typer.Option("--memory", help="Limit of each of several workers, such as 4GiB; auto parts the machine's.")
]
RetriesOption = Annotated[
    int, typer.Option("--retries", help="Further attempts where a worker died; never at a bad input.", metavar="N")
]
TimeLimitOption = Annotated[
    float | None,
    typer.Option("--time-limit-s", help="A case that takes longer has failed.", show_default="none", metavar="S"),
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="End with an exit code other than 0 where any case failed.")
]


def batch_options(
    workers: int | None, scheduler: str, memory: str, retries: int, time_limit_s: float | None
) -> BatchOptions:
    """Give how a batch is run."""
    from oncologyai.batch import BatchOptions

    return BatchOptions(workers, scheduler, memory, retries, time_limit_s)


def say(report: BatchReport, table: Path, progress: ProgressMode) -> None:
    """Say what came out: failures to standard error, the first ten in words; then a line with the counts."""
    if progress is ProgressMode.JSON:
        return
    for failure in report.failures[:_SHOWN_FAILURES]:
        typer.echo(f"failed: {failure.case} {failure.step}: {failure.reason}", err=True)
    if len(report.failures) > _SHOWN_FAILURES:
        from oncologyai.batch import failures_beside

        more = len(report.failures) - _SHOWN_FAILURES
        typer.echo(f"failed: {more} more; see {failures_beside(table)}", err=True)
    bad = len({failure.case for failure in report.failures})
    words = [f"{len(report.cases)} cases", f"{bad} failed", f"{len(report.table.rows)} rows"]
    words.append(f"{report.computed} computed, {report.reused} there before")
    if report.unfinished:
        words.append(f"{report.unfinished} tasks not finished")
    if report.workers:
        words.append(report.workers)
    typer.echo(f"{table}: " + ", ".join(words))


def end_with(report: BatchReport, *, strict: bool) -> None:
    """End with another exit code than 0 where no case went well; with ``strict`` where one did not.

    The code is that of the failures' kind: 3 where a package is missing, 4 where there was no memory, 1 where all were
    faults of ours, else 2.
    """
    bad = {failure.case for failure in report.failures}
    if not bad or (len(bad) < len(report.cases) and not strict):
        return
    codes = {"installation": InstallationError.exit_code, "resources": ResourceError.exit_code, "fault": 1}
    found = {codes.get(failure.kind, InputError.exit_code) for failure in report.failures}
    raise typer.Exit(found.pop() if len(found) == 1 else InputError.exit_code)
