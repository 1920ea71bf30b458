"""The panel's behaviour: what is missing, Apply that turns into Cancel, progress by stage, results."""

from typing import Any, Protocol

import slicer
from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError

from .CardText import trustText
from .ConfigAdapter import modalityOf, requestFromParameters
from .CorrectionPanel import CorrectionPanel
from .CorrectionPoints import CorrectionPoints
from .ModelPanel import ModelPanel


class SegmentationLogicProtocol(Protocol):
    """What the panel needs of the logic, so that tests can give it another."""

    def start(self, request, onStage, onEnd) -> Any:
        """Start a run; it calls back while it goes on and once at its end."""

    def cancel(self) -> None:
        """End the run."""

    def isRunning(self) -> bool:
        """Tell whether a run goes on."""

    def addResult(self, request, bundleFolder) -> Any:
        """Turn a result into nodes (a RunResult)."""

    def correct(self, session, strokes, onStage, onEnd) -> None:
        """Correct a result by strokes; the outcome comes by ``onEnd``."""


class SegmentationPanel:
    """Drives the widgets of SegmentationAI.ui.

    Parameters
    ----------
    ui : object
        The widgets by name (``slicer.util.childWidgetVariables``).
    logic : SegmentationLogicProtocol
        Does the work.
    prepare : callable
        Called on Apply before anything else, with whether a model is wanted; False means that the user does not go on.
    """

    def __init__(self, ui, logic: SegmentationLogicProtocol, prepare=lambda withModel: True):
        self._ui, self._logic, self._prepare = ui, logic, prepare
        self._parameters = None
        self._guiTag = None
        self._parametersTag = None
        self._seeds = None
        self._seedTags = []
        self._request = None
        self._points = None  # those that the run was given
        self._disagreement = None
        self._runParameters = None  # those of the run, which goes on when the user leaves the module
        self._models = ModelPanel(ui, lambda: prepare(True))
        self._correction = CorrectionPanel(ui, logic)
        ui.applyButton.connect("clicked(bool)", self.onApply)
        ui.insideSelector.connect("currentNodeChanged(vtkMRMLNode*)", ui.insidePlaceWidget.setCurrentNode)
        ui.outsideSelector.connect("currentNodeChanged(vtkMRMLNode*)", ui.outsidePlaceWidget.setCurrentNode)
        ui.disagreementCheckBox.connect("toggled(bool)", self._showDisagreement)
        ui.progressBar.setVisible(False)
        self.clearResults()

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        if self._parameters is not None:
            self._parameters.disconnectGui(self._guiTag)
            self._parameters.RemoveObserver(self._parametersTag)
        self._parameters = parameters
        self._models.setParameters(parameters)
        self._correction.setParameters(parameters)
        if parameters is not None:
            self._guiTag = parameters.connectGui(self._ui)
            self._parametersTag = parameters.AddObserver("ModifiedEvent", self._onParametersChanged)
        self._onParametersChanged()

    def _onParametersChanged(self, *_unused):
        seeds = self._parameters.insideSeeds if self._parameters is not None else None
        if seeds is not self._seeds:
            for tag in self._seedTags:
                self._seeds.RemoveObserver(tag)
            kind = slicer.vtkMRMLMarkupsNode
            events = (kind.PointPositionDefinedEvent, kind.PointPositionUndefinedEvent, kind.PointRemovedEvent)
            self._seedTags = [seeds.AddObserver(event, self.updateApply) for event in events] if seeds else []
            self._seeds = seeds
        self._models.show(self._modality())
        self._correction.show()
        self.updateApply()

    def _modality(self):
        return modalityOf(self._parameters) if self._parameters is not None else ""

    def _takeRequest(self):
        return requestFromParameters(self._parameters, *self._models.channels(self._modality()))

    def clearResults(self):
        """Show no results: their nodes leave the scene."""
        self._ui.resultsTable.setMRMLTableNode(None)
        self._ui.correctionTable.setMRMLTableNode(None)
        self._ui.resultsButton.collapsed = True
        self._ui.trustLabel.setVisible(False)
        self._disagreement = None
        self._ui.disagreementCheckBox.enabled = False
        self._correction.clear()

    def updateApply(self, *_unused):
        """Say what is still missing; a run that goes on can always be cancelled."""
        if self._logic.isRunning():
            return
        problem = self._takeRequest().problem() if self._parameters is not None else ""
        self._ui.applyButton.text = _("Apply")
        self._ui.applyButton.enabled = self._parameters is not None and not problem
        self._ui.applyButton.toolTip = problem or _("Segment and measure the lesion")
        self._say(problem or _("Ready."))

    def onApply(self, _checked=False):
        """Start a run, or cancel the one that goes on."""
        if self._logic.isRunning():
            self._logic.cancel()
            return
        request = self._takeRequest()
        if request.problem():
            self._say(request.problem(), isError=True)
            return
        with slicer.util.tryWithErrorDisplay(_("The segmentation could not start."), waitCursor=False):
            self._start(request)

    def _start(self, request):
        started = False
        try:
            if self._prepare(bool(request.model)):
                self._request, self._runParameters = request, self._parameters
                self._points = CorrectionPoints(request.inputVolume, request.insideSeeds, request.outsideSeeds)
                self._ui.progressBar.setVisible(True)
                self._showStage(_("preparing"), 0.0)
                self._logic.start(request, self._showStage, self._onEnd)
                started = self._logic.isRunning()
        except OncologyAIError as error:
            self._release()
            self._say(str(error), isError=True)
        finally:
            if started:
                self._ui.applyButton.text = _("Cancel")
                self._ui.applyButton.toolTip = _("End the run; the scene stays as it is")
            elif self._request is request:
                self._release()

    def _showStage(self, name, share):
        self._ui.progressBar.value = round(100 * share)
        self._ui.progressBar.format = f"{name}  %p%"
        self._say(_("Running: {stage}").format(stage=name))

    def _onEnd(self, outcome):
        request = self._request
        self._release()
        if outcome.status != "done":
            self._say(outcome.message, isError=outcome.status == "error")
            return
        with slicer.util.tryWithErrorDisplay(_("The result could not be added to the scene.")):
            self._show(request, outcome.bundle)

    def _show(self, request, bundleFolder):
        try:
            result = self._logic.addResult(request, bundleFolder)
        except OncologyAIError as error:
            self._say(str(error), isError=True)
            return
        nodes = result.nodes
        if nodes.segmentation is not None:
            self._runParameters.outputSegmentation = nodes.segmentation
        measurements = next((t for t in nodes.tables if t.GetName().startswith("Measurements")), None)
        self._ui.resultsTable.setMRMLTableNode(measurements)
        self._ui.resultsButton.collapsed = measurements is None
        trust = trustText(result.model)
        self._ui.trustLabel.text = trust
        self._ui.trustLabel.setVisible(bool(trust))
        self._disagreement = nodes.disagreement
        self._ui.disagreementCheckBox.enabled = nodes.disagreement is not None
        self._showDisagreement()
        self._correction.takeResult(request, result, self._points)
        name = nodes.segmentation.GetName() if nodes.segmentation is not None else _("no tumour found")
        self._say(_("Done: {name}").format(name=name))

    def _showDisagreement(self, _checked=False):
        """Show where the model's members differ over the image, or nothing over it."""
        node = self._disagreement
        if node is None or node.GetScene() is None:
            return
        from oncologyai.scene import show_foreground

        show_foreground(node if self._ui.disagreementCheckBox.checked else None)

    def _release(self):
        """Make the panel ready for the next run."""
        self._request = None
        self._ui.progressBar.setVisible(False)
        self._ui.progressBar.value = 0
        self.updateApply()

    def _say(self, text, isError=False):
        self._ui.statusLabel.text = text
        self._ui.statusLabel.styleSheet = "color: #b00020; font-weight: bold" if isError else ""
