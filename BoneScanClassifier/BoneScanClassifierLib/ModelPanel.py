"""The part of the panel that chooses a model, the threshold of its probability, and where results go."""

import ctk
from slicer.i18n import tr as _

from .Decision import chosenRule, rulesOf
from .ModelCatalog import ModelCatalog, cardText, listModels
from .ResultNodes import FAST, cardOf
from .ScanRequest import OWN_RULE


class ModelPanel:
    """Drives the lists of models and thresholds, and the path of the results' folder.

    Parameters
    ----------
    ui : object
        The widgets by name.
    prepare : callable
        Called on Refresh; False means that the user does not go on.
    """

    def __init__(self, ui, prepare):
        self._ui, self._prepare = ui, prepare
        self._parameters = None
        self._catalog = ModelCatalog({})
        self._rules, self._text = [], None
        self._busy = False
        ui.modelComboBox.connect("currentIndexChanged(int)", self._onModel)
        ui.ruleComboBox.connect("currentIndexChanged(int)", self._onRule)
        ui.resultsFolderEdit.filters = ctk.ctkPathLineEdit.Dirs
        ui.resultsFolderEdit.connect("currentPathChanged(QString)", self._onFolder)
        ui.refreshButton.connect("clicked(bool)", self.onRefresh)
        self._list()

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene); without a choice it is the first model."""
        self._parameters = parameters
        if parameters is not None and not parameters.model and self._catalog.cards:
            parameters.model = next(iter(self._catalog.cards))

    def onRefresh(self, _checked=False):
        """Read the store again, after packages were installed or a model was added."""
        if self._prepare():
            self._list()
            self.setParameters(self._parameters)
            self.show()

    def show(self):
        """Show what the parameters say: the model, its card, and the thresholds of the result or of the model."""
        if self._parameters is None:
            return
        ids = list(self._catalog.cards)
        self._busy = True
        self._ui.modelComboBox.setCurrentIndex(
            ids.index(self._parameters.model) if self._parameters.model in ids else -1
        )
        card = self._catalog.cards.get(self._parameters.model)
        self._ui.fastCheckBox.enabled = card is not None and card.fast is not None
        text = cardText(card) if card is not None else self._noCard()
        if text != self._text:  # it would jump to its first line
            self._text = text
            self._ui.cardBrowser.html = text
        if self._ui.resultsFolderEdit.currentPath != self._parameters.resultsFolder:
            self._ui.resultsFolderEdit.currentPath = self._parameters.resultsFolder
        self._showRules(rulesOf(*self._thresholdsOf(card)))
        self._busy = False

    def rule(self):
        """Give the threshold that counts."""
        return chosenRule(self._rules, self._parameters.rule, self._parameters.ownThreshold)

    def _thresholdsOf(self, card):
        """Give the card as JSON values, and whether its fast form counts: of the result that is there, else to come."""
        prediction = self._parameters.prediction
        if prediction is not None and cardOf(prediction):
            return cardOf(prediction), bool(prediction.GetAttribute(FAST))
        return (card.to_json() if card is not None else {}), self._parameters.fast

    def _showRules(self, rules):
        if rules != self._rules:
            self._rules = rules
            self._ui.ruleComboBox.clear()
            for rule in rules:
                self._ui.ruleComboBox.addItem(rule.label())
        name = self.rule().name
        self._ui.ruleComboBox.setCurrentIndex([rule.name for rule in rules].index(name))
        for widget in (self._ui.ownThresholdLabel, self._ui.ownThresholdSlider):
            widget.setVisible(name == OWN_RULE)

    def _noCard(self):
        if self._parameters.model:
            return _("The model {id} is not at hand.").format(id=self._parameters.model) + " " + self._catalog.note
        return self._catalog.note

    def _list(self):
        self._catalog = listModels()
        self._busy = True
        self._ui.modelComboBox.clear()
        for name, card in self._catalog.cards.items():
            self._ui.modelComboBox.addItem(f"{name}: {card.title}")
        self._busy = False

    def _onFolder(self, path):
        if not self._busy and self._parameters is not None:
            self._parameters.resultsFolder = path

    def _onModel(self, index):
        if not self._busy and self._parameters is not None and index >= 0:
            self._parameters.model = list(self._catalog.cards)[index]

    def _onRule(self, index):
        if not self._busy and self._parameters is not None and index >= 0:
            self._parameters.rule = self._rules[index].name
