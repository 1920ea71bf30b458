"""Entry point: the commands, their exit codes, and errors as one line.

Exit codes: 0 done, 1 a fault of ours, 2 the user's input, 3 a missing or broken installation, 4 out of memory or disk,
130 cancelled.
"""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

import oncologyai
from oncologyai.cli import (
    batch,
    bonescan,
    dataset,
    doctor,
    evaluate,
    explore,
    feature_commands,
    measure,
    models,
    outcome,
    robustness,
    run,
    segment,
    study,
    train,
)
from oncologyai.cli.cancellation import Cancellation
from oncologyai.errors import CancelledError, InstallationError, OncologyAIError, ResourceError

__all__ = ["main"]

app = typer.Typer(
    name="oncology-ai",
    help="Quantitative oncologic imaging: from a DICOM study to a segmented, measured, reported scene.\n\n"
    "Research software, not for clinical use.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("segment")(segment.segment)
app.command("measure")(measure.measure)
app.command("bonescan")(bonescan.bonescan)
app.command("evaluate")(evaluate.evaluate)
app.command("explore")(explore.explore)
app.add_typer(feature_commands.app, name="features")
app.add_typer(batch.app, name="batch")
app.add_typer(dataset.app, name="dataset")
app.add_typer(robustness.app, name="robustness")
app.add_typer(outcome.app, name="outcome")
app.add_typer(models.app, name="models")
app.add_typer(train.app, name="train")
app.add_typer(study.app, name="study")
app.command("doctor")(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"oncology-ai {oncologyai.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Take the options that stand before the command; ``main`` reads --debug itself."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code; without ``arguments`` it is the whole process, which ends with it."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    cancellation = Cancellation(whole_process=arguments is None)
    try:  # a signal raises only in here, and once: handlers come and go within
        cancellation.start()
        code = _run(words)
        cancellation.finish(code)
    except CancelledError as error:  # it came between two lines that catch it themselves
        cancellation.finish(error.exit_code)
        code = _tell(error, words)
    return code


def _run(words: Sequence[str]) -> int:
    try:
        app(args=words)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:  # noqa: BLE001  the one border that turns every error into a line and an exit code
        return _tell(error, words)
    return 0


def _tell(error: Exception, words: Sequence[str]) -> int:
    if "--debug" in words:
        traceback.print_exception(error)
    code, line = _describe(error)
    sys.stderr.write(f"oncology-ai: {line}\n")
    return code


def _describe(error: Exception) -> tuple[int, str]:
    if isinstance(error, OncologyAIError):
        return error.exit_code, " ".join(str(error).split())
    if isinstance(error, MemoryError):
        return ResourceError.exit_code, "memory: expected enough for this image, got none left; close other programs"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return ResourceError.exit_code, f"disk: expected room for the outputs, got {error}; free some and run again"
    if isinstance(error, ImportError):
        line = f"installation: expected every package that the command needs, got {error}; run: oncology-ai doctor"
        return InstallationError.exit_code, line
    kind = type(error).__name__
    return 1, f"a fault of oncology-ai: {kind}: {error}; run again with --debug first and report what it prints"
