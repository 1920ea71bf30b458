"""What the panel says of a model and of its result."""

import pytest

from oncologyai.models import Store


@pytest.fixture
def a_card(a_module, a_pet_model):
    return Store().get(a_pet_model.id).card


def test_the_card_says_what_a_user_must_know(a_card):
    from SegmentationAILib import cardText

    text = cardText(a_card)
    for said in (
        "A tiny model",
        "pet: PT in SUVbw; ct: CT in HU (optional)",
        "GTV-1",
        "nothing: made by hand; synthetic images only",
        "<br>nobody<br>",
        "mean Dice 0.5, none, 3 cases",
        "CC BY 4.0; commercial use allowed; for tests only",
        "Nobody, 2026",
        "Research software, not for clinical use.",
    ):
        assert said in text, said


def test_what_a_card_says_is_no_markup(a_card):
    from SegmentationAILib import cardText

    text = cardText(a_card.model_copy(update={"title": "<img src=x> & more"}))
    assert "&lt;img src=x&gt; &amp; more" in text


def test_without_figures_the_card_says_so(a_card):
    from SegmentationAILib import cardText

    assert "none published" in cardText(a_card.model_copy(update={"figures": ()}))


def test_trust_is_the_sentence_and_each_warning(a_module):
    from SegmentationAILib import trustText

    model = {"trust": {"sentence": "Expected Dice 0.70 (0.60 to 0.80).", "warnings": ["spacing <1 mm", "a CT as PET"]}}
    text = trustText(model)
    assert text.startswith("<b>Expected Dice 0.70 (0.60 to 0.80).</b>")
    assert "spacing &lt;1 mm" in text
    assert text.count("<br>") == 2


def test_without_a_model_there_is_no_trust_to_tell(a_module):
    from SegmentationAILib import trustText

    assert trustText({}) == ""
