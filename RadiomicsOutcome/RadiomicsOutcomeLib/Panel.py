"""The panel's behaviour: what is missing, Apply that turns into Cancel, progress by stage, results."""

import dataclasses
from typing import Any, Protocol

import slicer
from slicer.i18n import tr as _

from oncologyai.panels import RunControls, RunFlow, RunProtocol

from .CohortPanel import CohortPanel
from .ConfigAdapter import requestFromParameters
from .DatasetPanel import DatasetPanel
from .InputsPanel import InputsPanel
from .ResultsPanel import ResultsPanel
from .SegmentationResult import takeNewest
from .SettingsPanel import SettingsPanel


class FeaturesLogicProtocol(RunProtocol, Protocol):
    """What the panel needs of the logic, so that tests can give it another."""

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
    further : sequence
        Other parts that follow the same parameters: with ``setParameters``, ``show`` and ``clear``.
    """

    def __init__(self, ui, logic: FeaturesLogicProtocol, prepare=lambda: True, further=()):
        self._ui, self._logic, self._prepare = ui, logic, prepare
        self._parameters = None
        self._guiTag = None
        self._parametersTag = None
        self._segmentation = None
        self._segmentTags = []
        self._runParameters = None  # those of the run, which goes on when the user leaves the module
        self._showing = False
        controls = RunControls(
            ui.applyButton,
            ui.progressBar,
            ui.statusLabel,
            startText=_("Apply"),
            startTip=_("Extract the features of the segments"),
            cancelTip=_("End the run; the scene stays as it is"),
        )
        self._flow = RunFlow(
            controls,
            logic,
            asked=self._asked,
            request=lambda: requestFromParameters(self._parameters),
            prepare=self._prepareRun,
            take=self._take,
            show=self.show,
            startFailed=_("The extraction could not start."),
            takeFailed=_("The result could not be added to the scene."),
        )
        self._inputs, self._settings, self._results = InputsPanel(ui), SettingsPanel(ui), ResultsPanel(ui)
        self._cohort, self._dataset = CohortPanel(ui, prepare), DatasetPanel(ui, prepare)
        self._further = tuple(further)
        self._parts = (self._inputs, self._settings, self._results, self._cohort, self._dataset, *self._further)
        ui.applyButton.connect("clicked(bool)", self._flow.onClicked)
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
        for part in self._further:
            part.clear()

    def show(self, *_unused):
        """Show the scene and the parameters as they are now."""
        if self._showing:  # a part that tidies the parameters
            return
        self._showing = True
        self._observeSegments()
        for part in self._parts:
            part.show()
        self._showing = False
        self._flow.show()

    def _asked(self):
        """Give what would be run now, whatever table is shown; None without a scene."""
        if self._parameters is None:
            return None
        return dataclasses.replace(requestFromParameters(self._parameters), outputTable=None)

    def _prepareRun(self):
        self._runParameters = self._parameters
        return self._prepare()

    def _take(self, request, bundleFolder):
        nodes = self._logic.addResult(request, bundleFolder)
        self._results.takeResult(nodes, self._runParameters)
        told = _("Done: {name}").format(name=nodes.table.GetName())
        if nodes.warnings:
            told += " " + _("Note: {warnings}").format(warnings="; ".join(nodes.warnings))
        return told

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
