"""Choosing a model in the panel: its card, the volumes of its further channels, what is still missing."""

import pytest

from oncologyai.models import ModelCard, Store, save_card


@pytest.fixture
def a_panel(a_module, a_pet_model):
    """The panel with the tiny model's PET and CT in the scene."""
    from oncologyai.scene.volumes import node_from_volume

    widget = a_module.createNewWidgetRepresentation()
    widget.pet = node_from_volume(a_pet_model.pet, "PET")
    widget.ct = node_from_volume(a_pet_model.ct, "CT")
    widget.ui.inputSelector.setCurrentNode(widget.pet)
    return widget


def choose(panel, model_id):
    texts = [panel.ui.modelComboBox.itemText(n) for n in range(panel.ui.modelComboBox.count())]
    panel.ui.modelComboBox.setCurrentIndex(next(n for n, text in enumerate(texts) if text.startswith(model_id)))


def shown(widget):
    return not widget.isHidden()


def test_without_a_model_seeds_are_needed_and_no_channel_is_shown(a_panel):
    assert a_panel.ui.modelComboBox.currentText() == "None: from seeds"
    assert a_panel.ui.statusLabel.text() == "Place at least one seed inside the lesion."
    assert not any(shown(getattr(a_panel.ui, f"channelSelector{n}")) for n in range(1, 5))
    assert a_panel.ui.methodComboBox.isEnabled()
    assert not a_panel.ui.deviceComboBox.isEnabled()
    assert not shown(a_panel.ui.cardBrowser)


def test_a_model_shows_its_card_and_a_row_a_further_channel_and_needs_no_seed(a_panel):
    choose(a_panel, "tiny")
    assert a_panel.logic.getParameterNode().model == "tiny"
    assert "for tests only" in a_panel.ui.cardBrowser.toPlainText()
    assert shown(a_panel.ui.cardBrowser)
    assert a_panel.ui.channelLabel1.text() == "CT (optional):"
    assert shown(a_panel.ui.channelSelector1)
    assert not shown(a_panel.ui.channelSelector2)
    assert a_panel.ui.applyButton.isEnabled(), a_panel.ui.statusLabel.text()
    assert not a_panel.ui.methodComboBox.isEnabled()
    assert a_panel.ui.deviceComboBox.isEnabled()


def test_the_volume_of_a_channel_is_kept_by_its_name(a_panel):
    choose(a_panel, "tiny")
    a_panel.ui.channelSelector1.setCurrentNode(a_panel.ct)
    node = a_panel.logic.getParameterNode().parameterNode
    assert node.GetNodeReference("OncologyAI.Channel.ct") is a_panel.ct
    choose(a_panel, "None")
    choose(a_panel, "tiny")
    assert a_panel.ui.channelSelector1.currentNode() is a_panel.ct
    a_panel.ui.channelSelector1.setCurrentNode(None)
    assert node.GetNodeReference("OncologyAI.Channel.ct") is None


def test_a_required_channel_without_a_volume_is_told(a_panel):
    a_panel.ui.inputSelector.setCurrentNode(a_panel.ct)
    choose(a_panel, "tiny")
    assert a_panel.ui.channelLabel1.text() == "PET:"
    assert a_panel.ui.statusLabel.text() == "Choose a volume for the model's channel PET."
    assert not a_panel.ui.applyButton.isEnabled()
    a_panel.ui.channelSelector1.setCurrentNode(a_panel.pet)
    assert a_panel.ui.applyButton.isEnabled()


def test_refresh_finds_a_new_model_and_keeps_the_choice(a_panel, a_pet_model):
    choose(a_panel, "tiny")
    folder = a_pet_model.store / "tiny"
    copy = folder.with_name("aaa")
    copy.mkdir()
    for path in folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    card = Store().get("tiny").card.to_json() | {"id": "aaa", "digest": ""}
    save_card(ModelCard.model_validate(card), copy / "card.json")
    a_panel.ui.refreshModelsButton.click()
    texts = [a_panel.ui.modelComboBox.itemText(n) for n in range(a_panel.ui.modelComboBox.count())]
    assert any(text.startswith("aaa: ") for text in texts)
    assert a_panel.ui.modelComboBox.currentText().startswith("tiny: ")
    assert a_panel.logic.getParameterNode().model == "tiny"


def test_a_model_that_is_not_at_hand_is_told_as_such(a_panel):
    a_panel.logic.getParameterNode().model = "gone"
    assert a_panel.ui.modelComboBox.currentText() == "gone (not at hand)"
    choose(a_panel, "None")
    assert a_panel.logic.getParameterNode().model == ""
