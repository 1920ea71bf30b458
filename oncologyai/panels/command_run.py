"""A command of ``oncology-ai`` in a process of its own, one at a time, given as words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import oncologyai
from oncologyai.panels.bundle_run import pythonExecutable
from oncologyai.panels.child_process import ChildProcess, Outcome

__all__ = ["CommandRun", "WordsProtocol"]

_GRACE_MS = 3000  # a batch notes which cases it has not finished


class WordsProtocol(Protocol):
    """What is asked for."""

    def problem(self) -> str:
        """Give what is missing as one sentence for the user, "" if nothing is."""

    def words(self) -> Sequence[str]:
        """Give the words of the command, ``--progress json`` among them."""


class CommandRun:
    """Runs commands that keep what they have done, such as a batch over many cases.

    Parameters
    ----------
    what : str
        What runs, in the words of a message: ``cohort``.
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    graceMs : int
        How long a cancelled child may take to end by itself before it is killed.
    """

    def __init__(self, what: str, command: Sequence[str] | None = None, *, graceMs: int = _GRACE_MS) -> None:
        self._what, self._command, self._graceMs = what, command, graceMs
        self._child: ChildProcess | None = None

    def start(
        self, request: WordsProtocol, onStage: Callable[[str, float], Any], onEnd: Callable[[Outcome], Any]
    ) -> None:
        """Start.

        Raises
        ------
        RuntimeError
            If one runs.
        InstallationError
            If there is no Python to run.
        """
        if self.isRunning():
            raise RuntimeError(f"A {self._what} is running; cancel it or wait for its end.")
        program, *arguments = self._command or [pythonExecutable(), "-m", "oncologyai"]
        child = ChildProcess(onStage, onEnd, what=self._what, graceMs=self._graceMs)
        library = str(Path(oncologyai.__file__).resolve().parents[1])
        child.start(program, [*arguments, *request.words()], pythonPath=library)
        self._child = child

    def isRunning(self) -> bool:
        """Tell whether a command is running."""
        return self._child is not None and self._child.isRunning()

    def processId(self) -> int:
        """Give the number of the child process, 0 if none runs."""
        return self._child.processId() if self._child is not None and self._child.isRunning() else 0

    def cancel(self) -> None:
        """End it; what was done is kept."""
        if self._child is not None and self._child.isRunning():
            self._child.cancel()

    def wait(self, timeoutMs: int) -> None:
        """Wait for the end, for scripts; a command that takes longer is cancelled."""
        if self._child is not None:
            self._child.wait(timeoutMs)
