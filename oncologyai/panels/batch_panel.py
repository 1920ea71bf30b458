"""A part of the panel that runs a command over many cases: Run that turns into Cancel, progress, failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ctk
import qt
import slicer
from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError
from oncologyai.panels.child_process import Outcome
from oncologyai.panels.command_run import CommandRun, WordsProtocol
from oncologyai.panels.run_controls import RunControls

__all__ = ["BatchPanel"]


class BatchPanel:
    """Drives the widgets of a .ui file whose names begin with a prefix.

    A subclass says what is asked for (``request``), what came of it (``told``) and which cases failed (``failures``).

    Parameters
    ----------
    ui : object
        The widgets by name.
    prefix : str
        ``cohort``: the widgets are ``cohortRunButton`` and so on.
    paths : mapping of str to str
        Path widgets by name after the prefix, and the parameters that they show.
    startTip : str
        What Run does.
    prepare : callable
        Called on Run before anything else; False means that the user does not go on.
    what : str
        What runs, in the words of a message.
    """

    def __init__(
        self,
        ui: Any,
        prefix: str,
        paths: Mapping[str, str],
        startTip: str,
        prepare: Callable[[], bool],
        *,
        what: str = "cohort",
    ) -> None:
        self._ui, self._prefix, self._prepare = ui, prefix, prepare
        self._parameters: Any = None
        self._request: Any = None
        self._said = ""  # how the last run ended, until something is changed
        self._busy = False
        self.run = CommandRun(what)
        self._controls = RunControls(
            self._widget("RunButton"),
            self._widget("ProgressBar"),
            self._widget("Label"),
            startText=_("Run"),
            startTip=startTip,
            cancelTip=_("End the run; what is done is kept, and Run goes on with it"),
        )
        self._paths = [(self._widget(name), parameter) for name, parameter in paths.items()]
        for widget, parameter in self._paths:
            widget.connect("currentPathChanged(QString)", self._takesPath(parameter))
        self._widget("OutputEdit").filters = ctk.ctkPathLineEdit.Dirs
        self._widget("RunButton").connect("clicked(bool)", self.onRun)
        self._widget("FailuresTable").setHorizontalHeaderLabels(self.headers())
        self._widget("Button").collapsed = True

    def headers(self) -> Sequence[str]:
        """Give the headers of the table of failures, or of what a subclass shows there."""
        return [_("Case"), _("Why it failed")]

    def request(self) -> WordsProtocol:
        """Give what the parameters ask for: something with ``problem()`` and ``words()``."""
        raise NotImplementedError

    def told(self, details: Mapping[str, Any]) -> str:
        """Give the sentence of a run that ended well."""
        raise NotImplementedError

    def failures(self, request: Any) -> Sequence[Sequence[str]]:
        """Give the cases that failed, pairs of case and reason."""
        raise NotImplementedError

    def setParameters(self, parameters: Any) -> None:
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def show(self) -> None:
        """Show what the parameters say."""
        if self._parameters is None:
            return
        self._busy = True
        for widget, parameter in self._paths:
            path = getattr(self._parameters, parameter)
            if widget.currentPath != path:
                widget.currentPath = path
        self._busy = False
        if not self.run.isRunning():
            request = self.request()
            self._controls.offer(request.problem())
            if request == self._request and self._said:
                self._controls.say(self._said)
            else:
                self._showFailures([])

    def onRun(self, _checked: bool = False) -> None:
        """Start, or cancel what runs."""
        if self.run.isRunning():
            self.run.cancel()
            return
        request = self.request()
        with slicer.util.tryWithErrorDisplay(_("The run could not start."), waitCursor=False):
            started = False
            self._request, self._said = request, ""
            try:
                if not request.problem() and self._prepare():
                    self._showFailures([])
                    self._controls.prepare()
                    self.run.start(request, self._controls.stage, self._onEnd)
                    started = self.run.isRunning()
            except OncologyAIError as error:
                self._said = str(error)
            finally:
                if started:
                    self._controls.offerCancel()
                elif not self._said:
                    self.show()
                else:
                    self._tell(self._said, isError=True)

    def _onEnd(self, outcome: Outcome) -> None:
        if outcome.status == "cancelled":
            self._tell(_("Cancelled; what was done is kept, and Run goes on with it."), isError=False)
        elif outcome.status == "done" or "rows" in outcome.details:
            told = self.told(outcome.details)  # first, since it may change parameters
            self._showFailures(self.failures(self._request))
            self._tell(told, isError=False)
        else:
            self._tell(outcome.message, isError=True)

    def _tell(self, text: str, isError: bool) -> None:
        problem = self.request().problem() if self._parameters is not None else ""
        self._controls.offer(problem, enabled=self._parameters is not None)
        self._said = text
        self._controls.say(text, isError=isError)

    def _showFailures(self, failures: Sequence[Sequence[str]]) -> None:
        table = self._widget("FailuresTable")
        table.setVisible(bool(failures))
        table.setRowCount(len(failures))
        for row, cells in enumerate(failures):
            for column, text in enumerate(cells):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(row, column, item)

    def _takesPath(self, parameter: str) -> Callable[[str], None]:
        def take(path: str) -> None:
            if not self._busy and self._parameters is not None:
                setattr(self._parameters, parameter, path)

        return take

    def _widget(self, name: str) -> Any:
        return getattr(self._ui, f"{self._prefix}{name}")
