"""Model cards keep to their schema, agree with themselves, and tell when they were changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from oncologyai.models import Channel, Example, ModelCard, ModelFile, card_schema, schema_text
from oncologyai.resources import resource_path

CardMaker = Callable[..., ModelCard]
WEIGHTS = ModelFile(name="weights.safetensors", role="weights", sha256="0" * 64, size_bytes=1)


def test_published_schema_is_the_one_of_the_class() -> None:
    published = resource_path("schemas/model-card.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "write it again: resources/schemas/model-card.schema.json from schema_text()"


def test_schema_demands_what_a_reader_must_know() -> None:
    schema = card_schema()
    needed = {"id", "title", "channels", "spacing_mm", "labels", "network", "patch", "files", "training", "licence"}
    assert set(schema["required"]) == needed
    assert schema["additionalProperties"] is False
    assert set(schema["$defs"]["ModelFile"]["required"]) == {"name", "role", "sha256", "size_bytes"}


def test_a_card_survives_json(a_card: CardMaker) -> None:
    card = a_card(network={"name": "unet2d", "arguments": {"filters": [4, 8]}}, threshold=0.99)
    again = ModelCard.model_validate_json(json.dumps(card.to_json()))
    assert again == card
    assert again.network.arguments == {"filters": [4, 8]}


def test_files_of_a_role_keep_their_order(a_card: CardMaker) -> None:
    other = WEIGHTS.model_copy(update={"name": "b.safetensors"})
    onnx = WEIGHTS.model_copy(update={"name": "a.onnx", "role": "onnx"})
    card = a_card(files=(other, onnx, WEIGHTS))
    assert [f.name for f in card.files_of("weights")] == ["b.safetensors", "weights.safetensors"]
    assert [f.name for f in card.files_of("onnx")] == ["a.onnx"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": "../x"}, "String should match pattern"),
        ({"id": "Demo"}, "String should match pattern"),
        ({"unknown": 1}, "Extra inputs are not permitted"),
        ({"overlap": 1.0}, "less than 1"),
        ({"threshold": 0.0}, "greater than 0"),
        ({"threshold": float("nan")}, "finite number"),
        ({"patch": (64,)}, "at least 2 items"),
        ({"patch": (64, 0)}, "patch: every side must be at least 1"),
        ({"spacing_mm": (1.0, -1.0, None)}, "spacing_mm: every edge must be above 0"),
        ({"channels": ()}, "at least 1 item"),
        ({"channels": ({"name": "ct", "modality": "CT", "required": False},)}, "at least one must be required"),
        ({"channels": ({"name": "ct", "modality": "CT"},) * 2}, "channels: every name must be used once"),
        ({"labels": ({"name": "a"},)}, "expected a terminology name, or category and type"),
        ({"labels": ({"name": "a", "terminology": "moon"},)}, "got 'moon'"),
        ({"files": (WEIGHTS, WEIGHTS)}, "files: every name must be used once"),
        (
            {"files": ({"name": "x.onnx", "role": "onnx", "sha256": "0" * 64, "size_bytes": 1},)},
            "files: one must have the role weights",
        ),
        ({"example": {"inputs": {"ct": "a.nrrd"}, "volume_ml": 1, "tolerance_ml": 0}}, "not among files"),
        (
            {"example": {"inputs": {"mr": "weights.safetensors"}, "volume_ml": 1, "tolerance_ml": 0}},
            "not among channels",
        ),
        ({"training_ranges": {"intensities": {"ct": {"half": (0, 1)}}}}, "expected a quantile from 0 to 1"),
        ({"training_ranges": {"spacing_mm": ((2, 1), (1, 2), (1, 2))}}, "expected low <= high"),
        ({"urls": (3,)}, "valid string"),
    ],
)
def test_refuses_a_card_that_cannot_be(a_card: CardMaker, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        a_card(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "weights.pth"}, "expected no pickle"),
        ({"name": "../weights.safetensors"}, "String should match pattern"),
        ({"name": ".hidden"}, "String should match pattern"),
        ({"name": "card.json", "role": "other"}, "got the card itself"),
        ({"name": "weights.h5"}, "ending in .safetensors"),
        ({"url": "http://example.org/x"}, "String should match pattern"),
        ({"url": "file:///etc/passwd"}, "String should match pattern"),
        ({"sha256": "abc"}, "String should match pattern"),
        ({"size_bytes": 0}, "greater than or equal to 1"),
    ],
)
def test_refuses_a_file_that_could_harm(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ModelFile.model_validate(WEIGHTS.model_dump() | fields)


def test_an_example_has_inputs_or_a_sample() -> None:
    assert Example(sample="ct", volume_ml=1, tolerance_ml=0.1).sample == "ct"
    with pytest.raises(ValidationError, match="either inputs or a sample"):
        Example(volume_ml=1, tolerance_ml=0.1)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"kind": "window", "low": 1, "high": 1}, "low < high"),
        ({"kind": "bins", "low": 1, "high": 0, "width": 1}, "low < high"),
        ({"kind": "bins", "low": 0, "high": 1, "width": 0}, "greater than 0"),
        ({"kind": "magic"}, "does not match any of the expected tags"),
    ],
)
def test_refuses_a_normalisation_that_cannot_be(step: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Channel.model_validate({"name": "ct", "modality": "CT", "normalisation": step})


def test_every_shipped_card_is_sealed_whole_and_free_to_pass_on() -> None:
    from oncologyai.models import Store

    store = Store(Path("/nonexistent"))
    assert store.problems() == {}
    for model in store.list():
        assert model.shipped
        assert model.card.digest
        assert model.card.licence.commercial or not model.card.files_of("weights")
        store.verify(model.card.id)
