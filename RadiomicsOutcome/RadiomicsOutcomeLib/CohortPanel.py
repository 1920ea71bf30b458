"""The part of the panel that runs a whole cohort: Run that turns into Cancel, progress, failures."""

import ctk
import qt
import slicer
from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError
from oncologyai.panels import RunControls

from .CohortRun import CohortRun, cohortFromParameters, failuresOf


class CohortPanel:
    """Drives the cohort widgets of RadiomicsOutcome.ui.

    Parameters
    ----------
    ui : object
        The widgets by name.
    prepare : callable
        Called on Run before anything else; False means that the user does not go on.
    """

    def __init__(self, ui, prepare):
        self._ui, self._prepare = ui, prepare
        self._parameters = None
        self._request = None
        self._said = ""  # how the last run ended, until something is changed
        self._busy = False
        self.run = CohortRun()
        self._controls = RunControls(
            ui.cohortRunButton,
            ui.cohortProgressBar,
            ui.cohortLabel,
            startText=_("Run"),
            startTip=_("Extract the features of every case; what is there already is not computed again"),
            cancelTip=_("End the run; what is done is kept, and Run goes on with it"),
        )
        ui.cohortOutputEdit.filters = ctk.ctkPathLineEdit.Dirs
        ui.cohortTableEdit.connect("currentPathChanged(QString)", self._onTable)
        ui.cohortOutputEdit.connect("currentPathChanged(QString)", self._onOutput)
        ui.cohortRunButton.connect("clicked(bool)", self.onRun)
        ui.cohortFailuresTable.setHorizontalHeaderLabels([_("Case"), _("Why it failed")])
        ui.cohortButton.collapsed = True

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def show(self):
        """Show what the parameters say."""
        parameters = self._parameters
        if parameters is None:
            return
        self._busy = True
        for widget, path in (
            (self._ui.cohortTableEdit, parameters.cohortTable),
            (self._ui.cohortOutputEdit, parameters.cohortOutput),
        ):
            if widget.currentPath != path:
                widget.currentPath = path
        self._busy = False
        if not self.run.isRunning():
            request = cohortFromParameters(parameters)
            self._controls.offer(request.problem())
            if request == self._request and self._said:
                self._controls.say(self._said)
            else:
                self._showFailures([])

    def onRun(self, _checked=False):
        """Start, or cancel what runs."""
        if self.run.isRunning():
            self.run.cancel()
            return
        request = cohortFromParameters(self._parameters)
        with slicer.util.tryWithErrorDisplay(_("The cohort could not start."), waitCursor=False):
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

    def _onEnd(self, outcome):
        details = outcome.details
        if "rows" in details:
            failures = failuresOf(self._request.output)
            told = _("Done: {rows} rows of {cases} cases in {table}; {failed} failed")
            self._showFailures(failures)
            self._tell(told.format(**{"failed": 0, "cases": 0, "table": "", **details}), isError=False)
        elif outcome.status == "cancelled":
            self._tell(_("Cancelled; what was done is kept, and Run goes on with it."), isError=False)
        else:
            self._tell(outcome.message, isError=True)

    def _tell(self, text, isError):
        problem = cohortFromParameters(self._parameters).problem() if self._parameters is not None else ""
        self._controls.offer(problem, enabled=self._parameters is not None)
        self._said = text
        self._controls.say(text, isError=isError)

    def _showFailures(self, failures):
        table = self._ui.cohortFailuresTable
        table.setVisible(bool(failures))
        table.setRowCount(len(failures))
        for row, cells in enumerate(failures):
            for column, text in enumerate(cells):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(text)
                table.setItem(row, column, item)

    def _onTable(self, path):
        if not self._busy and self._parameters is not None:
            self._parameters.cohortTable = path

    def _onOutput(self, path):
        if not self._busy and self._parameters is not None:
            self._parameters.cohortOutput = path
