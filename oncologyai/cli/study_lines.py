"""Lines from standard input: a person's keyboard or a program's pipe."""

from __future__ import annotations

import sys

import typer

from oncologyai.cli.reporting import signal_came
from oncologyai.errors import CancelledError

__all__ = ["ask_line"]


def ask_line(prompt: str) -> str | None:
    """Write the prompt and give the next line; None at the end of the input.

    Raises
    ------
    CancelledError
        If a signal came, also while the picture was drawn, where its exception may have been lost.
    """
    _heed_signal()
    typer.echo(prompt, nl=False)
    line = sys.stdin.readline()
    _heed_signal()
    if not sys.stdin.isatty():
        typer.echo("")
    return line if line else None


def _heed_signal() -> None:
    if signal_came():
        raise CancelledError("cancelled")
