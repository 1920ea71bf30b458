"""Cards of networks that tell bone scans with metastases: what goes in, how a probability is made of what comes out.

A card is a JSON file beside the exported network; its schema, ``resources/schemas/bonescan-model-card.schema.json``, is
made from BoneScanCard. Thresholds and calibration were found on held-out scans of the centres trained on, never on
those of a test.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from oncologyai.models.parts import Citation, Figure, Licence, ModelFile, NetworkCall, TrainingData

__all__ = [
    "BoneScanCard",
    "BoneScanForm",
    "BoneScanMember",
    "BoneScanPicture",
    "DecisionThreshold",
    "LogitCalibration",
    "bonescan_card_schema_text",
]

Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BoneScanPicture(_Part):
    """How a scan is prepared; the fields of ``scintigraphy.Preparation``."""

    height: Annotated[int, Field(ge=32, description="Rows of each view.")] = 512
    width: Annotated[int, Field(ge=16, description="Columns of each view.")] = 256
    scale: Literal["min-max", "counts"] = "min-max"
    most: Annotated[float, Field(gt=0, description="For counts: what times the body's median is 1.")] = 6.0
    logarithm: bool = False


class LogitCalibration(_Part):
    """From the network's logits to a calibrated probability and its uncertainty.

    The probability is the logistic function of ``intercept + slope * x``, x being the difference of both logits; with
    temperature scaling (Guo et al. 2017) the intercept is 0 and the slope 1 / temperature. ``covariance`` is that of
    (intercept, slope) as estimated on the held-out scans, so that a probability has an interval.
    """

    temperature: Annotated[float, Field(gt=0, description="Of the same scans by itself; told, not used further.")] = 1.0
    intercept: float = 0.0
    slope: Annotated[float, Field(gt=0)] = 1.0
    covariance: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))
    prevalence: Annotated[float, Field(gt=0, lt=1, description="Share with metastases that probabilities hold for.")]
    scans: Annotated[int, Field(ge=1, description="Held-out scans that it was found on.")]


class DecisionThreshold(_Part):
    """A scan of this calibrated probability or more is called positive; what that gave on the held-out scans."""

    rule: Annotated[str, Field(pattern=r"^(youden|sensitivity-0\.\d\d)$")]
    value: Share
    sensitivity: Share
    specificity: Share


class BoneScanMember(_Part):
    """One network: the exported form up to its last maps, and the head that follows."""

    maps: Text
    head: Text
    ranges: Annotated[
        tuple[Annotated[float, Field(gt=0)], ...],
        Field(description="Largest value into each convolution: with them it computes in 8 bits. Empty: in 32."),
    ] = ()


class BoneScanForm(_Part):
    """One way to run the model, with its own calibration and thresholds. Logits of several members are averaged."""

    members: Annotated[tuple[BoneScanMember, ...], Field(min_length=1)]
    picture: BoneScanPicture = BoneScanPicture()
    calibration: LogitCalibration
    thresholds: Annotated[tuple[DecisionThreshold, ...], Field(min_length=1, description="The default one first.")]
    figures: tuple[Figure, ...] = ()


class BoneScanCard(_Part):
    """Everything the library and a reader need to know of a bone-scan model. Unknown fields are refused."""

    schema_version: Literal[1] = 1
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="Its name in the store.")]
    title: Annotated[str, Field(min_length=1, description="One line for lists.")]
    description: Annotated[str, Field(description="What it does, and what it must not be used for.")] = ""
    origin: Annotated[str, Field(description="How these files came about.")] = ""
    task: Literal["bone-scan"] = "bone-scan"
    demonstration: Annotated[bool, Field(description="True: it shows how things work, and says nothing of patients.")]
    network: NetworkCall
    full: Annotated[BoneScanForm, Field(description="The most accurate form.")]
    fast: Annotated[BoneScanForm | None, Field(description="A quicker form, where there is one.")] = None
    files: Annotated[tuple[ModelFile, ...], Field(min_length=1, description="Files beside the card.")]
    training: TrainingData
    recipe: Annotated[dict[str, JsonValue], Field(description="The configuration that the training had.")] = {}
    figures: Annotated[tuple[Figure, ...], Field(description="How well it does, each with its test set.")] = ()
    licence: Licence
    citation: tuple[Citation, ...] = ()
    urls: tuple[str, ...] = ()
    digest: Annotated[str, Field(pattern="^([0-9a-f]{64})?$", description="SHA-256 of the card without it.")] = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        names = [file.name for file in self.files]
        if len(set(names)) < len(names):
            raise ValueError("files: every name must be used once")
        for form in filter(None, (self.full, self.fast)):
            named = {name for member in form.members for name in (member.maps, member.head)}
            if missing := sorted(named - set(names)):
                raise ValueError(f"members: {missing[0]} not among files")
            if len({threshold.rule for threshold in form.thresholds}) < len(form.thresholds):
                raise ValueError("thresholds: every rule must be used once")
        return self

    def files_of(self, role: str) -> tuple[ModelFile, ...]:
        """Give the files of a role, in the card's order."""
        return tuple(file for file in self.files if file.role == role)

    def to_json(self) -> dict[str, JsonValue]:
        """Give the card as JSON values, fields in the schema's order."""
        return self.model_dump(mode="json")


def bonescan_card_schema_text() -> str:
    """Give the text of ``resources/schemas/bonescan-model-card.schema.json``."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **BoneScanCard.model_json_schema(),
    }
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
