"""One button's way from what is asked for to a result in the scene, and what is said meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import slicer

from oncologyai.errors import OncologyAIError
from oncologyai.panels.child_process import Outcome
from oncologyai.panels.run_controls import RunControls

__all__ = ["RunFlow", "RunProtocol"]


class RunProtocol(Protocol):
    """What the flow needs of whoever does the work, so that tests can give it another."""

    def start(self, request: Any, onStage: Callable[[str, float], Any], onEnd: Callable[[Outcome], Any]) -> Any:
        """Start a run; it calls back while it goes on and once at its end."""

    def cancel(self) -> None:
        """End the run."""

    def isRunning(self) -> bool:
        """Tell whether a run goes on."""


class RunFlow:
    """Starts and cancels runs, takes their results, and keeps what was said until something else is asked for.

    Parameters
    ----------
    controls : RunControls
    logic : RunProtocol
    asked : callable
        Gives what would be run now (comparable, with ``problem()``: what is missing as a sentence); None without a
        scene.
    request : callable
        Gives what a click runs.
    prepare : callable
        Called before a run starts; False means that the user does not go on.
    take : callable
        Gets the request and the result's folder, adds the result to the scene and gives the sentence to be said.
    show : callable
        Called when a run has ended, so that the panel shows the scene as it is now.
    startFailed, takeFailed : str
        Titles of the windows for what nobody expected.
    """

    def __init__(
        self,
        controls: RunControls,
        logic: RunProtocol,
        *,
        asked: Callable[[], Any],
        request: Callable[[], Any],
        prepare: Callable[[], bool],
        take: Callable[[Any, str], str],
        show: Callable[[], Any],
        startFailed: str,
        takeFailed: str,
    ) -> None:
        self._controls, self._logic = controls, logic
        self._asked, self._newRequest, self._prepare = asked, request, prepare
        self._take, self._show = take, show
        self._startFailed, self._takeFailed = startFailed, takeFailed
        self._request: Any = None
        self._said, self._saidIsError = "", False
        self._saidOf: Any = None

    def show(self) -> None:
        """Offer to start, or say what is missing; how the last run ended stays until something else is asked for."""
        if self._request is not None:  # it runs, or is about to
            return
        asked = self._asked()
        problem = asked.problem() if asked is not None else ""
        self._controls.offer(problem, enabled=asked is not None)
        if self._said and asked == self._saidOf and not problem:
            self._controls.say(self._said, isError=self._saidIsError)

    def onClicked(self, _checked: bool = False) -> None:
        """Start a run, or cancel the one that goes on."""
        if self._logic.isRunning():
            self._logic.cancel()
            return
        request = self._newRequest()
        with slicer.util.tryWithErrorDisplay(self._startFailed, waitCursor=False):
            self._start(request)

    def _start(self, request: Any) -> None:
        started = False
        try:
            if not request.problem() and self._prepare():
                self._request = request
                self._controls.prepare()
                self._logic.start(request, self._controls.stage, self._onEnd)
                started = self._logic.isRunning()
        except OncologyAIError as error:
            self._tell(str(error), isError=True)
        finally:
            if started:
                self._controls.offerCancel()
            elif self._request is request:  # it ended at once, or failed in a way that is shown in a window
                self._tell("")

    def _onEnd(self, outcome: Outcome) -> None:
        request = self._request
        if outcome.status != "done":
            self._tell(outcome.message, isError=outcome.status == "error")
            return
        self._tell("")
        with slicer.util.tryWithErrorDisplay(self._takeFailed):
            try:
                told = self._take(request, outcome.bundle)
            except OncologyAIError as error:
                self._tell(str(error), isError=True)
                return
            self._tell(told)

    def _tell(self, text: str, isError: bool = False) -> None:
        """Make the panel ready for the next run and say how this one ended."""
        self._request = None
        self._said, self._saidIsError, self._saidOf = text, isError, self._asked()
        self._show()
        if text:
            self._controls.say(text, isError=isError)
