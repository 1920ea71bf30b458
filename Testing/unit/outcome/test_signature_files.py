"""Cards of signatures keep to their schema, come back as written, and a changed byte is found."""

import json

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.outcome import (
    Given,
    Signature,
    apply_signature,
    find_signature,
    load_signature,
    model_bytes,
    shipped_signatures,
    signature_from_text,
    signature_of,
    signature_schema,
    signature_schema_text,
    write_signature,
)
from oncologyai.resources import resource_path


@pytest.fixture(scope="module")
def made(kit):
    """A linear card, and one of trees with its file."""
    cards = {}
    for kind in ("cox", "trees"):
        data = kit.some_patients()
        cards[kind] = signature_of(kit.a_chain(kind).fit(data, np.random.default_rng(0)), data, kit.about())
    return cards


def test_published_schema_is_the_one_of_the_class():
    published = resource_path("schemas/signature.schema.json").read_text(encoding="utf-8")
    assert published == signature_schema_text(), "write it again from signature_schema_text()"
    needed = {"id", "title", "demonstration", "endpoint", "cohort", "features", "model", "licence"}
    assert set(signature_schema()["required"]) == needed


@pytest.mark.parametrize("kind", ["cox", "trees"])
def test_a_card_comes_back_as_written_and_predicts_the_same(made, kind, tmp_path):
    card, model = made[kind]
    written = write_signature(card, tmp_path / "test.json", model=model)
    again = load_signature(tmp_path / "test.json")
    assert again == written == card
    table = pd.DataFrame([card.example.values])
    one = apply_signature(card, table, model=model)
    two = apply_signature(again, table, model=model_bytes(again, tmp_path))
    assert one.predictor[0] == two.predictor[0]


def test_a_changed_byte_is_found(made):
    card, _ = made["cox"]
    text = (json.dumps(card.to_json(), indent=1) + "\n").encode()
    assert signature_from_text(text, "card") == card

    @settings(max_examples=150)
    @given(st.integers(0, len(text) - 1), st.integers(0, 255))
    def check(place, byte):
        changed = text[:place] + bytes([byte]) + text[place + 1 :]
        try:
            found = signature_from_text(changed, "card")
        except UnreadableFileError:
            assert byte != text[place]
            return
        assert found == card, "only blanks between values may differ"

    check()


def test_a_card_that_was_not_sealed_is_refused(made):
    raw = {**made["cox"][0].to_json(), "digest": ""}
    with pytest.raises(UnreadableFileError, match="which this one lacks"):
        signature_from_text(json.dumps(raw).encode(), "card")


@pytest.mark.parametrize(
    ("text", "told"), [(b"{", "text that is not"), (b"[]", "list"), (b"{}", "signature.schema.json"), (b"\xff", "text")]
)
def test_what_is_no_card_is_refused(text, told):
    with pytest.raises(UnreadableFileError, match=told):
        signature_from_text(text, "card")


def test_a_changed_byte_of_the_models_file_is_found(made, tmp_path):
    card, model = made["trees"]
    write_signature(card, tmp_path / "test.json", model=model)
    file = tmp_path / card.model.file.name
    file.write_bytes(model.replace(b"0.5", b"0.6", 1) if b"0.5" in model else model + b" ")
    with pytest.raises(UnreadableFileError, match="a changed one"):
        load_signature(tmp_path / "test.json")
    file.unlink()
    with pytest.raises(MissingFileError, match="the model's file beside the card"):
        load_signature(tmp_path / "test.json")
    with pytest.raises(InputError, match="the bytes of"):
        write_signature(card, tmp_path / "test.json", model=b"others")


def test_an_unknown_card_is_told_with_those_at_hand():
    with pytest.raises(MissingFileError, match="a signature's file, or one of those at hand"):
        find_signature("nothing")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id": "../x"}, "pattern"),
        ({"strange": 1}, "Extra inputs"),
        ({"features": []}, "at least 1 item"),
        ({"baseline": None}, "a survival signature needs it"),
        ({"endpoint": {"name": "IDH", "kind": "class", "positive": "mutated"}}, "does not go with"),
        ({"endpoint": {"name": "IDH", "kind": "class"}}, "classes need positive"),
        ({"groups": {"names": ["a", "b"], "cuts": [1.0, 2.0], "method": "m"}}, "one name more than cuts"),
        ({"baseline": {"times": [0, 1], "survival": [0.5, 0.6]}}, "survival falls"),
        ({"distance": {"mean": [0.0], "inverse_covariance": [[1.0]], "quantiles": [0, 1, 2]}}, "as many means"),
    ],
)
def test_refuses_a_card_that_cannot_be(made, changes, told):
    with pytest.raises(ValidationError, match=told):
        Signature.model_validate({**made["cox"][0].to_json(), **changes})


@pytest.mark.parametrize("path", [pytest.param(path, id=name) for name, path in shipped_signatures().items()])
def test_a_shipped_card_is_sealed_labelled_licensed_and_gives_its_example(path):
    card = load_signature(path)
    assert card.id == path.stem
    assert card.licence.name and card.citation
    assert card.demonstration and "not for clinical use" in card.description
    if card.model.kind == "index":
        assert card.model.missing, "what one would need and nobody printed is said"
        assert (card.example is None) == any(feature.scale is None for feature in card.features)
    else:
        assert card.example is not None
        assert card.performance, "nothing is trained and shipped without how well it does"
        assert all(figure.interval is not None for figure in card.performance)
    if card.example is None:
        return
    table = pd.DataFrame([card.example.values])
    found = apply_signature(card, table, Given(unchecked=True), model=model_bytes(card, path.parent))
    for name in ("predictor", "value", "low", "high"):
        expected = getattr(card.example, name)
        assert expected is None or getattr(found, name)[0] == pytest.approx(expected, abs=card.example.tolerance)
    assert found.group[0] == card.example.group
