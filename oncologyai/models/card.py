"""Model cards: what a model is for, what it takes, how well it does, where its files are and what one may do with it.

A card is a JSON file; its schema, published in ``resources/schemas/model-card.schema.json``, is made from ModelCard.
Axes of geometry are (i, j, k); axes of patches are those of arrays, ([k,] j, i).
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from oncologyai.models.parts import (
    Channel,
    Citation,
    Example,
    Figure,
    Label,
    Licence,
    ModelFile,
    NetworkCall,
    TrainingData,
    TrainingRanges,
    TrustCalibration,
)

__all__ = ["CARD_NAME", "ID_PATTERN", "ModelCard", "card_schema", "schema_text"]

CARD_NAME = "card.json"
ID_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"


class ModelCard(BaseModel):
    """Everything the library and a reader need to know of a model. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    schema_version: Literal[1] = 1
    id: Annotated[str, Field(pattern=ID_PATTERN, description="Its name in the store and on the command line.")]
    title: Annotated[str, Field(min_length=1, description="One line for lists.")]
    description: Annotated[str, Field(description="What it does, and what it must not be used for.")] = ""
    origin: Annotated[str, Field(description="How these files came about, such as the file they were made from.")] = ""
    task: Literal["segmentation"] = "segmentation"
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, description="Inputs, in the network's order.")]
    spacing_mm: Annotated[
        tuple[float | None, float | None, float | None],
        Field(description="Voxel edges (i, j, k) that the network works on; null keeps the image's own."),
    ]
    orientation: Annotated[
        str, Field(pattern="^[LR][AP][SI]$", description="Where i, j and k grow to, such as LPS.")
    ] = "LPS"
    interpolation: Annotated[
        Literal["nearest", "linear", "sinc"],
        Field(description="How the image comes to that spacing; sinc: windowed, with five lobes."),
    ] = "linear"
    labels: Annotated[tuple[Label, ...], Field(min_length=1, description="What its outputs mean.")]
    network: NetworkCall
    activation: Annotated[
        Literal["sigmoid", "softmax"], Field(description="What makes probabilities of the network's logits.")
    ] = "sigmoid"
    patch: Annotated[
        tuple[int, ...], Field(min_length=2, max_length=3, description="Window ([k,] j, i) in voxels; 2 numbers: 2D.")
    ]
    margin: Annotated[
        int,
        Field(
            ge=0,
            description="Voxels of fill around the image, so that its end is seen; of slices, kept around the lungs.",
        ),
    ] = 0
    shrink_to: Annotated[
        int, Field(ge=0, description="Windows larger than the image shrink to it, to a multiple of this; 0: they stay.")
    ] = 0
    overlap: Annotated[float, Field(ge=0, lt=1, description="Share of a window that neighbours have in common.")] = 0.5
    threshold: Annotated[float, Field(gt=0, lt=1, description="A voxel above this probability is kept.")] = 0.5
    region: Annotated[
        Literal["whole", "body", "lungs"], Field(description="Where the network looks; elsewhere nothing is found.")
    ] = "whole"
    outside: Annotated[
        Literal["keep", "fill"], Field(description="What stands outside the region: the image, or each channel's fill.")
    ] = "keep"
    components: Annotated[Literal["largest", "all"], Field(description="Connected parts that are kept.")] = "largest"
    minimum_ml: Annotated[float, Field(ge=0, description="Parts smaller than this are dropped.")] = 0.0
    minimum_probability: Annotated[
        float, Field(ge=0, lt=1, description="Parts whose mean probability is lower are no finding and dropped.")
    ] = 0.0
    engine: Annotated[
        Literal["auto", "openvino", "onnxruntime", "torch"], Field(description="The engine it runs best on.")
    ] = "auto"
    files: Annotated[tuple[ModelFile, ...], Field(min_length=1, description="Files beside the card.")]
    training: TrainingData
    training_ranges: TrainingRanges = TrainingRanges()
    figures: Annotated[tuple[Figure, ...], Field(description="How well it does, each with its test set.")] = ()
    trust: Annotated[TrustCalibration | None, Field(description="How the predicted Dice is made.")] = None
    example: Annotated[Example | None, Field(description="An input and what must come out, for `models test`.")] = None
    licence: Licence
    citation: tuple[Citation, ...] = ()
    urls: Annotated[tuple[str, ...], Field(description="Pages about the model.")] = ()
    digest: Annotated[
        str,
        Field(pattern="^([0-9a-f]{64})?$", description="SHA-256 of the card without this field; see `card_digest`."),
    ] = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        _check_unique("channels", [c.name for c in self.channels])
        _check_unique("labels", [label.name for label in self.labels])
        _check_unique("files", [file.name for file in self.files])
        if not any(c.required for c in self.channels):
            raise ValueError("channels: at least one must be required")
        if any(side < 1 for side in self.patch):
            raise ValueError("patch: every side must be at least 1")
        if any(edge is not None and edge <= 0 for edge in self.spacing_mm):
            raise ValueError("spacing_mm: every edge must be above 0, or null")
        if not any(file.role == "weights" for file in self.files):
            raise ValueError("files: one must have the role weights")
        if self.example is not None:
            self._check_example(self.example)
        return self

    def _check_example(self, example: Example) -> None:
        files = {file.name for file in self.files}
        missing = {*example.inputs.values(), *filter(None, [example.mask])} - files
        if missing:
            raise ValueError(f"example: {sorted(missing)} not among files")
        strange = set(example.inputs) - {c.name for c in self.channels}
        if strange:
            raise ValueError(f"example: {sorted(strange)} not among channels")

    def files_of(self, role: str) -> tuple[ModelFile, ...]:
        """Give the files of a role, in the card's order (members of an ensemble keep their places)."""
        return tuple(file for file in self.files if file.role == role)

    def to_json(self) -> dict[str, JsonValue]:
        """Give the card as JSON values, fields in the schema's order."""
        return self.model_dump(mode="json")


def _check_unique(field: str, names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise ValueError(f"{field}: every name must be used once")


def card_schema() -> dict[str, Any]:
    """Give the JSON schema (draft 2020-12) of model cards."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ModelCard.model_json_schema()}


def schema_text() -> str:
    """Give the text of ``resources/schemas/model-card.schema.json``."""
    return json.dumps(card_schema(), indent=2, sort_keys=True) + "\n"
