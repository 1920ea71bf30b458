"""How a command shows its progress: a bar for people, one JSON object a line for programs, or nothing.

JSON events: ``{"event": "stage", "name": ..., "share": 0..1}``, then one of ``{"event": "done", ...}``,
``{"event": "error", "message": ..., "exit_code": ...}`` and ``{"event": "cancelled"}``.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from types import TracebackType
from typing import Annotated, Any, Self

import typer

from oncologyai.errors import CancelledError, OncologyAIError

__all__ = [
    "ProgressMode",
    "ProgressOption",
    "Reporter",
    "forget_signals",
    "note_signal",
    "reporter",
    "signal_came",
    "unsaid_events",
]

_CANCELLED = {"event": "cancelled"}


class ProgressMode(StrEnum):
    """What ``--progress`` takes."""

    AUTO = "auto"
    JSON = "json"
    NONE = "none"


ProgressOption = Annotated[
    ProgressMode,
    typer.Option("--progress", help="auto: stages on a terminal; json: one event a line; none.", show_default=True),
]


class Reporter:
    """A Progress that says nothing; a context whose end says how the command ended."""

    def stage(self, name: str, share: float) -> None:
        """Take note of a stage."""

    def cancelled(self) -> bool:
        """Tell whether a signal came whose CancelledError was lost, as in ``__del__``, where errors are ignored."""
        return bool(_signals)

    def done(self, **details: Any) -> None:
        """Say that the command ended well, with what it made."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Leave errors alone."""


class _Json(Reporter):
    def __enter__(self) -> Self:
        _open.append(self)
        return self

    def stage(self, name: str, share: float) -> None:
        self._say(event="stage", name=name, share=round(share, 3))

    def done(self, **details: Any) -> None:
        self._say(event="done", **details)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if isinstance(error, CancelledError):
                self._say(**_CANCELLED)
            elif error is not None:
                code = error.exit_code if isinstance(error, OncologyAIError) else 1
                self._say(event="error", message=str(error) or type(error).__name__, exit_code=code)
        finally:
            _open.remove(self)

    @staticmethod
    def _say(**event: Any) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


class _Terminal(Reporter):
    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("start", total=1.0)

    def stage(self, name: str, share: float) -> None:
        self._bar.update(self._task, description=name, completed=share)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._bar.stop()


_open: list[_Json] = []  # at most one
_signals: list[None] = []  # one where the command was cancelled


def note_signal() -> None:
    """The command is cancelled by a signal."""
    _signals.append(None)


def forget_signals() -> None:
    """Another command begins in this process."""
    _signals.clear()


def signal_came() -> bool:
    """Tell whether a signal cancelled the command, also where its exception was lost in a callback."""
    return bool(_signals)


def unsaid_events() -> str:
    """Give the line that programs still have to read where the command is cancelled without unwinding."""
    return "".join(json.dumps(_CANCELLED) + "\n" for _ in _open)


def reporter(mode: ProgressMode) -> Reporter:
    """Make the reporter of a mode; ``auto`` is a bar where standard error is a terminal, else nothing."""
    if mode is ProgressMode.JSON:
        return _Json()
    return _Terminal() if mode is ProgressMode.AUTO and sys.stderr.isatty() else Reporter()
