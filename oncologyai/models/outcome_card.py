"""Cards of networks that predict an outcome: what they predict, what they take, what they were initialised from.

A card is a JSON file beside the weights; its schema, ``resources/schemas/outcome-model-card.schema.json``, is made from
OutcomeModelCard. Sizes are those of arrays, (k, j, i); spacings are (i, j, k).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from oncologyai._atomic import atomic_file
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.models.card import CARD_NAME, ID_PATTERN
from oncologyai.models.parts import Channel, Citation, Figure, Licence, ModelFile, NetworkCall, TrainingData
from oncologyai.models.reading import card_digest

__all__ = [
    "Endpoint",
    "Initialisation",
    "OutcomeInput",
    "OutcomeModelCard",
    "SlicesInput",
    "VolumeInput",
    "load_outcome_card",
    "outcome_card_schema_text",
    "save_outcome_card",
]

Count = Annotated[int, Field(ge=1)]
Size = tuple[Count, Count, Count]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SlicesInput(_Part):
    """Ordered slices of an image, cropped at their centre or padded with 0 (2Be3-Net).

    A number of slices is drawn from the image's, in their order; where it has fewer they are repeated in order.
    """

    kind: Literal["slices"] = "slices"
    size: Annotated[Size, Field(description="Slices, rows and columns that the network gets.")] = (66, 90, 90)
    spacing_mm: Annotated[
        tuple[float | None, float | None, float | None], Field(description="Of (i, j, k); null: the image's own.")
    ] = (None, None, None)
    orientation: Annotated[str, Field(pattern="^[LR][AP][SI]$")] = "LPS"
    interpolation: Literal["nearest", "linear", "sinc"] = "linear"
    region: Annotated[
        Literal["whole", "mask"], Field(description="mask: only the slices and pixels around a mask are seen.")
    ] = "whole"
    around_mm: Annotated[float, Field(ge=0, description="What stays around the mask.")] = 0.0

    @model_validator(mode="after")
    def _has_edges(self) -> Self:
        if any(edge is not None and edge <= 0 for edge in self.spacing_mm):
            raise ValueError("spacing_mm: every edge must be above 0, or null")
        return self


class VolumeInput(_Part):
    """A whole image brought to a number of voxels by a preset of ``harmonize`` (ch. 4).

    The lesion's surroundings are darkened after the crop to the foreground: the crop, by Otsu's threshold, is then that
    of the image as it is.
    """

    kind: Literal["volume"] = "volume"
    size: Annotated[Size, Field(description="Instead of the preset's.")] = (64, 256, 256)
    preset: Annotated[str, Field(min_length=1)] = "ch4-standardization-deep"
    attenuate: Annotated[bool, Field(description="Whether what lies away from the mask is darkened.")] = True
    lowest: Annotated[float, Field(ge=0, le=1, description="Factor far from the mask.")] = 0.2  # ch. 4, 2.3
    sigma_mm: Annotated[float, Field(gt=0)] = 10.0


OutcomeInput = Annotated[SlicesInput | VolumeInput, Field(discriminator="kind")]


class Endpoint(_Part):
    """What is predicted."""

    name: Annotated[str, Field(min_length=1, description="The label's column.")]
    positive: Annotated[str, Field(description="Value of the label that the chance is of.")] = "1"
    horizon_days: Annotated[float | None, Field(gt=0)] = None


class Initialisation(_Part):
    """What a part of the network held before the training."""

    part: Annotated[str, Field(min_length=1, description="Such as stem, or network.")]
    what: Annotated[str, Field(min_length=1, description="random, or what the weights were.")]
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$", description="Of the file; empty where random.")] = ""
    licence: str = ""
    frozen: bool = False


class OutcomeModelCard(_Part):
    """Everything the library and a reader need to know of a network of an outcome. Unknown fields are refused."""

    schema_version: Literal[1] = 1
    id: Annotated[str, Field(pattern=ID_PATTERN)]
    title: Annotated[str, Field(min_length=1)]
    description: str = ""
    task: Literal["outcome"] = "outcome"
    endpoint: Endpoint
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    image: OutcomeInput
    network: NetworkCall
    initialised: Annotated[tuple[Initialisation, ...], Field(min_length=1)]
    seed: Annotated[int, Field(ge=0)] = 0
    epochs: Annotated[int, Field(ge=0, description="Of the training.")] = 0
    files: Annotated[tuple[ModelFile, ...], Field(min_length=1)]
    training: TrainingData
    seen: Annotated[tuple[str, ...], Field(description="Patients that it learned from.")] = ()
    figures: tuple[Figure, ...] = ()
    licence: Licence
    citation: tuple[Citation, ...] = ()
    digest: Annotated[str, Field(pattern="^([0-9a-f]{64})?$", description="SHA-256 of the card without it.")] = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if len({channel.name for channel in self.channels}) < len(self.channels):
            raise ValueError("channels: every name must be used once")
        if sum(file.role == "weights" for file in self.files) != 1:
            raise ValueError("files: expected one with the role weights")
        if any(channel.normalisation.kind == "preset" for channel in self.channels):
            raise ValueError("channels: expected a normalisation of values, not a preset; see image")
        return self

    @property
    def weights(self) -> ModelFile:
        """The file of weights."""
        return next(file for file in self.files if file.role == "weights")

    def to_json(self) -> dict[str, JsonValue]:
        """Give the card as JSON values, fields in the schema's order."""
        return self.model_dump(mode="json")


def load_outcome_card(path: Path) -> OutcomeModelCard:
    """Read a card, or that of a folder.

    Raises
    ------
    MissingFileError
        If there is none.
    UnreadableFileError
        If it is no JSON, breaks the schema, or was changed after it was sealed.
    """
    place = path / CARD_NAME if path.is_dir() else path
    if not place.is_file():
        raise MissingFileError(str(path), expected=f"a card ({CARD_NAME}) of a network of an outcome", got="none")
    try:
        raw = json.loads(place.read_text(encoding="utf-8"))
        card = OutcomeModelCard.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "card"
        raise UnreadableFileError(
            str(place), expected="a card that keeps to outcome-model-card.schema.json", got=f"{field}: {first['msg']}"
        ) from error
    except ValueError as error:
        raise UnreadableFileError(str(place), expected="a card in JSON", got=str(error)) from error
    if card.digest and card.digest != card_digest(raw):
        raise UnreadableFileError(
            str(place), expected=f"the card as it was sealed (digest {card.digest[:12]}...)", got="a changed one"
        )
    return card


def save_outcome_card(card: OutcomeModelCard, path: Path) -> OutcomeModelCard:
    """Write a card, sealed with its digest, whole or not at all; give it as written. Raises OutputError."""
    raw = card.to_json()
    raw["digest"] = card_digest(raw)
    with atomic_file(path) as draft:
        draft.write_text(json.dumps(raw, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return card.model_copy(update={"digest": str(raw["digest"])})


def outcome_card_schema_text() -> str:
    """Give the text of ``resources/schemas/outcome-model-card.schema.json``."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **OutcomeModelCard.model_json_schema(),
    }
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
