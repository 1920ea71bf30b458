"""A study answered, and a contour timed, by lines from standard input: a person's keyboard or a program's pipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from oncologyai.cli.study_lines import ask_line
from oncologyai.errors import CancelledError, InputError

if TYPE_CHECKING:
    from oncologyai.studies import ContourTimer, Item, Session, TimedSession

__all__ = ["answer_by_keyboard", "time_by_keyboard"]


class _Screen:
    """What is on the reader's screen: the item's picture at a window and level."""

    def __init__(self, session: Session, path: Path, slices: int, show: Callable[[str], object] | None) -> None:
        self.window, self.level = session.study.window, session.study.level
        self._path, self._slices, self._show = path, slices, show
        self._drawn: tuple[object, ...] = ()

    def draw(self, item: Item) -> None:
        """Draw the item, unless just this is on the screen."""
        from oncologyai import workflows

        wanted = (item.number, self.window, self.level)
        if wanted == self._drawn:
            return
        self.window, self.level = workflows.draw_item(
            item, self._path, window=self.window, level=self.level, slices=self._slices
        )
        self._drawn = (item.number, self.window, self.level)
        if self._show is not None:
            self._show(str(self._path))


def answer_by_keyboard(
    session: Session, path: Path, *, slices: int = 3, show: Callable[[str], object] | None = None
) -> None:
    """Ask for one item after the other until all are answered, ``q``, or the end of the input.

    Parameters
    ----------
    session : Session
        Of the reader.
    path : Path
        The PNG file that shows the item asked; taken away at the end.
    slices : int
        Slices through the contours.
    show : callable, optional
        Opens the picture.

    Raises
    ------
    CancelledError
        On Ctrl-C; the answers are kept.
    """
    start = (session.study.window, session.study.level)
    screen = _Screen(session, path, slices, show)
    typer.echo(f"{session.reader.name}: {session.done} of {session.total} answered. {session.study.question}")
    typer.echo(f"picture: {path}")
    try:
        while session.item is not None:
            session.pause()  # drawing is not the reader's time
            screen.draw(session.item)
            session.show()
            line = ask_line(f"{session.item.number}/{session.total} {_choices(session)} > ")
            before = session.done
            if line is None or not _obey(line, session, screen):
                break
            if session.done != before:
                screen.window, screen.level = start
    except CancelledError as error:
        raise CancelledError(f"cancelled: {session.done} answers are kept; the same command goes on") from error
    finally:
        path.unlink(missing_ok=True)
    end = "" if session.item is None else "; the same command goes on"
    typer.echo(f"{session.done} of {session.total} answered{end}")


def time_by_keyboard(timer: ContourTimer) -> TimedSession | None:
    """Start or resume a timer and obey ``p`` (pause), ``r`` (resume), ``s`` (stop), ``d`` (discard), one a line.

    Returns
    -------
    TimedSession or None
        The ended session; None where the input ended first: it is then paused, and taken up by the next call.
    """
    if timer.recovered:
        typer.echo(f"going on after {timer.active_s:.0f} s")
        timer.resume()
    else:
        timer.start()
    ended = None
    try:
        while timer.state in ("running", "paused"):
            line = ask_line(f"{timer.state} {timer.active_s:.0f} s  p(ause) r(esume) s(top) d(iscard) > ")
            if line is None:
                break
            ended = _step(timer, line.strip().lower()[:1])
    except CancelledError as error:
        _put_by(timer)
        raise CancelledError(f"cancelled: {timer.active_s:.0f} s are kept; the same command goes on") from error
    _put_by(timer)
    return ended


def _step(timer: ContourTimer, letter: str) -> TimedSession | None:
    """Do what a letter says; a mistake is told."""
    ended = None
    try:
        if letter == "p":
            timer.pause()
        elif letter == "r":
            timer.resume()
        elif letter in ("s", "d"):
            ended = timer.stop() if letter == "s" else timer.discard()
        else:
            typer.echo("p, r, s or d", err=True)
    except InputError as error:
        typer.echo(str(error), err=True)
    return ended


def _put_by(timer: ContourTimer) -> None:
    if timer.state == "running":
        timer.pause()


def _obey(line: str, session: Session, screen: _Screen) -> bool:
    """Do what a line says; False ends the session. A mistake is told and asked again."""
    word, _, rest = line.strip().partition(" ")
    letter = word.lower()[:1]
    try:
        if letter == "q":
            return False
        if letter == "u":
            session.undo()
        elif letter == "w":
            screen.window, screen.level = _window(rest)
        elif letter == "p":
            session.pause()
            return ask_line("paused; Enter goes on > ") is not None
        else:
            choice = {name[:1]: name for name in session.study.choices}.get(letter, word)
            session.answer(choice, window=screen.window, level=screen.level, comment=rest)
    except InputError as error:
        typer.echo(str(error), err=True)
    return True


def _choices(session: Session) -> str:
    named = [f"{name[:1]}({name[1:]})" for name in session.study.choices]
    return " ".join([*named, "[comment]; u(ndo) w(indow) WIDTH LEVEL p(ause) q(uit)"])


def _window(text: str) -> tuple[float, float]:
    try:
        window, level = (float(part) for part in text.split())
    except ValueError:
        window = level = 0.0
    if not 0 < window < float("inf") or abs(level) == float("inf"):
        raise InputError("w", expected="a width above 0 and a level, such as w 1500 -600", got=repr(text))
    return window, level
