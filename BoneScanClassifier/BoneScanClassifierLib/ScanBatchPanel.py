"""The part of the panel that classifies a folder of scans."""

import dataclasses
from pathlib import Path

import ctk
import qt
from slicer.i18n import tr as _

from oncologyai.panels import BatchPanel

from .ScanBatch import PAGE, batchFromParameters, failuresOf


class ScanBatchPanel(BatchPanel):
    """Drives the batch widgets; parameters as in BatchPanel."""

    def __init__(self, ui, prepare):
        tip = _("Classify every scan of the folder; what is there already is not done again")
        paths = {"SourceEdit": "batchSource", "OutputEdit": "batchOutput"}
        super().__init__(ui, "batch", paths, tip, prepare, what=_("batch"))
        ui.batchSourceEdit.filters = ctk.ctkPathLineEdit.Dirs
        ui.batchPageButton.connect("clicked(bool)", self.onPage)

    def request(self):
        """Give the BatchRequest; which scan is in the scene is of no account."""
        asked = batchFromParameters(self._parameters)
        return dataclasses.replace(asked, how=dataclasses.replace(asked.how, views={}, output=""))

    def show(self):
        """Show what the parameters say."""
        super().show()
        self._offerPage()

    def clear(self):
        """End what runs: the scene closes."""
        self.run.cancel()

    def told(self, details):
        """Say how many scans were classified."""
        self._offerPage()
        text = _("Done: {rows} scans in {table}; {failed} failed")
        return text.format(**{"rows": 0, "failed": 0, "table": "", **details})

    def failures(self, request):
        """Give the scans that could not be classified."""
        return failuresOf(request.output)

    def onPage(self, _checked=False):
        """Open the page of all scans in the browser."""
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(self._page())))

    def _offerPage(self):
        self._ui.batchPageButton.enabled = self._parameters is not None and self._page().is_file()

    def _page(self):
        return Path(self._parameters.batchOutput) / PAGE
