"""The part of the panel that trains models of outcome from a cohort's table."""

from pathlib import Path

import qt
from slicer.i18n import tr as _

from oncologyai.panels import BatchPanel

from .CheckList import CheckList
from .ColumnBoxes import ColumnBoxes
from .ParameterNode import Design, OutcomeKind
from .StudyResults import cardsOf, figuresOf
from .TrainingRequest import REPORT, RESULTS, modelsOf, trainingFromParameters

_SURVIVAL = ("timeLabel", "timeComboBox", "eventLabel", "eventComboBox", "horizonLabel", "horizonSpinBox")
_CLASS = ("classLabel", "labelComboBox", "positiveLabel", "positiveComboBox")
_EXTERNAL = ("testLabel", "testGroupsList")
_FILE = ("trainingFileLabel", "trainingTableEdit")


class TrainingPanel(BatchPanel):
    """Drives the training widgets of Outcome.ui; parameters as in BatchPanel."""

    def __init__(self, ui, prepare):
        tip = _("Train the models and judge them on patients that they have not seen")
        paths = {"TableEdit": "trainingFile", "OutputEdit": "trainingOutput"}
        super().__init__(ui, "training", paths, tip, lambda: prepare(withOutcome=True) and self._write())
        self._runParameters = None  # those of the run, which goes on when the user leaves the module
        self._boxes = ColumnBoxes(
            {
                "patientColumn": ui.patientComboBox,
                "timeColumn": ui.timeComboBox,
                "eventColumn": ui.eventComboBox,
                "labelColumn": ui.labelComboBox,
                "positiveClass": ui.positiveComboBox,
                "groupColumn": ui.groupComboBox,
                "signatureModel": ui.makeComboBox,
            }
        )
        self._columns = CheckList(ui.columnsList, self._onColumns)
        self._groups = CheckList(ui.testGroupsList, self._onGroups)
        self._models = CheckList(ui.modelsList, self._onModels)
        ui.columnsFilterEdit.connect("textChanged(QString)", self._columns.filter)
        ui.reportButton.connect("clicked(bool)", self.onReport)

    def headers(self):
        """Give the headers of the table of models."""
        return [_("Model"), _("On patients that it has not seen")]

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        super().setParameters(parameters)
        self._boxes.setParameters(parameters)

    def clear(self):
        """End what runs: the scene closes."""
        self.run.cancel()

    def show(self):
        """Show what the parameters say."""
        if self._parameters is not None:
            request = self.request()
            self._showRoles(request)
            self._showLists(request)
            self._showParts(request)
            report = self._parameters.studyReport
            self._ui.reportButton.enabled = bool(report) and Path(report).is_file()
        super().show()

    def request(self):
        """Give the TrainingRequest."""
        return trainingFromParameters(self._parameters)

    def told(self, details):
        """Say where the report is; the scene keeps its path, and the signatures that were made."""
        results, parameters = Path(self._request.output) / RESULTS, self._runParameters
        parameters.studyReport = str(results / REPORT)
        own = [str(path) for path in cardsOf(results)]
        parameters.ownSignatures = list(dict.fromkeys((*parameters.ownSignatures, *own)))
        text = _("Done: {report}").format(report=parameters.studyReport)
        return text + (_("; its signature is in the list above") if own else "")

    def failures(self, request):
        """Give the models and how well they do."""
        return figuresOf(Path(request.output) / RESULTS)

    def onReport(self, _checked=False):
        """Open the study's page in the browser."""
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(self._parameters.studyReport))

    def _write(self):
        self._runParameters = self._parameters
        self.request().write()
        return True

    def _showRoles(self, request):
        columns, few = request.table.columns, tuple(request.table.values)
        numbers = tuple(name for name in columns if name in request.table.numbers)
        for name, texts in (
            ("patientColumn", columns),
            ("timeColumn", numbers),
            ("eventColumn", few),
            ("labelColumn", few),
            ("groupColumn", few),
            ("positiveClass", request.table.values.get(request.label, ())),
            ("signatureModel", tuple(name for name in request.models if not name.startswith("random"))),
        ):
            self._boxes.show(name, texts)

    def _showLists(self, request):
        self._columns.show(((name, name) for name in request.offered), request.features)
        self._columns.filter(self._ui.columnsFilterEdit.text)
        self._groups.show(((name, name) for name in request.groups), request.test)
        self._models.show(((name, words) for name, words, *_rest in modelsOf(request.kind)), request.models)

    def _showParts(self, request):
        shown = {
            _SURVIVAL: request.kind is OutcomeKind.SURVIVAL,
            _CLASS: request.kind is OutcomeKind.CLASS,
            _EXTERNAL: request.design is Design.EXTERNAL,
            _FILE: self._parameters.trainingTable is None,
        }
        for names, isShown in shown.items():
            for name in names:
                getattr(self._ui, name).setVisible(isShown)

    def _onColumns(self):
        checked = set(self._columns.checked())
        offered = self.request().offered
        hidden = [name for name in self._parameters.excludedColumns if name not in offered]
        self._parameters.excludedColumns = [*hidden, *(name for name in offered if name not in checked)]

    def _onGroups(self):
        self._parameters.testGroups = self._groups.checked()

    def _onModels(self):
        self._parameters.trainingModels = self._models.checked()
