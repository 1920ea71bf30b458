"""The part of the panel that shows a result: the table, a map over the image, and where a value comes from."""

from pathlib import Path

import ctk
import qt
import slicer
from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError
from oncologyai.panels import isInScene

from .FeatureTable import FeatureTable
from .ResultNodes import mapsOf

_WIDEST_PX = 220  # names of features end differently, so their beginning is left out where they are longer
_COLOURS = {"stable": "#1b7f3b", "harmonisable": "#9a6700", "rejected": "#b00020"}


class ResultsPanel:
    """Drives the results widgets of RadiomicsOutcome.ui: a row a feature, a column a segment.

    Parameters
    ----------
    ui : object
        The widgets by name.
    """

    def __init__(self, ui):
        self._ui = ui
        self._parameters = None
        self._content = None
        self._shown = None  # the node in the table
        self._tag = 0
        self._maps = None
        self._busy = False
        ui.resultsTable.horizontalHeader().setMaximumSectionSize(_WIDEST_PX)
        ui.tableSelector.addAttribute("vtkMRMLTableNode", "OncologyAI.Pipeline", "features")
        ui.resultsTable.connect("cellClicked(int,int)", self._onCell)
        ui.resultsFilterEdit.connect("textChanged(QString)", self._filter)
        ui.mapComboBox.connect("currentIndexChanged(int)", self._onMap)
        ui.exportPathEdit.filters = ctk.ctkPathLineEdit.Files | ctk.ctkPathLineEdit.Writable
        ui.exportPathEdit.connect("currentPathChanged(QString)", self._onExportPath)
        ui.exportButton.connect("clicked(bool)", self.onExport)
        self._say("")

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def takeResult(self, nodes, parameters):
        """Make a run's result the one that is shown, with its first map over the image."""
        parameters.resultTable = nodes.table
        parameters.shownMap = nodes.maps[0] if nodes.maps else None
        self._ui.resultsButton.collapsed = False

    def clear(self):
        """Show no result: its nodes leave the scene."""
        self._fillTable(None)

    def show(self):
        """Show what the parameters say."""
        parameters = self._parameters
        table = parameters.resultTable if parameters is not None else None
        if table is not self._shown:
            self._fillTable(table)
        if parameters is None:
            return
        self._busy = True
        maps = mapsOf(table) if table is not None else ()
        if maps != self._maps:
            self._maps = maps
            self._ui.mapComboBox.clear()
            self._ui.mapComboBox.addItem(_("None"))
            for node in maps:
                self._ui.mapComboBox.addItem(node.GetName())
        shown = parameters.shownMap
        self._ui.mapComboBox.currentIndex = maps.index(shown) + 1 if shown in maps else 0
        self._ui.mapComboBox.enabled = bool(maps)
        if self._ui.exportPathEdit.currentPath != parameters.exportFile:
            self._ui.exportPathEdit.currentPath = parameters.exportFile
        self._ui.exportButton.enabled = table is not None and bool(parameters.exportFile)
        self._busy = False

    def onExport(self, _checked=False):
        """Write the table to the file that was named: CSV, Excel or Parquet; verdicts on stability beside it."""
        with slicer.util.tryWithErrorDisplay(_("The table could not be written."), waitCursor=False):
            try:
                written = self._content.write(Path(self._parameters.exportFile))
            except OncologyAIError as error:
                self._say(str(error), isError=True)
                return
            self._say(_("Written: {files}").format(files=", ".join(str(path) for path in written)))

    def _fillTable(self, node):
        """Show a table node, also as it is after it was read from a file; None shows nothing."""
        if self._shown is not None:
            self._shown.RemoveObserver(self._tag)
        self._shown = node
        if node is not None:
            self._tag = node.AddObserver("ModifiedEvent", self._fillCells)
        self._fillCells()

    def _fillCells(self, *_unused):
        widget, node = self._ui.resultsTable, self._shown
        self._content = FeatureTable(node) if node is not None else None
        headers, rows = self._content.cells() if node is not None else ((), ())
        widget.clear()
        widget.setColumnCount(len(headers))
        widget.setRowCount(len(rows))
        widget.setHorizontalHeaderLabels(list(headers))
        for row, cells in enumerate(rows):
            for column, (text, tip) in enumerate(cells):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(tip)
                if text in _COLOURS and column == 1 and self._content.hasStability:
                    item.setForeground(qt.QBrush(qt.QColor(_COLOURS[text])))
                widget.setItem(row, column, item)
        widget.resizeColumnsToContents()
        self._filter(self._ui.resultsFilterEdit.text)

    def _filter(self, text):
        words = text.lower().split()
        for row, name in enumerate(self._content.features if self._content is not None else ()):
            self._ui.resultsTable.setRowHidden(row, not all(word in name.lower() for word in words))

    def _onCell(self, row, column):
        """Go to the segment that a value belongs to, and show the map of its feature where there is one."""
        content = self._content
        if content is None or not isInScene(self._shown):
            return
        content.jump(column)
        for node in self._maps or ():
            if node.GetName() == content.features[row] and isInScene(node):
                self._parameters.shownMap = node
                self._showMap()

    def _onMap(self, index):
        if not self._busy and self._parameters is not None:
            self._parameters.shownMap = self._maps[index - 1] if index > 0 else None
            self._showMap()

    def _showMap(self):
        """Show the chosen map over the image, or nothing over it."""
        from oncologyai.scene import show_foreground

        show_foreground(self._parameters.shownMap)

    def _onExportPath(self, path):
        if not self._busy and self._parameters is not None:
            self._parameters.exportFile = path

    def _say(self, text, isError=False):
        self._ui.exportLabel.text = text
        self._ui.exportLabel.setVisible(bool(text))
        self._ui.exportLabel.styleSheet = "color: #b00020; font-weight: bold" if isError else ""
