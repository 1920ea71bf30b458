"""Lines from standard input: a person's keyboard or a program's pipe."""

from __future__ import annotations

import sys

import typer

__all__ = ["ask_line"]


def ask_line(prompt: str) -> str | None:
    """Write the prompt and give the next line; None at the end of the input."""
    typer.echo(prompt, nl=False)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        typer.echo("")
    return line if line else None
