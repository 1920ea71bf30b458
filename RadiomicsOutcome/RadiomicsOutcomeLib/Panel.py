"""The panel's behaviour: what is missing, Apply that turns into Cancel, progress by stage, results."""

import dataclasses
from typing import Any, Protocol

import slicer
from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError
from oncologyai.panels import RunControls

from .CohortPanel import CohortPanel
from .ConfigAdapter import requestFromParameters
from .DatasetPanel import DatasetPanel
from .InputsPanel import InputsPanel
from .ResultsPanel import ResultsPanel
from .SegmentationResult import takeNewest
from .SettingsPanel import SettingsPanel


class FeaturesLogicProtocol(Protocol):
    """What the panel needs of the logic, so that tests can give it another."""

    def start(self, request, onStage, onEnd) -> Any:
        """Start a run; it calls back while it goes on and once at its end."""

    def cancel(self) -> None:
        """End the run."""

    def isRunning(self) -> bool:
        """Tell whether a run goes on."""

    def addResult(self, request, bundleFolder) -> Any:
        """Turn a result into nodes (FeatureNodes)."""


class FeaturesPanel:
    """Drives the widgets of RadiomicsOutcome.ui.

    Parameters
    ----------
    ui : object
        The widgets by name (``slicer.util.childWidgetVariables``).
    logic : FeaturesLogicProtocol
        Does the work.
    prepare : callable
        Called on Apply before anything else; False means that the user does not go on.
    """

    def __init__(self, ui, logic: FeaturesLogicProtocol, prepare=lambda: True):
        self._ui, self._logic, self._prepare = ui, logic, prepare
        self._parameters = None
        self._guiTag = None
        self._parametersTag = None
        self._segmentation = None
        self._segmentTags = []
        self._request = None
        self._runParameters = None  # those of the run, which goes on when the user leaves the module
        self._said, self._saidIsError = "", False  # how the last run ended, until what is asked for is changed
        self._saidOf = None
        self._showing = False
        self._controls = RunControls(
            ui.applyButton,
            ui.progressBar,
            ui.statusLabel,
            startText=_("Apply"),
            startTip=_("Extract the features of the segments"),
            cancelTip=_("End the run; the scene stays as it is"),
        )
        self._inputs, self._settings, self._results = InputsPanel(ui), SettingsPanel(ui), ResultsPanel(ui)
        self._cohort, self._dataset = CohortPanel(ui, prepare), DatasetPanel(ui, prepare)
        self._parts = (self._inputs, self._settings, self._results, self._cohort, self._dataset)
        ui.applyButton.connect("clicked(bool)", self.onApply)
        ui.resultsButton.collapsed = True

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene); where nothing is chosen, the newest segmentation is."""
        if self._parameters is not None:
            self._parameters.disconnectGui(self._guiTag)
            self._parameters.RemoveObserver(self._parametersTag)
        self._parameters = parameters
        for part in self._parts:
            part.setParameters(parameters)
        if parameters is not None:
            takeNewest(parameters)
            self._guiTag = parameters.connectGui(self._ui)
            self._parametersTag = parameters.AddObserver("ModifiedEvent", self.show)
        self.show()

    def clear(self):
        """Show no result and end what runs: the scene closes."""
        self._cohort.run.cancel()
        self._dataset.run.cancel()
        self._results.clear()

    def show(self, *_unused):
        """Show the scene and the parameters as they are now."""
        if self._showing:  # a part that tidies the parameters
            return
        self._showing = True
        self._observeSegments()
        for part in self._parts:
            part.show()
        self._showing = False
        if self._request is None:  # nothing runs, nor is about to
            asked = self._asked()
            problem = asked.problem() if asked is not None else ""
            self._controls.offer(problem, enabled=asked is not None)
            if self._said and asked == self._saidOf and not problem:
                self._controls.say(self._said, isError=self._saidIsError)

    def _asked(self):
        """Give what would be run now, whatever table is shown; None without a scene."""
        if self._parameters is None:
            return None
        return dataclasses.replace(requestFromParameters(self._parameters), outputTable=None)

    def onApply(self, _checked=False):
        """Start a run, or cancel the one that goes on."""
        if self._logic.isRunning():
            self._logic.cancel()
            return
        request = requestFromParameters(self._parameters)
        with slicer.util.tryWithErrorDisplay(_("The extraction could not start."), waitCursor=False):
            self._start(request)

    def _start(self, request):
        started = False
        try:
            if not request.problem() and self._prepare():
                self._request, self._runParameters = request, self._parameters
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

    def _onEnd(self, outcome):
        request = self._request
        if outcome.status != "done":
            self._tell(outcome.message, isError=outcome.status == "error")
            return
        self._tell("")
        with slicer.util.tryWithErrorDisplay(_("The result could not be added to the scene.")):
            self._take(request, outcome.bundle)

    def _take(self, request, bundleFolder):
        try:
            nodes = self._logic.addResult(request, bundleFolder)
        except OncologyAIError as error:
            self._tell(str(error), isError=True)
            return
        self._results.takeResult(nodes, self._runParameters)
        told = _("Done: {name}").format(name=nodes.table.GetName())
        if nodes.warnings:
            told += " " + _("Note: {warnings}").format(warnings="; ".join(nodes.warnings))
        self._tell(told)

    def _tell(self, text, isError=False):
        """Make the panel ready for the next run and say how this one ended."""
        self._request = None
        self._said, self._saidIsError, self._saidOf = text, isError, self._asked()
        self.show()
        if text:
            self._controls.say(text, isError=isError)

    def _observeSegments(self):
        """Follow the segments of the chosen segmentation."""
        node = self._parameters.segmentation if self._parameters is not None else None
        if node is self._segmentation:
            return
        for tag in self._segmentTags:
            self._segmentation.RemoveObserver(tag)
        kind = slicer.vtkSegmentation
        events = (kind.SegmentAdded, kind.SegmentRemoved, kind.SegmentModified)
        self._segmentTags = [node.AddObserver(event, self.show) for event in events] if node is not None else []
        self._segmentation = node
