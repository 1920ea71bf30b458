"""The part of the panel that chooses settings, verdicts on stability and the maps to make."""

from slicer.i18n import tr as _

from .CheckList import CheckList
from .SettingsChoice import chooseSettings, presetNames


class SettingsPanel:
    """Drives the settings widgets of RadiomicsOutcome.ui.

    Parameters
    ----------
    ui : object
        The widgets by name.
    """

    def __init__(self, ui):
        self._ui = ui
        self._parameters = None
        self._presets = presetNames()
        self._busy = False
        for name in self._presets:
            ui.presetComboBox.addItem(name)
        ui.presetComboBox.addItem(_("From file..."))
        self._maps = CheckList(ui.mapsList, self._onMaps)
        ui.presetComboBox.connect("currentIndexChanged(int)", self._onPreset)
        ui.settingsPathEdit.connect("currentPathChanged(QString)", self._onFile)
        ui.stabilityPathEdit.connect("currentPathChanged(QString)", self._onStability)
        ui.mapsFilterEdit.connect("textChanged(QString)", self._maps.filter)

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def show(self):
        """Show what the parameters say."""
        parameters = self._parameters
        if parameters is None:
            return
        self._busy = True
        ui, preset = self._ui, parameters.preset
        if preset and preset not in self._presets:  # chosen in a scene that was made elsewhere
            self._presets = (*self._presets, preset)
            ui.presetComboBox.insertItem(len(self._presets) - 1, preset)
        ui.presetComboBox.currentIndex = self._presets.index(preset) if preset else len(self._presets)
        for widget in (ui.settingsFileLabel, ui.settingsPathEdit):
            widget.setVisible(not preset)
        self._showPath(ui.settingsPathEdit, parameters.settingsFile)
        self._showPath(ui.stabilityPathEdit, parameters.stabilityFile)
        chosen = chooseSettings(preset, parameters.settingsFile)
        ui.summaryLabel.text = chosen.summary or chosen.problem
        self._maps.show(((name, name) for name in chosen.mapNames), parameters.mapNames)
        self._maps.filter(ui.mapsFilterEdit.text)
        count = len(self._maps.checked())
        ui.mapsLabel.text = _("Maps ({count} chosen):").format(count=count) if count else _("Maps:")
        self._busy = False

    def _showPath(self, widget, path):
        if widget.currentPath != path:
            widget.currentPath = path

    def _onPreset(self, index):
        if not self._busy and self._parameters is not None:
            self._parameters.preset = self._presets[index] if index < len(self._presets) else ""

    def _onFile(self, path):
        if not self._busy and self._parameters is not None:
            self._parameters.settingsFile = path

    def _onStability(self, path):
        if not self._busy and self._parameters is not None:
            self._parameters.stabilityFile = path

    def _onMaps(self):
        self._parameters.mapNames = self._maps.checked()
