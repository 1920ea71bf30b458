"""One run of a command on bundles at a time; usable without a panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from oncologyai.panels.bundle_run import BundleRun, WritableProtocol
from oncologyai.panels.child_process import Outcome

if TYPE_CHECKING:
    from oncologyai.bundle import Bundle

__all__ = ["BundleRunner"]

_Made = TypeVar("_Made")


class BundleRunner:
    """Starts, ends and waits for the runs of one command.

    Parameters
    ----------
    verb : str
        The command: ``segment``, ``features``.
    what : str
        What runs, in the words of a message: ``segmentation``.
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    """

    def __init__(self, verb: str, what: str, command: Sequence[str] | None = None) -> None:
        self._verb, self._what = verb, what
        self._command = command
        self._run: BundleRun | None = None

    def words(self, request: Any) -> Sequence[str]:
        """Give the words of the command for a request; a subclass may have more than its verb."""
        return (self._verb,)

    def isRunning(self) -> bool:
        """Tell whether a run goes on."""
        return self._run is not None and self._run.isRunning()

    def processId(self) -> int:
        """Give the number of the child process, 0 if none runs."""
        return self._run.processId() if self._run is not None and self._run.isRunning() else 0

    def cancel(self) -> None:
        """End the run that goes on, if any; the scene stays as it was."""
        if self._run is not None and self._run.isRunning():
            self._run.cancel()

    def startRun(
        self,
        request: Any,
        makeBundle: Callable[[Any], Bundle | WritableProtocol],
        onStage: Callable[[str, float], Any],
        onEnd: Callable[[Outcome], Any],
    ) -> None:
        """Start a run; its folder is there until ``onEnd`` returns.

        Raises
        ------
        RuntimeError
            If one goes on; else as BundleRun.start raises.
        """
        if self.isRunning():
            raise RuntimeError(f"A run ({self._what}) is running; cancel it or wait for its end.")

        def onRunEnd(outcome: Outcome) -> None:
            try:
                onEnd(outcome)
            finally:
                run.clean()

        run = self._newRun(request, makeBundle, onStage, onRunEnd)
        run.start()
        self._run = run

    def runAndWait(
        self,
        request: Any,
        makeBundle: Callable[[Any], Bundle | WritableProtocol],
        take: Callable[[str], _Made],
        *,
        timeoutS: float,
    ) -> _Made:
        """Run, wait, and give what ``take`` makes of the result's folder, for scripts.

        Raises
        ------
        RuntimeError
            With the child's reason, if it failed or took longer.
        """
        run = self._newRun(request, makeBundle, _ignore, _ignore)
        try:
            run.start()
            run.wait(int(1000 * timeoutS))
            if run.outcome is None or run.outcome.status != "done":
                raise RuntimeError(run.outcome.message if run.outcome is not None else f"The {self._what} did not end.")
            return take(run.outcome.bundle)
        finally:
            run.clean()

    def _newRun(
        self,
        request: Any,
        makeBundle: Callable[[Any], Bundle | WritableProtocol],
        onStage: Callable[[str, float], Any],
        onEnd: Callable[[Outcome], Any],
    ) -> BundleRun:
        words = self.words(request)
        return BundleRun(words, request, makeBundle, onStage, onEnd, command=self._command, what=self._what)


def _ignore(*_unused: Any) -> None:
    """Take stages and outcomes that nobody waits for."""
