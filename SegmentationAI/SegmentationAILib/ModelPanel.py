"""The part of the panel that chooses a model: its list, its card and the volumes of its further channels."""

from slicer.i18n import tr as _

from .CardText import cardText
from .ModelCatalog import furtherChannels, listModels

CHANNEL_ROWS = 4
_ROLE = "OncologyAI.Channel."


class ModelPanel:
    """Drives the model widgets of SegmentationAI.ui.

    Parameters
    ----------
    ui : object
        The widgets by name.
    prepare : callable
        Installs what reading models needs, when the user presses Refresh; False means that the user does not want it.
    """

    def __init__(self, ui, prepare):
        self._ui, self._prepare = ui, prepare
        self._parameters = None
        self._catalog = listModels()
        self._ids = []
        self._rows = []  # names of the channels shown
        self._busy = False
        self._cardShown = None
        self._fill()
        ui.modelComboBox.connect("currentIndexChanged(int)", self._onChosen)
        ui.refreshModelsButton.connect("clicked(bool)", self.refresh)
        for row in range(CHANNEL_ROWS):
            self._selector(row).connect("currentNodeChanged(vtkMRMLNode*)", self._onChannel)
        self.show("")

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def refresh(self, _checked=False):
        """Read the store again; first install what that needs, if the user agrees."""
        if self._prepare():
            self._catalog = listModels()
        self._fill()
        self.show("")

    def card(self):
        """Give the card of the chosen model, None without one."""
        return self._catalog.cards.get(self._parameters.model) if self._parameters is not None else None

    def channels(self, modality):
        """Give the volumes of the further channels by name, and the names of required ones that have none."""
        card = self.card()
        if card is None:
            return {}, ()
        found = {channel.name: self._channelNode(channel.name) for channel in furtherChannels(card, modality)}
        missing = tuple(c.name for c in furtherChannels(card, modality) if c.required and found[c.name] is None)
        return {name: node for name, node in found.items() if node is not None}, missing

    def show(self, modality):
        """Show the chosen model, its card and a row for each further channel."""
        self._busy = True
        card = self.card()
        chosen = self._parameters.model if self._parameters is not None else ""
        if chosen and chosen not in self._ids:  # chosen in a scene that was made elsewhere
            self._ids.append(chosen)
            self._ui.modelComboBox.addItem(_("{model} (not at hand)").format(model=chosen))
        self._ui.modelComboBox.currentIndex = self._ids.index(chosen) + 1 if chosen else 0
        text = cardText(card) if card is not None else self._catalog.note
        if text != self._cardShown:  # setting it again would scroll back to its beginning
            self._ui.cardBrowser.html = text
        self._cardShown = text
        self._ui.cardBrowser.setVisible(bool(text))
        self._ui.methodComboBox.enabled = not chosen
        self._ui.deviceComboBox.enabled = bool(chosen)
        self._ui.allLesionsCheckBox.enabled = bool(chosen)
        further = furtherChannels(card, modality) if card is not None else []
        self._rows = [channel.name for channel in further[:CHANNEL_ROWS]]
        for row in range(CHANNEL_ROWS):
            self._showRow(row, further[row] if row < len(self._rows) else None)
        self._busy = False

    def _showRow(self, row, channel):
        label, selector = getattr(self._ui, f"channelLabel{row + 1}"), self._selector(row)
        label.setVisible(channel is not None)
        selector.setVisible(channel is not None)
        if channel is not None:
            need = "" if channel.required else _(" (optional)")
            label.text = f"{channel.name.upper()}{need}:"
            selector.setCurrentNode(self._channelNode(channel.name))

    def _fill(self):
        self._busy = True
        self._ids = list(self._catalog.cards)
        self._ui.modelComboBox.clear()
        self._ui.modelComboBox.addItem(_("None: from seeds"))
        for card in self._catalog.cards.values():
            self._ui.modelComboBox.addItem(f"{card.id}: {card.title}")
        self._busy = False

    def _onChosen(self, index):
        if not self._busy and self._parameters is not None:
            self._parameters.model = self._ids[index - 1] if index > 0 else ""

    def _onChannel(self, _node):
        if self._busy or self._parameters is None:
            return
        node = self._parameters.parameterNode
        for row, name in enumerate(self._rows):
            chosen = self._selector(row).currentNode()
            node.SetNodeReferenceID(_ROLE + name, chosen.GetID() if chosen is not None else None)
        self._parameters.Modified()

    def _channelNode(self, name):
        return self._parameters.parameterNode.GetNodeReference(_ROLE + name)

    def _selector(self, row):
        return getattr(self._ui, f"channelSelector{row + 1}")
