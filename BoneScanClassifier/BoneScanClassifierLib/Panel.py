"""The panel's behaviour: a scan is loaded and shown, Run turns into Cancel, the result comes over the views."""

from typing import Any, Protocol

from slicer.i18n import tr as _

from oncologyai.panels import RunControls, RunFlow, RunProtocol

from .ModelPanel import ModelPanel
from .ResultPanel import ResultPanel
from .ScanBatchPanel import ScanBatchPanel
from .ScanPanel import ScanPanel
from .ScanRequest import requestFromParameters


class ScanLogicProtocol(RunProtocol, Protocol):
    """What the panel needs of the logic, so that tests can give it another."""

    def addResult(self, request, folder) -> Any:
        """Turn a folder of results into nodes (BoneScanNodes)."""

    def reportOf(self, folder) -> str:
        """Give the page in a folder of results."""


class BoneScanPanel:
    """Drives the widgets of BoneScanClassifier.ui.

    Parameters
    ----------
    ui : object
        The widgets by name (``slicer.util.childWidgetVariables``).
    logic : ScanLogicProtocol
        Does the work.
    prepare : callable
        Called before anything is read or run, with whether a model is needed; False means that the user does not go on.
    further : sequence
        Other parts that follow the same parameters: with ``setParameters``, ``show`` and ``clear``.
    """

    def __init__(self, ui, logic: ScanLogicProtocol, prepare=lambda withModel: True, further=()):
        self._ui, self._logic = ui, logic
        self._parameters = None
        self._guiTag = None
        self._parametersTag = None
        self._runParameters = None  # those of the run, which goes on when the user leaves the module
        self._showing = False
        controls = RunControls(
            ui.applyButton,
            ui.progressBar,
            ui.statusLabel,
            startText=_("Run"),
            startTip=_("Classify the scan and explain the answer"),
            cancelTip=_("End the run; the scene stays as it is"),
        )
        self._prepare = prepare
        self._flow = RunFlow(
            controls,
            logic,
            asked=self._asked,
            request=lambda: requestFromParameters(self._parameters),
            prepare=self._prepareRun,
            take=self._take,
            show=self.show,
            startFailed=_("The classification could not start."),
            takeFailed=_("The result could not be added to the scene."),
        )
        self._scan = ScanPanel(ui, lambda: prepare(False))
        self._model = ModelPanel(ui, lambda: prepare(True))
        self._result = ResultPanel(ui, self._model.rule)
        self._batch = ScanBatchPanel(ui, lambda: prepare(True))
        self._parts = (self._scan, self._model, self._result, self._batch, *further)
        self._clearable = (self._scan, self._result, self._batch, *further)
        ui.applyButton.connect("clicked(bool)", self._flow.onClicked)
        for name in ("display", "study"):
            getattr(ui, f"{name}Button").collapsed = name == "study"

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        if self._parameters is not None:
            self._parameters.disconnectGui(self._guiTag)
            self._parameters.RemoveObserver(self._parametersTag)
        self._parameters = parameters
        for part in self._parts:
            part.setParameters(parameters)
        if parameters is not None:
            self._guiTag = parameters.connectGui(self._ui)
            self._parametersTag = parameters.AddObserver("ModifiedEvent", self.show)
        self.show()

    def clear(self):
        """Show no result and end what runs: the scene closes."""
        for part in self._clearable:
            part.clear()

    def show(self, *_unused):
        """Show the scene and the parameters as they are now."""
        if self._showing:  # a part that tidies the parameters
            return
        self._showing = True
        self._result.choose()
        for part in self._parts:
            part.show()
        self._showing = False
        self._flow.show()

    def _asked(self):
        """Give what would be run now; None without a scene."""
        return requestFromParameters(self._parameters) if self._parameters is not None else None

    def _prepareRun(self):
        self._runParameters = self._parameters
        return self._prepare(True)

    def _take(self, request, folder):
        nodes = self._logic.addResult(request, folder)
        parameters = self._runParameters
        modified = parameters.StartModify()
        parameters.prediction = nodes.prediction
        parameters.report = self._logic.reportOf(folder)
        parameters.EndModify(modified)
        self._ui.resultButton.collapsed = False
        view, node = next(iter(request.views.items()))
        return _("Done: {name}").format(name=node.GetName().removesuffix(f" {view}"))
