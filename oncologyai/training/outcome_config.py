"""The configuration of a network's training on an outcome: what a YAML file says, checked whole before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from oncologyai.errors import InputError
from oncologyai.models import Channel, NetworkCall, OutcomeInput
from oncologyai.networks import OUTCOME_NETWORKS, build_outcome_network
from oncologyai.training.yaml_config import checked_config, read_yaml, recipes_in

__all__ = [
    "BeginFrom",
    "OutcomeAugmentation",
    "OutcomeSource",
    "OutcomeTrainConfig",
    "StemWeights",
    "list_outcome_recipes",
    "load_outcome_config",
]

Chance = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Text = Annotated[str, Field(min_length=1)]

_RECIPES = "recipes/outcome"
_STEMMED = ("2be3net", "resnet-conv2d")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class OutcomeSource(_Part):
    """A CSV of images and outcomes, a row a case: a patient, or a lesion of one.

    Paths are relative to the CSV. ``columns`` gives the column of a channel's images where it has another name.
    """

    table: Text
    case: Text = "case"
    patient: Annotated[str, Field(description="Column; empty: the case is the patient.")] = "patient"
    label: Text
    positive: str = "1"
    columns: dict[str, str] = {}
    mask: Annotated[str, Field(description="Column of masks; needed where the input looks at one.")] = ""


class OutcomeAugmentation(_Part):
    """What is changed at random in a sample, beside the slices that are drawn."""

    flip: Annotated[tuple[Chance, Chance, Chance], Field(description="Chance a flip of each axis (k, j, i).")] = (
        0,
        0,
        0,
    )
    rotate: Chance = 0
    rotate_degrees: Annotated[float, Field(ge=0, le=180, description="In the slice, at most, either way.")] = 0


class StemWeights(_Part):
    """Public weights of ResNet-50, in torchvision's names, for the frozen first layers."""

    path: Text
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    what: Annotated[str, Field(min_length=1, description="Such as 'ResNet-50, ImageNet (torchvision V1)'.")]
    licence: str = ""


class BeginFrom(_Part):
    """An earlier training of the same network, such as on another label."""

    path: Annotated[str, Field(min_length=1, description="Its folder: card.json and weights.safetensors.")]
    reset_last: Annotated[bool, Field(description="Whether the last layer begins at random.")] = True


class OutcomeTrainConfig(_Part):
    """A whole training. Unknown fields are refused.

    ``channels`` and ``image`` mean what they mean in the model's card. The number of epochs is fixed beforehand, or
    chosen from ``epochs_tried`` in folds within the training patients: the held-out patients choose nothing.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    source: Annotated[str, Field(description="Where the recipe is described.")] = ""
    data: OutcomeSource
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    image: OutcomeInput
    network: NetworkCall
    stem: Annotated[StemWeights | None, Field(description="Null: the frozen layers are random.")] = None
    begin_from: BeginFrom | None = None
    train_on: Annotated[
        Literal["all", "patients-with-event"],
        Field(description="patients-with-event: only patients who have a positive case are learned from (ch. 4)."),
    ] = "all"
    class_weights: Annotated[
        Literal["balanced", "none"], Field(description="balanced: both classes weigh alike in the cross-entropy.")
    ] = "balanced"
    augmentation: OutcomeAugmentation = OutcomeAugmentation()
    batch: Count = 6  # 2Be3-Net, section 3.2
    epochs: Count = 50
    epochs_tried: Annotated[
        tuple[Count, ...], Field(description="Empty: `epochs`; else the one that does best in the inner folds.")
    ] = ()
    inner_folds: Annotated[int, Field(ge=2)] = 3
    optimiser: Literal["adam", "adamw"] = "adam"
    learning_rate: Positive = 1e-5  # 2Be3-Net, section 3.2; ch. 4, 2.5
    weight_decay: Annotated[float, Field(ge=0, description="L2 in adam, decoupled in adamw.")] = 1e-2  # 2Be3-Net, 3.2
    schedule: Literal["constant", "cosine", "poly"] = "constant"
    folds: Annotated[int, Field(ge=0, description="0: every case trains.")] = 5
    fold: Annotated[int | None, Field(ge=0, description="The fold held out; null: all cases train.")] = None
    cache_stem: Annotated[
        bool, Field(description="Keep what the frozen layers make of each slice; not where samples are rotated.")
    ] = False
    seed: Annotated[int, Field(ge=0)] = 0
    model: Annotated[dict[str, JsonValue], Field(description="Fields of the card: title, training, licence ...")] = {}
    device: str = "auto"
    threads: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.network.name not in OUTCOME_NETWORKS:
            known = ", ".join(sorted(OUTCOME_NETWORKS))
            raise ValueError(f"network.name: expected one of {known}, got {self.network.name!r}")
        if strange := {"size", "classes", "in_channels"} & set(self.network.arguments):
            raise ValueError(f"network.arguments: expected none that image and channels say, got {sorted(strange)[0]}")
        if self.stemmed and len(self.channels) != 1:
            raise ValueError(f"channels: expected one for {self.network.name}, got {len(self.channels)}")
        if not self.stemmed and (self.stem is not None or self.cache_stem):
            raise ValueError(f"stem, cache_stem: expected a network with frozen layers, got {self.network.name}")
        if self.cache_stem and self.augmentation.rotate:
            raise ValueError("cache_stem: expected no rotation, which makes every sample's slices new")
        if any(channel.field_of_view or not channel.required for channel in self.channels):
            raise ValueError("channels: expected required ones without a field of view")
        if any(channel.normalisation.kind == "preset" for channel in self.channels):
            raise ValueError("channels: expected a normalisation of values, not a preset; see image")
        if self.folds == 1 or (self.fold is not None and self.fold >= self.folds):
            raise ValueError(f"fold: expected one of 2 or more folds, got {self.fold} of {self.folds}")
        if strange_columns := set(self.data.columns) - {channel.name for channel in self.channels}:
            raise ValueError(f"data.columns: expected channels, got {sorted(strange_columns)[0]}")
        return self

    @property
    def stemmed(self) -> bool:
        """Whether the network begins with frozen layers."""
        return self.network.name in _STEMMED

    @property
    def call(self) -> NetworkCall:
        """How the network is built, the input's size and channels said."""
        given: dict[str, JsonValue] = {**self.network.arguments, "size": list(self.image.size)}
        if not self.stemmed:
            given["in_channels"] = len(self.channels)
        return NetworkCall(name=self.network.name, arguments=given)

    @property
    def needs_mask(self) -> bool:
        """Whether the input looks at a mask."""
        return self.image.region == "mask" if self.image.kind == "slices" else self.image.attenuate

    def to_dict(self) -> dict[str, JsonValue]:
        """Give plain values, ready for YAML and JSON."""
        return self.model_dump(mode="json")


def list_outcome_recipes() -> tuple[str, ...]:
    """Name the recipes of outcomes that come with the library."""
    return recipes_in(_RECIPES)


def load_outcome_config(source: str | Path, *, table: str = "", **changes: Any) -> OutcomeTrainConfig:
    """Read a configuration.

    Parameters
    ----------
    source : path-like
        A YAML file, or the name of a recipe (see :func:`list_outcome_recipes`). Paths within are relative to the file;
        in a recipe, to the current folder.
    table : str
        The CSV, instead of the file's.
    **changes
        Fields that replace the file's; None changes nothing.

    Raises
    ------
    MissingFileError, UnreadableFileError
        As reading the file.
    InputError
        If a field is unknown, missing or wrong, or an argument is not the network's: the first one is named.
    """
    raw, name, folder = read_yaml(source, _RECIPES)
    raw.update({key: value for key, value in changes.items() if value is not None})
    for part, field in (("data", "table"), ("stem", "path"), ("begin_from", "path")):
        if isinstance(raw.get(part), dict) and raw[part].get(field):
            raw[part] = {**raw[part], field: str(folder / str(raw[part][field]))}
    if table and isinstance(raw.get("data"), dict):
        raw["data"] = {**raw["data"], "table": table}
    config = checked_config(OutcomeTrainConfig, raw, name)
    _check_network(config, name)
    return config


def _check_network(config: OutcomeTrainConfig, name: str) -> None:
    """Build the network without numbers, so that wrong arguments are told before cases are prepared."""
    import torch

    with torch.device("meta"):
        try:
            build_outcome_network(config.call.name, **config.call.arguments)
        except (RuntimeError, ValueError) as error:
            raise InputError(f"{name}: network.arguments", expected=f"those of {config.call.name}",
                             got=" ".join(str(error).split())[:160]) from error  # fmt: skip
