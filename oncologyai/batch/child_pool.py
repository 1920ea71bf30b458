"""One worker: a child process of our own, which ends when its parent does. Needs no further package."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from oncologyai._interrupts import held
from oncologyai.batch.task import Outcome, Task

__all__ = ["ChildPool"]

_PATIENCE_S = 5.0  # with a child that was killed, until the system has buried it


class ChildPool:
    """A pool of one child; another one is started when it has died.

    Parameters
    ----------
    log : Path
        File that takes what libraries write to standard error, and the traces of crashes.
    """

    description = "1 worker, memory not limited"

    def __init__(self, log: Path) -> None:
        self._log = log
        self._child: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self._running: int | None = None
        self._ending = ""
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()

    def free(self) -> int:
        """Tell whether the child has nothing to do."""
        return int(self._running is None)

    def submit(self, task: Task) -> None:
        """Hand a task to the child, starting it where there is none."""
        if self._child is None or self._child.poll() is not None:
            self._start()
        self._running = task.id
        child = self._child
        if child is None or child.stdin is None:
            return
        try:
            child.stdin.write(json.dumps(task.to_json()) + "\n")
            child.stdin.flush()
        except BrokenPipeError:
            pass  # it has just died: the reader of its output tells

    def finished(self, timeout_s: float) -> Sequence[Outcome]:
        """Give the outcome, if there is one in time."""
        try:
            outcome = self._outcomes.get(timeout=timeout_s)
        except queue.Empty:
            return ()
        self._running, self._ending = None, ""
        return (outcome,)

    def end(self, task: int, reason: str) -> None:
        """Kill the child that does the task."""
        if self._running == task and self._child is not None:
            self._ending = reason
            self._child.kill()

    def stop(self) -> None:
        """Kill the child."""
        with held():
            if self._child is not None:
                self._child.kill()
                self._bury()

    def _bury(self) -> None:
        """Wait for the end of a child that was killed or has died, and of the thread that listens to it."""
        if self._child is None or self._listener is None:
            return
        self._child.wait(_PATIENCE_S)
        self._listener.join(_PATIENCE_S)
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # half a line that nobody reads any more
                    stream.close()
        self._child = None

    def _start(self) -> None:
        self._bury()
        paths = os.pathsep.join(path for path in sys.path if path)
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with held(), self._log.open("a", encoding="utf-8") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "oncologyai.batch.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": paths},
            )
        self._listener = threading.Thread(target=self._read, args=(self._child,), daemon=True)
        self._listener.start()

    def _read(self, child: subprocess.Popen[str]) -> None:
        """Pass on what a child says, until it says no more; a task without an answer has crashed it."""
        if child.stdout is None:
            return
        try:
            for line in child.stdout:
                self._outcomes.put(Outcome.from_json(json.loads(line)))
        except ValueError:  # it died in the midst of a line
            pass
        code = child.wait()
        if self._running is not None and self._child is child:
            failure, reason = ("time", self._ending) if self._ending else ("crash", _death(code))
            self._outcomes.put(
                Outcome(task=self._running, failure=failure, reason=reason, worker=f"{child.pid}")  # type: ignore[arg-type]
            )


def _death(code: int) -> str:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"the worker died ({how}); out of memory, or a fault in a library"
