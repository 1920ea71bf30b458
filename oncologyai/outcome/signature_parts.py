"""The parts of a signature's card."""

from __future__ import annotations

from itertools import pairwise
from pathlib import PurePath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from oncologyai.robustness import STABILITY_CLASSES

__all__ = [
    "Baseline",
    "CohortCurve",
    "CohortDistance",
    "Endpoint",
    "Feature",
    "ImageSettings",
    "IndexModel",
    "LinearModel",
    "PrintedRatio",
    "Recalibration",
    "RiskGroups",
    "SignatureExample",
    "TrainingCohort",
    "TreesFile",
    "TreesModel",
]

Text = Annotated[str, Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Numbers = tuple[float, ...]
Matrix = tuple[Numbers, ...]


def _rising(value: tuple[float, float]) -> tuple[float, float]:
    if value[0] > value[1]:
        raise ValueError(f"expected low <= high, got {value[0]} > {value[1]}")
    return value


Range = Annotated[tuple[float, float], AfterValidator(_rising)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Endpoint(_Part):
    """What is predicted."""

    name: Annotated[str, Field(min_length=1, description="Such as 'death of any cause'.")]
    kind: Annotated[Literal["survival", "class"], Field(description="An event in time, or one of two classes.")]
    positive: Annotated[str, Field(description="Of classes: what class 1 is.")] = ""
    time_zero: Annotated[str, Field(description="Of survival: what days are counted from.")] = ""
    horizon_days: Annotated[float, Field(gt=0, description="Of survival: by when the risk is given.")] | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.kind == "class" and (not self.positive or self.horizon_days is not None):
            raise ValueError("endpoint: classes need positive, and have no horizon_days")
        return self


class TrainingCohort(_Part):
    """Whom it was learned from."""

    description: Text
    patients: Annotated[int, Field(ge=1)]
    events: Annotated[int, Field(ge=0, description="Events of the follow-up, or patients of class 1.")] | None = None
    inclusion: Annotated[tuple[str, ...], Field(description="Who was taken, and so whom it is for.")] = ()
    exclusion: tuple[str, ...] = ()
    attribution: Annotated[str, Field(description="What the data's licence asks to be said.")] = ""
    licence: str = ""
    urls: tuple[str, ...] = ()


class ImageSettings(_Part):
    """What the image features were computed with; features of other settings are other features."""

    modality: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    unit: Annotated[str, Field(description="Of the image's values; empty where it is not known.")] = ""
    settings: Annotated[dict[str, JsonValue], Field(description="Sections of a parameter file of pyradiomics.")] = {}
    sha256: Annotated[Sha256 | None, Field(description="See `features.settings_digest`; null: cannot be compared.")]
    described: Annotated[str, Field(description="In words, where there is no file.")] = ""


class Feature(_Part):
    """A number that the model takes, and the column that it is read from."""

    name: Text
    column: Annotated[str, Field(min_length=1, description="Of the user's table; several features may share one.")]
    level: Annotated[str, Field(description="Of a category: the value that makes this feature 1, others 0.")] = ""
    categories: Annotated[
        dict[str, str], Field(description="Every value that the column may have, and what it means; empty: a number.")
    ] = {}
    source: Annotated[str, Field(description="Such as clinical, VASARI, radiomics.")] = ""
    unit: str = ""
    description: str = ""
    range: Annotated[Range | None, Field(description="Least and greatest value in training.")] = None
    limits: Annotated[Range | None, Field(description="Beyond them a value cannot be meant in this unit.")] = None
    stability: Annotated[str, Field(description="Class of `robustness`; empty where it was not judged.")] = ""
    imputation: Annotated[float | None, Field(description="Of a missing value; null: it may not be missing.")] = None
    missing: Annotated[int, Field(ge=0, description="Training patients without a value.")] = 0
    shift: Annotated[float, Field(description="The model takes (value - shift) / scale.")] = 0.0
    scale: Annotated[float | None, Field(gt=0, description="null: by the user's own cohort, and so is the shift.")] = (
        1.0
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.level and self.level not in self.categories:
            raise ValueError(f"{self.name}: level {self.level!r} is not among the categories")
        if self.categories and not self.level and any(_number(value) is None for value in self.categories):
            raise ValueError(f"{self.name}: categories of text need a level")
        if self.stability and self.stability not in STABILITY_CLASSES:
            raise ValueError(f"{self.name}: stability is one of {', '.join(STABILITY_CLASSES)}")
        return self


class LinearModel(_Part):
    """A weighted sum: Cox's log relative hazard, or the logit of class 1."""

    kind: Literal["linear"] = "linear"
    link: Literal["cox", "logistic"]
    coefficients: Annotated[Numbers, Field(min_length=1, description="One a feature, of scaled values.")]
    intercept: Annotated[
        float, Field(description="Logistic: of the logit. Cox: log of the cumulative baseline hazard at the horizon.")
    ]
    covariance: Annotated[
        Matrix | None, Field(description="Of intercept and coefficients, in this order; null: no interval.")
    ] = None
    interval: Annotated[str, Field(description="What the interval holds, and what it leaves out.")] = ""


class Recalibration(_Part):
    """What makes a chance of the trees' margin, estimated on predictions that were held out."""

    slope: float
    intercept: float
    source: Annotated[str, Field(min_length=1, description="Which predictions, such as 'five folds'.")]


class TreesFile(_Part):
    """The model's file beside the card: xgboost's own JSON."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.json$")]
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _is_plain(self) -> Self:
        if PurePath(self.name).name != self.name:
            raise ValueError("file: expected a plain name, no folder")
        return self


class TreesModel(_Part):
    """Boosted trees."""

    kind: Literal["trees"] = "trees"
    link: Literal["cox", "aft", "logistic"]
    file: TreesFile
    recalibration: Annotated[Recalibration | None, Field(description="null: an index and its group, no chance.")] = None


class PrintedRatio(_Part):
    """A hazard ratio as it was printed."""

    hazard_ratio: Annotated[float, Field(gt=0)]
    interval: Range | None = None
    p: str = ""


class IndexModel(_Part):
    """A published sum of log hazard ratios without what an absolute risk needs."""

    kind: Literal["index"] = "index"
    coefficients: Annotated[Numbers, Field(min_length=1)]
    printed: Annotated[tuple[PrintedRatio, ...], Field(description="One a feature, of its own index.")]
    weights: Annotated[
        dict[str, PrintedRatio], Field(description="Of indices that are combined, by the source of their features.")
    ] = {}
    missing: Annotated[tuple[str, ...], Field(min_length=1, description="What one would need, and nobody printed.")]


class RiskGroups(_Part):
    """Groups by the predictor."""

    names: Annotated[tuple[Text, ...], Field(min_length=2, description="From the least predictor up.")]
    cuts: Annotated[Numbers, Field(min_length=1, description="Who is above a cut is in the next group.")]
    method: Annotated[str, Field(min_length=1, description="Such as 'median of the training patients'.")]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.names) != len(self.cuts) + 1 or list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("groups: one name more than cuts, and the cuts rising")
        return self


class Baseline(_Part):
    """Survival of a patient whose predictor is 0, at times that are not those of anybody's event."""

    times: Annotated[Numbers, Field(min_length=2, description="Days, rising.")]
    survival: Numbers

    @model_validator(mode="after")
    def _falls(self) -> Self:
        _check_curve("baseline", self.times, self.survival)
        return self


class CohortCurve(_Part):
    """Survival of training patients as observed, read at regular times."""

    name: Text
    patients: Annotated[int, Field(ge=1)]
    times: Numbers
    survival: Numbers

    @model_validator(mode="after")
    def _falls(self) -> Self:
        _check_curve(self.name, self.times, self.survival)
        return self


class CohortDistance(_Part):
    """How far training patients lie from the mean of the others: what a new patient is compared with.

    The distance is that of Mahalanobis over scaled features; ``quantiles`` are those of the training patients, each
    measured from the others, at equal shares from 0 to 1.
    """

    mean: Numbers
    inverse_covariance: Matrix
    quantiles: Annotated[Numbers, Field(min_length=3)]


class SignatureExample(_Part):
    """A patient who was made up, and what must come out."""

    values: Annotated[dict[str, float | str], Field(description="By column.")]
    predictor: float
    value: Annotated[float | None, Field(description="The chance of the event by the horizon, or of class 1.")] = None
    low: float | None = None
    high: float | None = None
    group: str = ""
    tolerance: Annotated[float, Field(gt=0)] = 1e-6


def _check_curve(name: str, times: Numbers, survival: Numbers) -> None:
    if len(times) != len(survival) or any(b <= a for a, b in pairwise(times)):
        raise ValueError(f"{name}: times rise, one survival a time")
    if any(not 0 <= s <= 1 for s in survival) or any(b > a for a, b in pairwise(survival)):
        raise ValueError(f"{name}: survival falls, from 1 to 0")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
