"""Cards of networks of outcomes: sealed, checked, and the published schema is theirs."""

import json

import pytest

from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.models import OutcomeModelCard, load_outcome_card, outcome_card_schema_text, save_outcome_card
from oncologyai.resources import resource_path

FIELDS = {
    "id": "a-card",
    "title": "A card",
    "endpoint": {"name": "event"},
    "channels": [{"name": "image", "modality": "PT"}],
    "image": {"kind": "slices", "size": [6, 16, 16]},
    "network": {"name": "2be3net"},
    "initialised": [{"part": "network", "what": "random"}],
    "files": [{"name": "weights.safetensors", "role": "weights", "sha256": "0" * 64, "size_bytes": 1}],
    "training": {"description": "nothing"},
    "licence": {"name": "none", "commercial": False},
}


def test_the_published_schema_is_the_cards():
    published = resource_path("schemas/outcome-model-card.schema.json").read_text(encoding="utf-8")
    assert published == outcome_card_schema_text(), "write it again from outcome_card_schema_text()"


def test_a_card_reads_back_and_a_changed_one_is_refused(tmp_path):
    card = save_outcome_card(OutcomeModelCard.model_validate(FIELDS), tmp_path / "card.json")
    assert load_outcome_card(tmp_path) == card and card.digest
    text = (tmp_path / "card.json").read_text()
    (tmp_path / "card.json").write_text(text.replace('"random"', '"ImageNet"'))
    with pytest.raises(UnreadableFileError, match="sealed"):
        load_outcome_card(tmp_path)


def test_what_is_no_card_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match=r"card\.json"):
        load_outcome_card(tmp_path)
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(UnreadableFileError, match="JSON"):
        load_outcome_card(tmp_path)
    for changes, message in (
        ({"files": []}, "files"),
        ({"image": {"kind": "slices", "size": [0, 1, 1]}}, "size"),
        ({"image": {"kind": "slices", "spacing_mm": [0, 1, 1]}}, "above 0"),
        ({"files": [FIELDS["files"][0] | {"role": "other", "name": "a.txt"}]}, "role weights"),
        ({"channels": FIELDS["channels"] * 2}, "used once"),
        ({"stranger": 1}, "stranger"),
    ):
        (tmp_path / "card.json").write_text(json.dumps(FIELDS | changes))
        with pytest.raises(UnreadableFileError, match=message):
            load_outcome_card(tmp_path)
