"""Signatures: a model of outcome as a card that anybody can apply, with all that a prediction needs to be judged.

A card is a JSON file; its schema, published in ``resources/schemas/signature.schema.json``, is made from Signature.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from oncologyai.models import Citation, Figure, Licence
from oncologyai.outcome.signature_parts import (
    Baseline,
    CohortCurve,
    CohortDistance,
    Endpoint,
    Feature,
    ImageSettings,
    IndexModel,
    LinearModel,
    RiskGroups,
    SignatureExample,
    TrainingCohort,
    TreesModel,
)

__all__ = ["Signature", "signature_schema", "signature_schema_text"]


class Signature(BaseModel):
    """Everything that applying a model of outcome, and believing it or not, takes. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    schema_version: Literal[1] = 1
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="Its name on the command line.")]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")] = "1.0.0"
    title: Annotated[str, Field(min_length=1, description="One line for lists.")]
    description: Annotated[str, Field(description="What it says, and what it must not be used for.")] = ""
    demonstration: Annotated[bool, Field(description="Whether it shows how this works and nothing more.")]
    origin: Annotated[str, Field(description="The command that makes this card.")] = ""
    endpoint: Endpoint
    cohort: TrainingCohort
    image: Annotated[ImageSettings | None, Field(description="null where no feature is of an image.")] = None
    features: Annotated[tuple[Feature, ...], Field(min_length=1, description="In the model's order.")]
    model: Annotated[LinearModel | TreesModel | IndexModel, Field(discriminator="kind")]
    baseline: Baseline | None = None
    groups: RiskGroups | None = None
    curves: Annotated[tuple[CohortCurve, ...], Field(description="Of the training patients, by risk group.")] = ()
    predictors: Annotated[
        tuple[float, ...], Field(description="Quantiles of the training patients' predictor, at equal shares.")
    ] = ()
    distance: CohortDistance | None = None
    performance: Annotated[tuple[Figure, ...], Field(description="How well it does, with intervals, and on whom.")] = ()
    licence: Licence
    citation: tuple[Citation, ...] = ()
    urls: tuple[str, ...] = ()
    example: SignatureExample | None = None
    digest: Annotated[
        str, Field(pattern="^([0-9a-f]{64})?$", description="SHA-256 of the card without this field.")
    ] = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        names = [feature.name for feature in self.features]
        if len(set(names)) != len(names):
            raise ValueError("features: every name must be used once")
        if isinstance(self.model, TreesModel):
            _check_link(self.model.link, self.endpoint)
        else:
            _check_sizes(self.model, len(names))
        if isinstance(self.model, LinearModel):
            _check_link(self.model.link, self.endpoint)
            if self.model.link == "cox" and (self.baseline is None or self.endpoint.horizon_days is None):
                raise ValueError("baseline: a survival signature needs it, and a horizon")
        by_user = [feature.name for feature in self.features if feature.scale is None]
        if by_user and not isinstance(self.model, IndexModel):
            raise ValueError(f"features: only an index takes its scaling from the user, not {by_user[0]}")
        if self.distance is not None:
            _check_distance(self.distance, len(names))
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that a table must have, each once."""
        return tuple(dict.fromkeys(feature.column for feature in self.features))

    @property
    def gives_chance(self) -> bool:
        """Tell whether it gives an absolute risk or chance, not an index alone."""
        if isinstance(self.model, TreesModel):
            return self.model.recalibration is not None
        return isinstance(self.model, LinearModel)

    def to_json(self) -> dict[str, JsonValue]:
        """Give the card as JSON values, fields in the schema's order."""
        return self.model_dump(mode="json")


def signature_schema() -> dict[str, Any]:
    """Give the JSON schema (draft 2020-12) of signatures."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Signature.model_json_schema()}


def signature_schema_text() -> str:
    """Give the text of ``resources/schemas/signature.schema.json``."""
    return json.dumps(signature_schema(), indent=2, sort_keys=True) + "\n"


def _check_link(link: str, endpoint: Endpoint) -> None:
    if (link == "logistic") != (endpoint.kind == "class"):
        raise ValueError(f"model: {link} does not go with an endpoint of {endpoint.kind}")


def _check_sizes(model: LinearModel | IndexModel, count: int) -> None:
    if len(model.coefficients) != count:
        raise ValueError(f"model: {count} features need as many coefficients, got {len(model.coefficients)}")
    if isinstance(model, IndexModel) and len(model.printed) != count:
        raise ValueError(f"model: {count} features need as many printed ratios, got {len(model.printed)}")
    if isinstance(model, LinearModel) and model.covariance is not None:
        _check_square("model: covariance", model.covariance, count + 1)


def _check_distance(distance: CohortDistance, count: int) -> None:
    if len(distance.mean) != count:
        raise ValueError(f"distance: {count} features need as many means, got {len(distance.mean)}")
    _check_square("distance: inverse_covariance", distance.inverse_covariance, count)
    if list(distance.quantiles) != sorted(distance.quantiles):
        raise ValueError("distance: quantiles rise")


def _check_square(name: str, matrix: tuple[tuple[float, ...], ...], size: int) -> None:
    if len(matrix) != size or any(len(row) != size for row in matrix):
        raise ValueError(f"{name}: expected {size} x {size} numbers")
