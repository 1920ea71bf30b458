"""The part of the panel that looks at, converts and prepares a folder of studies."""

import ctk
from slicer.i18n import tr as _

from oncologyai.panels import BatchPanel

from .DatasetRequest import datasetFromParameters, failedIn, presetsOfDatasets


class DatasetPanel(BatchPanel):
    """Drives the dataset widgets; parameters as in BatchPanel."""

    def __init__(self, ui, prepare):
        tip = _("Run over every study of the folder; what is done already is not done again")
        super().__init__(ui, "dataset", {"SourceEdit": "datasetSource", "OutputEdit": "datasetOutput"}, tip, prepare)
        ui.datasetSourceEdit.filters = ctk.ctkPathLineEdit.Dirs
        for name in presetsOfDatasets():
            ui.datasetPresetComboBox.addItem(name)
        ui.datasetPresetComboBox.connect("currentIndexChanged(int)", self._onPreset)

    def show(self):
        """Show what the parameters say; a preset is for pre-processing only."""
        if self._parameters is not None:
            box = self._ui.datasetPresetComboBox
            self._busy = True
            box.setCurrentIndex(box.findText(self._parameters.datasetPreset))
            self._busy = False
            usesPreset = self.request().usesPreset
            box.setVisible(usesPreset)
            self._ui.datasetPresetLabel.setVisible(usesPreset)
        super().show()

    def request(self):
        """Give the DatasetRequest."""
        return datasetFromParameters(self._parameters)

    def told(self, details):
        """Say what was done, in the command's own counts."""
        counts = ", ".join(f"{value} {name}" for name, value in details.items() if isinstance(value, int))
        return _("Done: {counts}; see {folder}").format(counts=counts, folder=self._request.output)

    def failures(self, request):
        """Give what could not be read or done."""
        return failedIn(request.output)

    def _onPreset(self, index):
        if not self._busy and self._parameters is not None:
            self._parameters.datasetPreset = presetsOfDatasets()[index]
