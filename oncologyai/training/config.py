"""The configuration of a training: what a YAML file says, checked whole before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from oncologyai.models import Channel, NetworkCall
from oncologyai.networks import NETWORKS
from oncologyai.training.losses import LOSSES, make_loss
from oncologyai.training.yaml_config import checked_config, read_yaml, recipes_in

__all__ = ["Augmentation", "DataSource", "Phase", "TrainConfig", "list_recipes", "load_config"]

Chance = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Span = tuple[float, float]

_RECIPES = "recipes"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DataSource(_Part):
    """Where the cases come from: a CSV of paths, or a folder of DICOM with RTSTRUCT.

    The CSV has columns ``case``, ``mask`` and one a channel's name, and may have ``patient`` and ``stratum``. Paths
    are relative to the CSV. An empty cell of an optional channel is a missing image.
    """

    table: str = ""
    dicom: str = ""
    structures: Annotated[
        tuple[str, ...], Field(description="Structures drawn on the first channel, united into the truth.")
    ] = ("GTV-1",)
    mask_on: Annotated[str, Field(description="Channel whose grid and field of view lead; empty: the first.")] = ""
    negatives: Annotated[
        bool, Field(description="Whether a label map of nothing but 0 is a case without a lesion; else it is refused.")
    ] = False
    crop_mm: Annotated[
        Positive | None, Field(description="Only the truth's box with this margin is used; null: the whole image.")
    ] = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if bool(self.table) == bool(self.dicom):
            raise ValueError("expected either table (a CSV) or dicom (a folder)")
        return self


class Augmentation(_Part):
    """What is changed at random in a sample; every chance is 0 unless said. Axes are (k, j, i)."""

    flip: Annotated[tuple[Chance, Chance, Chance], Field(description="Chance a flip of each axis.")] = (0, 0, 0)
    rotate: Chance = 0
    rotate_degrees: Annotated[tuple[float, float, float], Field(description="At most, about each axis.")] = (0, 0, 0)
    scale: Chance = 0
    scale_range: Span = (0.9, 1.1)
    stretch: Annotated[Chance, Field(description="Each axis scaled for itself.")] = 0
    stretch_range: Span = (0.9, 1.1)
    shift: Chance = 0
    shift_share: Annotated[tuple[float, float, float], Field(description="At most, of the patch.")] = (0, 0, 0)
    elastic: Chance = 0
    elastic_mm: Annotated[Span, Field(description="Deviation of the control points' shifts.")] = (2, 8)
    gain: Annotated[Chance, Field(description="Contrast: values times a factor.")] = 0
    gain_range: Span = (0.75, 1.25)
    offset: Annotated[Chance, Field(description="Brightness: a number added.")] = 0
    offset_range: Span = (-0.1, 0.1)
    gamma: Chance = 0
    gamma_range: Span = (0.75, 1.33)
    noise: Chance = 0
    noise_most: Annotated[float, Field(ge=0)] = 0.1
    blur: Chance = 0
    blur_voxels: Span = (0.5, 1.0)
    coarse: Annotated[Chance, Field(description="Simulated low resolution.")] = 0
    coarse_range: Span = (0.5, 0.9)
    bias: Annotated[Chance, Field(description="A smooth field over MR channels.")] = 0
    border: Annotated[Chance, Field(description="Cut off the sides of the view, never into the lesion.")] = 0
    border_mm: Annotated[float, Field(ge=0)] = 35.0
    field: Annotated[Chance, Field(description="Cut off more of the channels that have a field of view.")] = 0
    field_mm: Annotated[float, Field(ge=0)] = 30.0
    field_channels: tuple[str, ...] = ()
    absent: Annotated[
        Chance, Field(description="3D: only a part of the view beside the lesion is shown, and nothing is to be found.")
    ] = 0
    drop: Annotated[
        dict[str, Chance],
        Field(description="Chance that a channel, or several as 'ct+mr', is missing; at most one happens."),
    ] = {}

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        for name, value in self:
            if name.endswith("_range") or name in ("elastic_mm", "blur_voxels"):
                if value[0] > value[1]:
                    raise ValueError(f"{name}: expected low <= high, got {value[0]} and {value[1]}")
                if name != "offset_range" and value[0] <= 0:
                    raise ValueError(f"{name}: expected numbers above 0, got {value[0]}")
        if sum(self.drop.values()) > 1:
            raise ValueError("drop: the chances add up to more than 1")
        return self


class Phase(_Part):
    """Epochs under one loss."""

    epochs: Count
    loss: str = "dice-ce"
    arguments: dict[str, float | bool] = {}

    @model_validator(mode="after")
    def _has_a_loss(self) -> Self:
        if self.loss not in LOSSES:
            raise ValueError(f"loss: expected one of {', '.join(sorted(LOSSES))}, got {self.loss!r}")
        make_loss(self.loss, **self.arguments)
        return self


class TrainConfig(_Part):
    """A whole training. Unknown fields are refused.

    ``channels``, ``spacing_mm``, ``orientation``, ``interpolation``, ``region`` and ``outside`` mean what they mean in
    a model's card: training and inference prepare images by the same function. ``window`` is the
    card's ``patch``; of lungs, the size of the slices that patches are cut from.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    source: Annotated[str, Field(description="Where the recipe is described.")] = ""
    data: DataSource
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    spacing_mm: tuple[float | None, float | None, float | None]
    orientation: Annotated[str, Field(pattern="^[LR][AP][SI]$")] = "LPS"
    interpolation: Literal["nearest", "linear", "sinc"] = "linear"
    region: Annotated[
        Literal["whole", "lungs"],
        Field(description="lungs, of slice-wise networks: only slices that hold the lung region, each cut to it."),
    ] = "whole"
    outside: Annotated[Literal["keep", "fill"], Field(description="What stands outside the region.")] = "keep"
    network: NetworkCall
    begin_from: Annotated[
        str,
        Field(
            description="Weights (safetensors) of an earlier training to begin from, whose inputs are this network's "
            "first; {run} stands for fold-N or, where every case trains, final. Empty: at random."
        ),
    ] = ""
    patch: Annotated[tuple[Count, ...], Field(min_length=2, max_length=3, description="([k,] j, i); 2 numbers: 2D.")]
    batch: Count = 1
    samples: Annotated[Count, Field(description="Samples a case and epoch.")] = 1
    repeat_complete: Annotated[Count, Field(description="How often cases with every channel are seen an epoch.")] = 1
    on_lesion: Annotated[
        Chance | None, Field(description="Chance that a sample is centred in the lesion; null: anywhere alike.")
    ] = None
    augmentation: Augmentation = Augmentation()
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]
    steps_per_epoch: Annotated[Count | None, Field(description="Null: every case once.")] = None
    optimiser: Literal["adam", "adamw", "sgd"] = "adamw"
    learning_rate: Positive = 1e-3
    momentum: Annotated[float, Field(ge=0, lt=1, description="Of sgd.")] = 0.9
    weight_decay: Annotated[float, Field(ge=0, description="L2 in adam and sgd, decoupled in adamw.")] = 0.0
    schedule: Literal["constant", "cosine", "poly"] = "cosine"
    warm_up: Chance = 0.0
    clip_gradient: Annotated[Positive | None, Field(description="Largest norm of the gradient.")] = None
    average: Annotated[
        float, Field(ge=0, lt=1, description="Weights are averaged with this memory; 0: the last ones count.")
    ] = 0.0
    folds: Annotated[int, Field(ge=0, description="0: every case trains, none validates.")] = 5
    fold: Annotated[int | None, Field(ge=0, description="The fold that validates; null: all cases train.")] = 0
    validate_every: Annotated[Count, Field(description="Epochs.")] = 10
    keep: Annotated[
        Literal["best", "last"], Field(description="Weights kept: the best by the validating fold, or the last.")
    ] = "best"
    keep_epochs: Annotated[
        tuple[Count, ...], Field(description="Epochs after which the weights stay, as weights-EPOCH.safetensors.")
    ] = ()
    window: Annotated[
        tuple[Count, ...] | None, Field(description="([k,] j, i) of validation and inference; null: the patch.")
    ] = None
    margin: Annotated[int, Field(ge=0, description="Voxels of fill around the image in validation and inference.")] = 0
    shrink_to: Annotated[
        int, Field(ge=0, description="Windows larger than the image shrink to it, to a multiple of this; 0: they stay.")
    ] = 0
    overlap: Annotated[float, Field(ge=0, lt=1)] = 0.5
    seed: Annotated[int, Field(ge=0)] = 0
    model: Annotated[
        dict[str, JsonValue], Field(description="Fields of the model's card: title, labels, training, licence ...")
    ] = {}
    device: Annotated[str, Field(description="cpu, cuda, cuda:1, or auto.")] = "auto"
    precision: Annotated[
        Literal["auto", "f32", "bf16"], Field(description="auto: bf16 where a graphics card has it, else f32.")
    ] = "auto"
    threads: Annotated[int, Field(ge=0, description="Of the CPU; 0: torch's own number.")] = 0

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        spec = NETWORKS.get(self.network.name)
        if spec is None:
            raise ValueError(f"network.name: expected one of {', '.join(sorted(NETWORKS))}, got {self.network.name!r}")
        if spec.dims != len(self.patch):
            raise ValueError(f"patch: expected {spec.dims} numbers for {self.network.name}, got {len(self.patch)}")
        if self.window is not None and len(self.window) != len(self.patch):
            raise ValueError(f"window: expected {len(self.patch)} numbers as in patch, got {len(self.window)}")
        names = [channel.name for channel in self.channels]
        inputs = len(names) + sum(channel.field_of_view for channel in self.channels)
        given = self.network.arguments.get("in_channels", 1)
        if given != inputs:
            raise ValueError(f"network.arguments.in_channels: expected the {inputs} inputs of channels, got {given}")
        if self.region == "lungs" and (len(self.patch) != 2 or inputs != 1):
            raise ValueError("region: expected whole, or for lungs patches of 2 numbers and one channel")
        if self.region == "lungs" and self.data.crop_mm is not None:
            raise ValueError("data.crop_mm: expected null where the region is lungs")
        if self.fold is not None and self.folds and self.fold >= self.folds:
            raise ValueError(f"fold: expected 0 to {self.folds - 1}, got {self.fold}")
        if self.folds == 1:
            raise ValueError("folds: expected 0, or 2 and more, got 1")
        wanted = {part for key in self.augmentation.drop for part in key.split("+")}
        strange = (wanted | set(self.augmentation.field_channels) | ({self.data.mask_on} - {""})) - set(names)
        if strange:
            raise ValueError(f"expected channels {', '.join(names)}, got {', '.join(sorted(strange))}")
        return self

    @property
    def run(self) -> str:
        """Name this training among those of a cross-validation: ``fold-N``, or ``final`` where every case trains."""
        return "final" if self.fold is None else f"fold-{self.fold}"

    @property
    def epochs(self) -> int:
        """Epochs of all phases."""
        return sum(phase.epochs for phase in self.phases)

    def phase_at(self, epoch: int) -> tuple[Phase, int]:
        """Give the phase of an epoch from 0, and the epoch's number within it."""
        for phase in self.phases:
            if epoch < phase.epochs:
                return phase, epoch
            epoch -= phase.epochs
        return self.phases[-1], self.phases[-1].epochs

    def with_data(self, *, table: str = "", dicom: str = "") -> TrainConfig:
        """Give the same training on other data: a CSV or a folder of DICOM."""
        data = self.data.model_copy(update={"table": table, "dicom": dicom})
        return self.model_copy(update={"data": data})

    def to_dict(self) -> dict[str, JsonValue]:
        """Give plain values, ready for YAML and JSON."""
        return self.model_dump(mode="json")


def list_recipes() -> tuple[str, ...]:
    """Name the recipes that come with the library."""
    return recipes_in(_RECIPES)


def load_config(source: str | Path, **changes: Any) -> TrainConfig:
    """Read a configuration.

    Parameters
    ----------
    source : path-like
        A YAML file, or the name of a recipe of the library (see :func:`list_recipes`). Paths within are relative to
        the file; in a recipe, to the current folder.
    **changes
        Fields that replace the file's, such as ``fold=1``; None changes nothing.

    Raises
    ------
    MissingFileError
        If there is no such file or recipe.
    UnreadableFileError
        If it is no YAML, or no mapping.
    InputError
        If a field is unknown, missing or wrong: the first one is named.
    """
    raw, name, folder = read_yaml(source, _RECIPES)
    raw.update({key: value for key, value in changes.items() if value is not None})
    if raw.get("begin_from"):
        raw["begin_from"] = str(folder / str(raw["begin_from"]))
    if isinstance(raw.get("data"), dict):
        raw["data"] = {
            key: str(folder / value) if key in ("table", "dicom") and value else value
            for key, value in raw["data"].items()
        }
    return checked_config(TrainConfig, raw, name)
