"""The part of the panel that shows a result: probability, decision, map, lesion list, notes, report."""

from html import escape
from pathlib import Path

import qt
from slicer.i18n import tr as _

from .Decision import decisionText, isPositive, probabilityText
from .FociTable import FociTable
from .ModelCatalog import demonstrationText
from .ResultNodes import LESIONS, cardOf, mapsOf, notesOfResult, resultsOf
from .ScanLoading import viewsOf

_SAME = 1e-6  # of two thresholds: an own one is given in six digits
_WITHOUT = "without metastases"  # a class of scintigraphy.classifier
_POSITIVE, _NEGATIVE, _CAUTION = "#b00020", "#1b6e3c", "#8a6d00"


class ResultPanel:
    """Drives the widgets of the section Result.

    Parameters
    ----------
    ui : object
        The widgets by name.
    rule : callable
        Gives the threshold that counts.
    """

    def __init__(self, ui, rule):
        self._ui, self._rule = ui, rule
        self._parameters = None
        self._shown = None
        self._foci = None
        self._mapShown = None
        ui.fociTable.connect("cellClicked(int,int)", self._onCell)
        ui.reportButton.connect("clicked(bool)", self.onReport)
        ui.wholeBodyButton.connect("clicked(bool)", self.onWholeBody)
        ui.resultButton.collapsed = True

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters
        self._mapShown = None

    def choose(self):
        """Make the newest result of the chosen views the one that is shown, where the present one is of others."""
        if self._parameters is None:
            return
        found = resultsOf(viewsOf(self._parameters))
        if self._parameters.prediction not in found:
            newest = found[-1] if found else None
            if newest is not self._parameters.prediction:
                self._parameters.prediction = newest

    def clear(self):
        """Show no result: the scene closes."""
        self._fill(None)
        self._mapShown = None

    def show(self):
        """Show what the parameters say."""
        if self._parameters is None:
            return
        node = self._parameters.prediction
        if node is not self._shown:
            self._fill(node)
        self._ui.answerLabel.text = self._answer(node) if node is not None else _("No result of this scan yet.")
        self._ui.resultNotesLabel.text = "\n".join(f"• {note}" for note in notesOfResult(node)) if node else ""
        self._ui.resultNotesLabel.setVisible(bool(self._ui.resultNotesLabel.text))
        self._ui.fociTable.setVisible(self._ui.fociTable.rowCount > 0)
        self._showMaps(node)
        report = self._parameters.report
        has = node is not None and bool(report) and Path(report).is_file()
        self._ui.reportButton.enabled = has
        self._ui.reportButton.toolTip = report if has else _("There is no report of this result; run again to make one")

    def onReport(self, _checked=False):
        """Open the report in the browser."""
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(self._parameters.report))

    def onWholeBody(self, _checked=False):
        """Lay the maps over the views again, which show the scan anew."""
        self._mapShown = None
        self.show()

    def _answer(self, node):
        from oncologyai.scene import table_from_node

        table = table_from_node(node)
        prediction = dict(zip(table.columns, table.rows[0], strict=True))
        rule, card = self._rule(), cardOf(node)
        colour = _POSITIVE if isPositive(prediction, rule) else _NEGATIVE
        lines = [
            f'<span style="font-size: large"><b>{escape(probabilityText(prediction))}</b></span>',
            f'<span style="color: {colour}"><b>{escape(decisionText(prediction, rule))}</b></span>',
            _mapText(prediction),
        ]
        if prediction.get("bone_scan_index") is not None:
            index = _("Bone Scan Index, approximate: {value:.2g}% of the skeleton.")
            lines.append(index.format(value=prediction["bone_scan_index"]))
        if abs(prediction["threshold"] - rule.value) > _SAME:
            lines.append(_("Report and table hold the threshold of the run; this one counts here alone."))
        if card.get("demonstration"):
            synthetic = bool((card.get("training") or {}).get("synthetic"))
            lines.append(f'<span style="color: {_CAUTION}"><b>{demonstrationText(synthetic)}</b></span>')
        return "<br>".join(lines)

    def _fill(self, node):
        self._shown = node
        lesions = node.GetNodeReference(LESIONS) if node is not None else None
        self._foci = FociTable(lesions) if lesions is not None else None
        rows = self._foci.rows() if self._foci is not None else []
        widget = self._ui.fociTable
        widget.clear()
        headers = self._foci.headers() if self._foci is not None else []
        widget.setColumnCount(len(headers))
        widget.setRowCount(len(rows))
        widget.setHorizontalHeaderLabels(headers)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                widget.setItem(row, column, qt.QTableWidgetItem(text))
        widget.resizeColumnsToContents()
        self._ui.fociLabel.text = _fociText(len(rows), node)

    def _showMaps(self, node):
        """Show the maps over the views, or nothing over them, where that has changed."""
        from oncologyai.scene import show_view_maps

        maps = mapsOf(node) if node is not None and self._parameters.showMap else {}
        wanted = {view: one.GetID() for view, one in maps.items()}, self._parameters.mapOpacity
        if wanted != self._mapShown:
            self._mapShown = wanted
            show_view_maps(maps, opacity=self._parameters.mapOpacity)

    def _onCell(self, row, _column):
        """Bring a focus to the middle of both views."""
        if self._foci is not None:
            from oncologyai.scene import jump_in_views

            jump_in_views(self._foci.place(row))


def _mapText(prediction):
    text = _("The map ({method}) shows what speaks for '{name}'.").format(
        method=prediction["map"], name=prediction["explained"]
    )
    isForNone = prediction["explained"] == _WITHOUT
    return text + (" " + _("It marks no foci.") if isForNone else "")


def _fociText(count, node):
    if node is None:
        return ""
    return _("A click on a row brings the focus to the middle of both views.") if count else _("No focus was listed.")
