"""A command that says on its standard output, one JSON object a line, how far it is."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import qt

__all__ = ["ChildProcess", "Outcome"]

_KILL_WAIT_MS = 1000


@dataclass(frozen=True)
class Outcome:
    """How a child ended: ``status`` is ``done``, ``cancelled`` or ``error``; ``bundle`` is where its result lies.

    ``details`` is what else the child said of its result, also where its exit code then was not 0.
    """

    status: str
    message: str = ""
    bundle: str = ""
    details: Mapping[str, Any] = field(default_factory=dict, compare=False)


class ChildProcess:
    """Runs a command without blocking; ``onEnd`` is called once, whatever happens.

    Parameters
    ----------
    onStage : callable
        Gets the name of each stage and the share done, 0 to 1.
    onEnd : callable
        Gets the Outcome.
    what : str
        What the process does, in the words of a message: ``segmentation``.
    graceMs : int
        How long a cancelled child that keeps a state may take to end by itself, before it is killed.
    """

    def __init__(
        self,
        onStage: Callable[[str, float], Any],
        onEnd: Callable[[Outcome], Any],
        what: str = "command",
        graceMs: int = 0,
    ) -> None:
        self._onStage, self._onEnd, self._what, self._graceMs = onStage, onEnd, what, graceMs
        self._process = qt.QProcess()
        self._process.connect("readyReadStandardOutput()", self._onOutput)
        self._process.connect("readyReadStandardError()", self._onErrorOutput)
        self._process.connect("finished(int,QProcess::ExitStatus)", self._onFinished)
        self._process.connect("errorOccurred(QProcess::ProcessError)", self._onProcessError)
        self._rest = b""
        self._said: list[str] = []  # the child's own last words, for a crash that it could not report
        self._event: dict[str, Any] = {}
        self._cancelled = False
        self._ended = False

    def start(self, program: str, arguments: Sequence[str], pythonPath: str = "") -> None:
        """Start the command; ``pythonPath`` goes before the PYTHONPATH of this process."""
        environment = qt.QProcessEnvironment.systemEnvironment()
        paths = [p for p in (pythonPath, environment.value("PYTHONPATH", "")) if p]
        environment.insert("PYTHONPATH", os.pathsep.join(paths))
        environment.insert("PYTHONUNBUFFERED", "1")
        environment.insert("PYTHONIOENCODING", "utf-8")
        environment.remove("ITK_AUTOLOAD_PATH")  # Slicer's own plug-ins, which the child cannot load
        self._process.setProcessEnvironment(environment)
        self._process.start(program, list(arguments))

    def isRunning(self) -> bool:
        """Tell whether the command has not ended yet."""
        return not self._ended

    def processId(self) -> int:
        """Give the operating system's number of the child, 0 if it does not run."""
        return int(self._process.processId())

    def cancel(self) -> None:
        """End the child; a bundle's has a folder of its own and no scene, so nothing needs tidying in it."""
        if self._ended:
            return
        self._cancelled = True
        if self._graceMs:
            self._process.terminate()
            self._process.waitForFinished(self._graceMs)
        self._process.kill()
        self._process.waitForFinished(_KILL_WAIT_MS)
        self._end(Outcome("cancelled", "Cancelled; the scene is as it was."))

    def wait(self, timeoutMs: int) -> None:
        """Wait for the end, for scripts; a child that takes longer is cancelled."""
        if not self._ended and not self._process.waitForFinished(timeoutMs):
            self.cancel()

    def _onOutput(self) -> None:
        *lines, self._rest = (self._rest + _bytes(self._process.readAllStandardOutput())).split(b"\n")
        for line in lines:
            self._takeLine(line)

    def _onErrorOutput(self) -> None:
        text = _bytes(self._process.readAllStandardError()).decode("utf-8", "replace")
        self._said = [*self._said, *(line.strip() for line in text.splitlines() if line.strip())][-20:]

    def _takeLine(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        if not text or self._ended:
            return
        try:
            event = json.loads(text)
        except ValueError:
            event = None
        if not isinstance(event, dict) or "event" not in event:
            logging.info("%s process: %s", self._what, text)  # a library of the child that prints
        elif event["event"] == "stage":
            self._onStage(str(event.get("name", "")), min(max(float(event.get("share", 0.0)), 0.0), 1.0))
        else:
            self._event = event

    def _onFinished(self, exitCode: int, exitStatus: Any) -> None:
        if self._ended:
            return
        self._onOutput()
        self._onErrorOutput()
        self._takeLine(self._rest)
        crashed = exitStatus != qt.QProcess.NormalExit
        self._end(self._outcome(exitCode, crashed))

    def _onProcessError(self, error: Any) -> None:
        if error == qt.QProcess.FailedToStart:
            self._end(Outcome("error", f"The {self._what} process could not start: {self._process.errorString()}."))

    def _outcome(self, exitCode: int, crashed: bool) -> Outcome:
        kind = self._event.get("event")
        if self._cancelled or kind == "cancelled":
            return Outcome("cancelled", "Cancelled; the scene is as it was.")
        if kind == "error":
            return Outcome("error", str(self._event.get("message", "no reason given")))
        if kind == "done" and not crashed and exitCode == 0:
            return Outcome("done", bundle=str(self._event.get("bundle", "")), details=self._event)
        how = "crashed" if crashed else f"ended with exit code {exitCode}"
        reason = self._said[-1] if self._said else "it gave no reason"
        return Outcome("error", f"The {self._what} process {how}: {reason}", details=self._event)

    def _end(self, outcome: Outcome) -> None:
        if not self._ended:
            self._ended = True
            self._onEnd(outcome)


def _bytes(byteArray: Any) -> bytes:
    """Give a QByteArray as bytes."""
    return bytes(byteArray.data())
