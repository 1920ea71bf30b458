"""Cards in files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from oncologyai.errors import MissingFileError, OutputError, UnreadableFileError
from oncologyai.models import ModelCard, card_digest, load_card, save_card

CardMaker = Callable[..., ModelCard]


def test_a_saved_card_is_read_back_from_file_or_folder(a_card: CardMaker, tmp_path: Path) -> None:
    saved = save_card(a_card(), tmp_path / "card.json")
    assert load_card(tmp_path) == load_card(tmp_path / "card.json") == saved
    assert saved.model_copy(update={"digest": ""}) == a_card()


def test_digest_is_the_hash_of_the_sorted_values() -> None:
    expected = hashlib.sha256(b'{"a":[1,2.5],"b":"\xc3\xa9"}').hexdigest()
    assert card_digest({"b": "é", "digest": "old", "a": [1, 2.5]}) == expected


def test_a_changed_value_is_told(a_card: CardMaker, tmp_path: Path) -> None:
    place = tmp_path / "card.json"
    save_card(a_card(threshold=0.99), place)
    place.write_text(place.read_text().replace("0.99", "0.09"))
    with pytest.raises(UnreadableFileError, match=r"card\.json: expected the card as it was sealed"):
        load_card(place)


def test_a_card_written_by_hand_needs_no_digest(a_card: CardMaker, tmp_path: Path) -> None:
    raw = a_card().to_json()
    del raw["digest"]
    (tmp_path / "card.json").write_text(json.dumps(raw))
    assert load_card(tmp_path) == a_card()


def test_names_the_field_that_breaks_the_schema(a_card: CardMaker, tmp_path: Path) -> None:
    raw = a_card().to_json()
    raw["channels"][0]["modality"] = "ct scan"  # type: ignore[index,call-overload]
    (tmp_path / "card.json").write_text(json.dumps(raw))
    with pytest.raises(UnreadableFileError, match=r"model-card\.schema\.json, got channels\.0\.modality: String"):
        load_card(tmp_path)


def test_refuses_text_that_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_bytes(b"\xff{")
    with pytest.raises(UnreadableFileError, match="a model card in JSON"):
        load_card(tmp_path)


def test_refuses_a_huge_card(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_bytes(b" " * (1 << 21))
    with pytest.raises(UnreadableFileError, match="under 1 MB"):
        load_card(tmp_path)


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="expected a model card"):
        load_card(tmp_path)


def test_a_place_that_cannot_be_written_is_told(a_card: CardMaker, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="a place that can be written"):
        save_card(a_card(), tmp_path / "file" / "card.json")
