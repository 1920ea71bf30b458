"""The part of the panel that chooses a signature, shows its card and whether it fits, and applies it."""

import dataclasses

import qt
from slicer.i18n import tr as _

from oncologyai.panels import RunControls, RunFlow

from .CardText import cardHtml
from .ClinicalForm import ClinicalForm
from .ClinicalValues import formValues, rowNames, setFormValue
from .PredictionRequest import lesionOf, predictionFromParameters
from .SignatureChoice import shippedSignatures

_WIDEST_PX = 180
_STOP, _CAUTION = "#b00020", "#9a6700"


class SignaturePanel:
    """Drives the prediction widgets of Outcome.ui.

    Parameters
    ----------
    ui : object
        The widgets by name.
    logic : PredictionLogic
        Does the work.
    prepare : callable
        Called on Apply before anything else, with whether packages of outcome models are needed; False means that the
        user does not go on.
    onResult : callable
        Gets the nodes of a prediction and the parameters that it was asked with.
    """

    def __init__(self, ui, logic, prepare, onResult):
        self._ui, self._logic, self._prepare, self._onResult = ui, logic, prepare, onResult
        self._parameters = None
        self._runParameters = None
        self._sources = ()
        self._segments = ()
        self._card = None
        self._busy = False
        self._form = ClinicalForm(ui.clinicalForm, self._onValue)
        controls = RunControls(
            ui.predictButton,
            ui.predictProgressBar,
            ui.predictLabel,
            startText=_("Apply signature"),
            startTip=_("Predict this patient's outcome; missing features are computed with the signature's settings"),
            cancelTip=_("End the run; the scene stays as it is"),
        )
        self._flow = RunFlow(
            controls,
            logic,
            asked=self._asked,
            request=lambda: predictionFromParameters(self._parameters),
            prepare=self._prepareRun,
            take=self._take,
            show=self.show,
            startFailed=_("The prediction could not start."),
            takeFailed=_("The prediction could not be added to the scene."),
        )
        ui.fitTable.horizontalHeader().setMaximumSectionSize(_WIDEST_PX)
        ui.fitTable.setHorizontalHeaderLabels([_("Feature"), _("Fits"), _("Value"), _("Training range")])
        ui.signatureComboBox.connect("currentIndexChanged(int)", self._onSignature)
        ui.signaturePathEdit.connect("currentPathChanged(QString)", self._onFile)
        ui.lesionComboBox.connect("currentIndexChanged(int)", self._onLesion)
        ui.clinicalRowComboBox.connect("currentIndexChanged(int)", self._onRow)
        ui.predictButton.connect("clicked(bool)", self._flow.onClicked)
        ui.predictionButton.collapsed = True

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def clear(self):
        """End what runs: the scene closes."""
        self._logic.cancel()

    def show(self):
        """Show what the parameters say."""
        if self._parameters is not None:
            self._busy = True
            request = predictionFromParameters(self._parameters)
            self._showSignatures()
            self._showCard(request.signature)
            self._showLesions(request)
            self._showClinical(request.signature)
            self._showFit(request.fit())
            self._busy = False
        self._flow.show()

    def _asked(self):
        """Give what would be predicted now, whatever prediction is shown; None without a scene."""
        if self._parameters is None:
            return None
        return dataclasses.replace(predictionFromParameters(self._parameters), outputTable=None)

    def _prepareRun(self):
        self._runParameters = self._parameters
        card = predictionFromParameters(self._parameters).signature.card
        return self._prepare(withOutcome=card.model.kind == "trees")

    def _take(self, request, bundleFolder):
        nodes = self._logic.addResult(request, bundleFolder)
        self._onResult(nodes, self._runParameters)
        return _("Done: {name}").format(name=nodes.table.GetName())

    def _showSignatures(self):
        parameters = self._parameters
        sources = tuple(dict.fromkeys((*shippedSignatures(), *parameters.ownSignatures)))
        chosen = parameters.signature
        if chosen and chosen not in sources:  # chosen in a scene that was made elsewhere
            sources = (*sources, chosen)
        box = self._ui.signatureComboBox
        if sources != self._sources or not box.count:
            self._sources = sources
            box.clear()
            for source in sources:
                box.addItem(source)
            box.addItem(_("From file..."))
        box.setCurrentIndex(sources.index(chosen) if chosen else len(sources))
        for widget in (self._ui.signatureFileLabel, self._ui.signaturePathEdit):
            widget.setVisible(not chosen)
        if self._ui.signaturePathEdit.currentPath != parameters.signatureFile:
            self._ui.signaturePathEdit.currentPath = parameters.signatureFile

    def _showCard(self, choice):
        if choice.card is not self._card or self._card is None:  # setting it again would scroll back
            self._card = choice.card
            self._ui.cardBrowser.html = cardHtml(choice.card) if choice.card is not None else choice.problem

    def _showLesions(self, request):
        ui, node = self._ui, request.segmentation
        segmentation = node.GetSegmentation() if node is not None else None
        ids = tuple(segmentation.GetSegmentIDs()) if segmentation is not None else ()
        named = tuple((segmentId, segmentation.GetSegment(segmentId).GetName()) for segmentId in ids)
        if named != self._segments:
            self._segments = named
            ui.lesionComboBox.clear()
            for _segmentId, name in named:
                ui.lesionComboBox.addItem(name)
        if ids:
            ui.lesionComboBox.setCurrentIndex(ids.index(lesionOf(node, self._parameters.lesion)))
        for widget in (ui.lesionLabel, ui.lesionComboBox):
            widget.setVisible(request.signature.usesImage)

    def _showClinical(self, choice):
        ui, parameters = self._ui, self._parameters
        node = parameters.clinicalTable
        names = rowNames(node) if node is not None else []
        if [ui.clinicalRowComboBox.itemText(row) for row in range(ui.clinicalRowComboBox.count)] != names:
            ui.clinicalRowComboBox.clear()
            for name in names:
                ui.clinicalRowComboBox.addItem(name)
        if names:
            ui.clinicalRowComboBox.setCurrentIndex(min(parameters.clinicalRow, len(names) - 1))
        for widget in (ui.clinicalRowLabel, ui.clinicalRowComboBox):
            widget.setVisible(node is not None)
        for widget in (ui.clinicalTableLabel, ui.clinicalTableSelector):
            widget.setVisible(bool(choice.fields))
        ui.clinicalForm.setVisible(node is None and bool(choice.fields))
        self._form.show(choice.fields, formValues(parameters))

    def _showFit(self, fit):
        table = self._ui.fitTable
        table.setVisible(bool(fit.rows))
        table.setRowCount(len(fit.rows))
        for number, row in enumerate(fit.rows):
            for column, text in enumerate((row.feature, row.state, row.value, row.range)):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(text)
                if column == 1 and (row.stops or row.isCaution):
                    item.setForeground(qt.QBrush(qt.QColor(_STOP if row.stops else _CAUTION)))
                table.setItem(number, column, item)
        for column in range(3):  # the last one takes the rest
            table.resizeColumnToContents(column)

    def _onSignature(self, index):
        if not self._busy and self._parameters is not None:
            self._parameters.signature = self._sources[index] if 0 <= index < len(self._sources) else ""

    def _onFile(self, path):
        if not self._busy and self._parameters is not None:
            self._parameters.signatureFile = path

    def _onLesion(self, index):
        if not self._busy and self._parameters is not None and index >= 0:
            self._parameters.lesion = self._segments[index][0]

    def _onRow(self, index):
        if not self._busy and self._parameters is not None and index >= 0:
            self._parameters.clinicalRow = index

    def _onValue(self, column, text):
        if not self._busy and self._parameters is not None:
            setFormValue(self._parameters, column, text)
