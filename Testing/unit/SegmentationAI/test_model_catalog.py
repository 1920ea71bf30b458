"""The list of models, and which channel the input volume is."""

import sys

import pytest

from oncologyai.models import Store


def test_the_stores_models_are_listed(a_module, a_pet_model):
    from SegmentationAILib import listModels

    catalog = listModels()
    assert list(catalog.cards) == [model.card.id for model in Store().list("segmentation")]
    assert a_pet_model.id in catalog.cards
    assert catalog.note == ""


def test_a_card_that_cannot_be_read_is_told(a_module, a_pet_model):
    from SegmentationAILib import listModels

    (a_pet_model.store / "tiny" / "card.json").write_text("{", encoding="utf-8")
    catalog = listModels()
    assert "tiny" not in catalog.cards
    assert "card.json" in catalog.note


def test_without_the_package_that_reads_cards_the_list_is_empty_and_says_why(a_module, a_pet_model, monkeypatch):
    from SegmentationAILib import listModels

    monkeypatch.setitem(sys.modules, "oncologyai.models", None)
    catalog = listModels()
    assert catalog.cards == {}
    assert "Refresh" in catalog.note


@pytest.mark.parametrize(("modality", "further"), [("PT", ["ct"]), ("CT", ["pet"]), ("OT", ["ct"]), ("", ["ct"])])
def test_the_input_volume_is_the_first_channel_of_its_modality(a_module, a_pet_model, modality, further):
    from SegmentationAILib import furtherChannels

    card = Store().get(a_pet_model.id).card
    assert [channel.name for channel in furtherChannels(card, modality)] == further
