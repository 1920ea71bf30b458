"""The part of the panel that shows a prediction: its table, its plots, and what contributes, with maps."""

import qt
from slicer.i18n import tr as _

from oncologyai.panels import RunControls, RunFlow, isInScene

from .ContributionMap import MapLogic, MapRequest
from .PredictionNodes import chartsOf, predictionPart
from .PredictionTable import headline, predictionRows

_WIDEST_PX = 230
_LESS, _MORE = "#1f5fa8", "#b00020"


class OutcomePanel:
    """Drives the outcome widgets of Outcome.ui.

    Parameters
    ----------
    ui : object
        The widgets by name.
    logic : MapLogic
        Makes maps.
    prepare : callable
        Called before a map is made; False means that the user does not go on.
    """

    def __init__(self, ui, logic: MapLogic, prepare):
        self._ui, self._logic, self._prepare = ui, logic, prepare
        self._parameters = None
        self._shown = None
        self._charts = ()
        self._feature = ""
        self._busy = False
        controls = RunControls(
            ui.mapButton,
            ui.mapProgressBar,
            ui.contributionLabel,
            startText=_("Show the map"),
            startTip=_("Map the feature voxel by voxel over the image"),
            cancelTip=_("End the run; the scene stays as it is"),
        )
        self._flow = RunFlow(
            controls,
            logic,
            asked=self._asked,
            request=self._asked,
            prepare=prepare,
            take=self._take,
            show=self._showMapOffer,
            startFailed=_("The map could not be started."),
            takeFailed=_("The map could not be added to the scene."),
        )
        ui.contributionsTable.horizontalHeader().setMaximumSectionSize(_WIDEST_PX)
        ui.predictionSelector.addAttribute("vtkMRMLTableNode", "OncologyAI.Prediction")
        ui.chartComboBox.connect("currentIndexChanged(int)", self._onChart)
        ui.contributionsTable.connect("cellClicked(int,int)", self._onCell)
        ui.mapButton.connect("clicked(bool)", self._onMap)
        ui.outcomeButton.collapsed = True

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def takeResult(self, nodes, parameters):
        """Make a prediction the one that is shown."""
        parameters.prediction = nodes.table
        self._ui.outcomeButton.collapsed = False

    def clear(self):
        """Show no prediction and end what runs: the scene closes."""
        self._logic.cancel()
        self._fill(None)

    def show(self):
        """Show what the parameters say."""
        node = self._parameters.prediction if self._parameters is not None else None
        if node is not self._shown or (node is not None and chartsOf(node) != self._charts):
            self._fill(node)
        self._showMapOffer()

    def _showMapOffer(self):
        self._flow.show()

    def _fill(self, node):
        from oncologyai.scene import table_from_node

        self._shown, self._feature = node, ""
        table = table_from_node(node) if node is not None else None
        hasRows = table is not None and bool(table.rows)
        self._ui.headlineLabel.text = headline(table) if hasRows else _("No prediction yet.")
        _fillTable(self._ui.predictionTable, predictionRows(table) if hasRows else [], [_("What"), _("Prediction")])
        part = predictionPart(node, "Contributions") if node is not None else None
        self._fillContributions(table_from_node(part).rows if part is not None else ())
        self._fillCharts(chartsOf(node) if node is not None else ())

    def _fillContributions(self, rows):
        cells = [(str(row[0]), _value(row[1], row[2]), f"{row[5]:+.3g}") for row in rows]
        widget = self._ui.contributionsTable
        _fillTable(widget, cells, [_("Feature"), _("Value"), _("Adds")])
        for number, row in enumerate(rows):
            widget.item(number, 2).setForeground(qt.QBrush(qt.QColor(_MORE if row[5] > 0 else _LESS)))

    def _fillCharts(self, charts):
        self._busy = True
        self._charts = charts
        box = self._ui.chartComboBox
        box.clear()
        for node in charts:
            box.addItem(node.GetTitle())
        self._busy = False

    def _onChart(self, index):
        if not self._busy and 0 <= index < len(self._charts) and isInScene(self._charts[index]):
            from oncologyai.scene import show_chart

            show_chart(self._charts[index])

    def _onCell(self, row, _column):
        """Show the map of a feature, which is made where the scene has none."""
        if self._logic.isRunning():
            return
        self._feature = self._ui.contributionsTable.item(row, 0).text()
        self._showMapOffer()
        if not self._asked().problem():
            self._onMap()

    def _onMap(self, _checked=False):
        """Show the map that is there, start to make it, or cancel."""
        found = None if self._logic.isRunning() else self._asked().found()
        if found is not None:
            self._put(found)
        else:
            self._flow.onClicked()

    def _asked(self):
        """Give the map that would be made now; None without a scene."""
        return MapRequest(self._shown, self._feature) if self._parameters is not None else None

    def _take(self, request, bundleFolder):
        self._put(self._logic.addResult(request, bundleFolder))
        return _("Map of {feature} over the image").format(feature=request.feature)

    def _put(self, node):
        from oncologyai.scene import show_foreground

        show_foreground(node)
        if self._parameters is not None:
            self._parameters.shownMap = node


def _fillTable(widget, rows, headers):
    widget.clear()
    widget.setColumnCount(len(headers))
    widget.setRowCount(len(rows))
    widget.setHorizontalHeaderLabels(headers)
    for number, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = qt.QTableWidgetItem(text)
            item.setToolTip(text)
            widget.setItem(number, column, item)
    for column in range(len(headers) - 1):  # the last one takes the rest
        widget.resizeColumnToContents(column)


def _value(value, unit):
    if value is None:
        return ""
    return f"{value:.5g}" + (f" {unit}" if unit else "")
