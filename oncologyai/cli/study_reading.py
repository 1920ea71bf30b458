"""Bone scans read by lines from standard input: yes or no, how sure, a comment; the grey scale changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from oncologyai.cli.study_lines import ask_line
from oncologyai.errors import CancelledError, InputError

if TYPE_CHECKING:
    from oncologyai.pipelines import ReadingDesk
    from oncologyai.scintigraphy import GreyReference

__all__ = ["read_by_keyboard"]

_HELP = "y(es)/n(o) CONFIDENCE [comment]; u(ndo) g(rey) [usual|faint|maximum] [PERCENT] p(ause) q(uit)"


def read_by_keyboard(desk: ReadingDesk, path: Path, *, show: Callable[[str], object] | None = None) -> None:
    """Ask for one scan after the other until all are read, ``q``, or the end of the input.

    Parameters
    ----------
    desk : ReadingDesk
        Of the reader.
    path : Path
        The PNG file that shows the scan asked; taken away while paused and at the end.
    show : callable, optional
        Opens the picture.

    Raises
    ------
    CancelledError
        On Ctrl-C; the answers are kept.
    """
    typer.echo(f"{desk.reader}: {desk.done} of {desk.total} answered. {desk.question}")
    steps = ", ".join(f"{number} {name}" for number, name in enumerate(desk.confidences, start=1))
    typer.echo(f"picture: {path}\nconfidence: {steps}\n{_HELP}")
    try:
        while not desk.finished:
            _draw(desk, path, show)
            line = ask_line(f"{desk.done + 1}/{desk.total} ({desk.reference} {desk.percent:g} %) > ")
            if line is None or not _obey(line, desk, path):
                break
    except CancelledError as error:
        raise CancelledError(f"cancelled: {desk.done} answers are kept; the same command goes on") from error
    finally:
        path.unlink(missing_ok=True)
    end = "" if desk.finished else "; the same command goes on"
    typer.echo(f"{desk.done} of {desk.total} answered{end}")


def _draw(desk: ReadingDesk, path: Path, show: Callable[[str], object] | None) -> None:
    """Draw the scan; drawing is not the reader's time."""
    from oncologyai import workflows

    desk.pause()
    workflows.draw_scan(desk, path)
    if show is not None:
        show(str(path))
    desk.present()


def _obey(line: str, desk: ReadingDesk, path: Path) -> bool:
    """Do what a line says; False ends the session. A mistake is told and asked again."""
    letter = line.strip().lower()[:1]
    try:
        if letter == "q":
            return False
        if letter == "u":
            desk.undo()
        elif letter == "g":
            _set_grey(desk, line.split()[1:])
        elif letter == "p":
            desk.pause()
            path.unlink(missing_ok=True)  # no reading while time stands still
            return ask_line("paused; Enter goes on > ") is not None
        else:
            _answer(desk, line.strip())
    except InputError as error:
        typer.echo(str(error), err=True)
    return True


def _answer(desk: ReadingDesk, text: str) -> None:
    found = re.fullmatch(r"(y|yes|n|no)\s*(\d+)(?:\s+(.*))?", text, re.IGNORECASE | re.DOTALL)
    if found is None:
        raise InputError("answer", expected="yes or no and a confidence, such as y 4", got=repr(text))
    choice = "yes" if found[1].lower().startswith("y") else "no"
    desk.answer(choice, confidence=int(found[2]), comment=found[3] or "")


def _set_grey(desk: ReadingDesk, words: list[str]) -> None:
    if not words:
        raise InputError("g", expected="a reference, a percentage, or both, such as g faint 80", got="nothing")
    for word in words:
        if re.fullmatch(r"\d+(\.\d+)?%?", word):
            desk.set_grey(percent=float(word.rstrip("%")))
        else:
            desk.set_grey(cast("GreyReference", word.lower()))
