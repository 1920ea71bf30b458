"""The parts of a model card."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from oncologyai.resources import terminology_names

__all__ = [
    "PICKLE_SUFFIXES",
    "AsIs",
    "Bins",
    "Channel",
    "Citation",
    "Coded",
    "Example",
    "Figure",
    "Label",
    "Licence",
    "Logarithm",
    "ModelFile",
    "NetworkCall",
    "Normalisation",
    "PresetSteps",
    "Quantiles",
    "Robust",
    "TrainingData",
    "TrainingRanges",
    "TrustCalibration",
    "Window",
    "ZScore",
]

PICKLE_SUFFIXES = frozenset({".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".bin", ".joblib"})
"""Endings of files that may run code when they are read."""


def _check_range(value: tuple[float, float]) -> tuple[float, float]:
    if value[0] > value[1]:
        raise ValueError(f"expected low <= high, got {value[0]} > {value[1]}")
    return value


Range = Annotated[tuple[float, float], AfterValidator(_check_range)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]
Url = Annotated[str, Field(pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?/\S*|)$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class AsIs(_Part):
    """Intensities go in as they are."""

    kind: Literal["as-is"] = "as-is"


class Window(_Part):
    """Intensities are clipped to ``low``..``high`` and scaled to 0..1, or with ``signed`` to -1..1."""

    kind: Literal["window"] = "window"
    low: float
    high: float
    signed: bool = False

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"expected low < high, got {self.low} and {self.high}")
        return self


class ZScore(_Part):
    """Clipped if ``clip`` is given, then less the mean, by the deviation: the image's own where none are given."""

    kind: Literal["z-score"] = "z-score"
    clip: Range | None = None
    mean: float | None = None
    deviation: Annotated[float, Field(gt=0)] | None = None
    foreground: Annotated[bool, Field(description="Own mean and deviation over voxels that are not 0 only.")] = False


class Quantiles(_Part):
    """The image's own quantiles ``low`` and ``high`` go to 0 and 1, what lies beyond is clipped: any scale is the same.

    With ``foreground`` the quantiles are those of the voxels that are not 0.
    """

    kind: Literal["quantiles"] = "quantiles"
    low: Share = 0.01
    high: Share = 0.99
    foreground: bool = True


class Bins(_Part):
    """Intensities are clipped to ``low``..``high`` and replaced by the number of their bin, from 0, ``width`` wide.

    There are ceil((high - low) / width) bins; ``high`` itself belongs to the last one.
    """

    kind: Literal["bins"] = "bins"
    low: float
    high: float
    width: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"expected low < high, got {self.low} and {self.high}")
        return self


class Logarithm(_Part):
    """Intensities are clipped to 0..``high`` and replaced by log(1 + value): for SUV, whose tail is long."""

    kind: Literal["logarithm"] = "logarithm"
    high: Annotated[float, Field(gt=0)] = 50.0


class Robust(_Part):
    """Less the median, by the spread from quantile 0.05 to 0.95, clipped to +-``clip``: any scale is the same.

    Median and spread are those of the voxels above ``floor`` times the image's quantile 0.99.
    """

    kind: Literal["robust"] = "robust"
    floor: Share = 0.1
    clip: Annotated[float, Field(gt=0)] = 3.0


class PresetSteps(_Part):
    """A preset of ``harmonize`` by name, geometry and all."""

    kind: Literal["preset"] = "preset"
    preset: Text


Normalisation = Annotated[
    AsIs | Window | Bins | ZScore | Quantiles | Logarithm | Robust | PresetSteps, Field(discriminator="kind")
]


class Channel(_Part):
    """One input image of a model."""

    name: Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", description="What `--channel NAME=FILE` calls it.")]
    modality: Annotated[str, Field(pattern="^[A-Z]{2}$", description="DICOM Modality (0008,0060).")]
    required: bool = True
    unit: Annotated[str, Field(description="Unit of the intensities: HU, SUVbw, arbitrary ...")] = "arbitrary"
    normalisation: Normalisation = AsIs()
    fill: Annotated[float, Field(description="What stands, normalised, where the channel is missing or ends.")] = 0.0
    field_of_view: Annotated[
        bool, Field(description="Whether a further input follows: 1 where the image is, 0 where it is missing or ends.")
    ] = False


class Coded(_Part):
    """A coded concept: value, coding scheme designator, meaning."""

    value: Text
    scheme: Text = "SCT"
    meaning: Text


class Label(_Part):
    """What an output channel of the network means."""

    name: Annotated[str, Field(min_length=1, description="The segment's name.")]
    channel: Annotated[int, Field(ge=0, description="Output channel of the network.")] = 0
    terminology: Annotated[str, Field(description="A name of resources/terminology.json; or category and type.")] = ""
    category: Coded | None = None
    type: Coded | None = None

    @field_validator("terminology")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value and value not in terminology_names():
            raise ValueError(f"expected one of {', '.join(terminology_names())}, got {value!r}")
        return value

    @model_validator(mode="after")
    def _is_coded(self) -> Self:
        if not self.terminology and (self.category is None or self.type is None):
            raise ValueError("expected a terminology name, or category and type")
        return self


class NetworkCall(_Part):
    """How the network is built: ``build_network(name, **arguments)``."""

    name: Text
    arguments: dict[str, JsonValue] = {}


class ModelFile(_Part):
    """A file beside the card."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="A plain name, no folder.")]
    role: Annotated[
        Literal["weights", "onnx", "example", "other"],
        Field(description="weights: safetensors; onnx: the exported form; one a member of an ensemble, in order."),
    ]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(ge=1)]
    url: Annotated[Url, Field(description="Where `models download` gets it; empty if it comes with the card.")] = ""

    @field_validator("name")
    @classmethod
    def _is_harmless(cls, value: str) -> str:
        if PurePath(value).suffix.lower() in PICKLE_SUFFIXES:
            raise ValueError(f"expected no pickle, got {value}; weights are safetensors")
        if value == "card.json":
            raise ValueError("expected a file beside the card, got the card itself")
        return value

    @model_validator(mode="after")
    def _has_the_suffix_of_its_role(self) -> Self:
        suffix = {"weights": ".safetensors", "onnx": ".onnx"}.get(self.role, "")
        if not self.name.endswith(suffix):
            raise ValueError(f"expected a name ending in {suffix} for {self.role}, got {self.name}")
        return self


class TrainingData(_Part):
    """What the model learned from."""

    description: Text
    patients: Annotated[int, Field(ge=0)] | None = None
    synthetic: Annotated[bool, Field(description="True where no real patient was seen.")] = False
    attribution: Annotated[str, Field(description="What the data's licence asks to be said.")] = ""
    licence: str = ""
    urls: tuple[str, ...] = ()


class TrainingRanges(_Part):
    """Ranges (low, high) of the training images; an input outside them is unlike the training data. Empty: unknown."""

    spacing_mm: Annotated[tuple[Range, Range, Range] | None, Field(description="Of (i, j, k).")] = None
    field_of_view_mm: Annotated[tuple[Range, Range, Range] | None, Field(description="Of (i, j, k).")] = None
    intensities: Annotated[
        dict[str, dict[str, Range]],
        Field(description="By channel and quantile, such as {'pet': {'0.5': [0.4, 1.9]}}, before normalisation."),
    ] = {}
    orientations: Annotated[tuple[str, ...], Field(description="Such as LPS; empty: any.")] = ()

    @field_validator("intensities")
    @classmethod
    def _are_quantiles(cls, value: dict[str, dict[str, Range]]) -> dict[str, dict[str, Range]]:
        for channel, quantiles in value.items():
            for text in quantiles:
                try:
                    inside = 0 <= float(text) <= 1
                except ValueError:
                    inside = False
                if not inside:
                    raise ValueError(f"{channel}: expected a quantile from 0 to 1, got {text!r}")
        return value


class Figure(_Part):
    """A figure of merit and the images it was found on."""

    metric: Annotated[str, Field(min_length=1, description="Such as 'mean Dice'.")]
    value: float
    unit: str = ""
    interval: Range | None = None
    test_set: Annotated[str, Field(min_length=1, description="Which images, and that none was trained on (or why).")]
    cases: Annotated[int, Field(ge=1)] | None = None


class TrustCalibration(_Part):
    """How a case's Dice is predicted: ``intercept + sum(weights[f] * f)`` over the case's own features."""

    method: Annotated[Literal["ensemble", "dropout", "flips"], Field(description="What disagrees.")]
    intercept: float
    weights: dict[str, float]
    half_width: Annotated[float, Field(ge=0, description="The interval is the prediction, more or less this.")]
    level: Annotated[float, Field(gt=0, lt=1, description="Share of cases that the interval should hold.")] = 0.9
    figures: tuple[Figure, ...] = ()


class Example(_Part):
    """An input and what must come out."""

    inputs: Annotated[dict[str, str], Field(description="File of each channel, among the card's files.")] = {}
    sample: Annotated[str, Field(description="Or a synthetic sample by name.")] = ""
    mask: Annotated[str, Field(description="The expected mask, among the card's files.")] = ""
    volume_ml: Annotated[float, Field(ge=0, description="The expected volume.")]
    tolerance_ml: Annotated[float, Field(ge=0, description="How far the volume may be off.")]
    minimum_dice: Annotated[Share, Field(description="With the expected mask, where there is one.")] = 0.99

    @model_validator(mode="after")
    def _has_one_input(self) -> Self:
        if bool(self.inputs) == bool(self.sample):
            raise ValueError("expected either inputs or a sample")
        return self


class Licence(_Part):
    """What one may do with the weights."""

    name: Text
    url: Url = ""
    commercial: Annotated[bool, Field(description="Whether commercial use is allowed.")]
    restrictions: tuple[str, ...] = ()
    attribution: Annotated[str, Field(description="What must be said where the weights or results are passed on.")] = ""


class Citation(_Part):
    """A publication to cite."""

    text: Text
    doi: Annotated[str, Field(pattern=r"^(10\.\S+|)$")] = ""
