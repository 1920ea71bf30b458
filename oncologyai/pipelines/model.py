"""Segment with a trained model: where it looks, what of it is kept, and what is told of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from oncologyai._checks import check_choice, check_positive
from oncologyai.errors import InputError, OutsideImageError
from oncologyai.inference import (
    ENGINES,
    Estimate,
    InferenceConfig,
    ModelSegmentation,
    Trust,
    choose_device,
    choose_engine,
    segment_with_model,
)
from oncologyai.pipelines.channels import ModelInputs, match_channels
from oncologyai.pipelines.parts import keep_parts
from oncologyai.pipelines.view import Box, View, box_around, check_points, cut_view
from oncologyai.progress import Part, Stages
from oncologyai.types import Mask, Point, Volume

if TYPE_CHECKING:
    from oncologyai.models import ModelCard, StoredModel

__all__ = ["ModelConfig", "ModelFinding", "ModelRun", "model_inputs", "run_model"]


@dataclass(frozen=True)
class ModelConfig:
    """Settings of a segmentation by a trained model; None takes what its card says.

    Parameters
    ----------
    model : str
        Its id; see ``oncology-ai models list``.
    box_ras : tuple of 6 float, optional
        Two opposite corners (R, A, S, R, A, S) in mm of where to look.
    max_distance_mm : float, > 0
        With seeds and no box, how far around them to look; also how far from a seed a part may be to be kept.
    all_lesions : bool
        Whether all parts found are kept, and not only the one at the seed or what the card says.
    device : str
        ``auto`` (a graphics card that torch can use, else the processor), ``cpu``, ``cuda`` ...
    engine : {'auto', 'openvino', 'onnxruntime', 'torch'}
        What runs the network.
    members, threshold, overlap, minimum_ml, precision, threads
        See ``InferenceConfig``.
    random_seed : int
        Of dropout.

    Raises
    ------
    InputError
        If a value is outside its range.
    """

    model: str
    box_ras: Box | None = None
    max_distance_mm: float = 80.0
    all_lesions: bool = False
    device: str = "auto"
    engine: str = "auto"
    members: str = "auto"
    threshold: float | None = None
    overlap: float | None = None
    minimum_ml: float | None = None
    precision: str = "f32"
    threads: int = 0
    random_seed: int = 0

    def __post_init__(self) -> None:
        if not self.model:
            raise InputError("model", expected="the id of a model", got="none", remedy="see oncology-ai models list")
        check_positive(self.max_distance_mm, "max_distance_mm", "mm")
        check_choice(self.engine, {"auto", *ENGINES}, "engine")
        if self.box_ras is not None:
            object.__setattr__(self, "box_ras", _checked_box(self.box_ras))
        self.inference("cpu", None)

    def inference(self, device: str, components: str | None) -> InferenceConfig:
        """Give what the inference is told."""
        return InferenceConfig(
            engine=self.engine,
            device=device,
            precision=self.precision,
            threads=self.threads,
            overlap=self.overlap,
            threshold=self.threshold,
            components=components,
            minimum_ml=self.minimum_ml,
            members=self.members,
            seed=self.random_seed,
        )


@dataclass(frozen=True, eq=False)
class ModelFinding:
    """What a model found, besides the lesions.

    Attributes
    ----------
    card : mapping
        The model's card, as JSON values.
    trust : Trust
        Whether a tumour was found, the Dice to be expected, in what the input is unlike the training data.
    probability : Volume
        On the first image's grid, 0 where the model did not look.
    disagreement : Volume or None
        The members' standard deviation, 0-0.5; None without members.
    engine, device : str
        What ran.
    weights_sha256 : mapping of str to str
        Of each file that was used.
    estimate : Estimate or None
        What the network was foretold to take.
    """

    card: Mapping[str, Any]
    trust: Trust
    probability: Volume
    disagreement: Volume | None
    engine: str
    device: str
    weights_sha256: Mapping[str, str]
    estimate: Estimate | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give all but the images as JSON values: ``card``, ``trust`` (with ``sentence``), ``engine`` and the rest."""
        trust = self.trust
        interval = None if trust.interval is None else list(trust.interval)
        said = {"interval": interval, "warnings": list(trust.warnings), "sentence": trust.sentence()}
        return {
            "card": dict(self.card),
            "trust": {**asdict(trust), **said},
            "engine": self.engine,
            "device": self.device,
            "weights_sha256": dict(self.weights_sha256),
            "estimate": None if self.estimate is None else asdict(self.estimate),
        }


@dataclass(frozen=True, eq=False)
class ModelRun:
    """Lesions on the first image's grid, the largest first, what else was found, and notes."""

    inputs: ModelInputs
    masks: tuple[Mask, ...]
    finding: ModelFinding
    notes: tuple[str, ...]


def model_inputs(config: ModelConfig, volume: Volume, channels: Mapping[str, Volume] | None = None) -> ModelInputs:
    """Match images with the channels of the model; raises as ``Store.get`` and ``match_channels``."""
    from oncologyai.models import Store

    return match_channels(Store().get(config.model).segmentation, volume, channels)


def run_model(
    volume: Volume,
    channels: Mapping[str, Volume],
    inside: Sequence[Point],
    outside: Sequence[Point],
    config: ModelConfig,
    stages: Stages,
) -> ModelRun:
    """Run a model of the store on images; see ``segment`` for what goes in, comes out and is raised."""
    from oncologyai.models import Store

    store = Store()
    stored = store.get(config.model)
    inputs = match_channels(stored.segmentation, volume, channels)
    view, box = _look(inputs, stored.segmentation, inside, outside, config)
    device = choose_device(config.device, engine=config.engine)
    roles = _roles(stored.segmentation, config, device)
    with stages("verify the model", share=0.0):
        store.verify(config.model, roles=roles, progress=Part(stages.progress, 0.0, 0.03))
    keep = "all" if config.all_lesions else "seed" if inside else stored.segmentation.components
    found = segment_with_model(
        view.volumes,
        stored.segmentation,
        stored.path,
        config=config.inference(device, "all" if config.all_lesions or inside or outside else None),
        box=box,
        progress=Part(stages.progress, 0.03, 0.97),
    )
    stages.seconds.update(found.seconds)
    with stages("keep lesions", share=0.97):
        kept, notes = keep_parts(found.lesions, inside, outside, keep=keep, max_distance_mm=config.max_distance_mm)
        masks = tuple(
            replace(m, array=view.back(inputs.volume, m.array), ijk_to_ras=inputs.volume.ijk_to_ras) for m in kept
        )
    cut = tuple(
        f"{part.label} reaches the edge of the box and may go on: look farther by box or max_distance_mm"
        for part in kept
        if part.array.shape != inputs.volume.shape and view.is_reached(part.array, inputs.volume)
    )
    finding = _finding(stored, roles, inputs.volume, view, found, bool(masks))
    return ModelRun(inputs, masks, finding, (*inputs.notes, *view.notes, *found.notes, *notes, *cut))


def _look(
    inputs: ModelInputs, card: ModelCard, inside: Sequence[Point], outside: Sequence[Point], config: ModelConfig
) -> tuple[View, Mask | None]:
    """Give what the model is shown; models that look for a region of their own are shown all, with the box beside."""
    check_points(inputs.volume, inside, "seed inside")
    check_points(inputs.volume, outside, "seed outside")
    box = config.box_ras
    if box is None and inside:
        box = box_around(inside, config.max_distance_mm)
    elif box is not None:
        for point in inside:
            if not all(box[n] <= point.ras[n] <= box[n + 3] for n in range(3)):
                text = ", ".join(f"{v:.1f}" for v in point.ras)
                raise OutsideImageError("seed inside", expected="a point in the box", got=f"({text})")
    required = [c.name for c in card.channels if c.required]
    view = cut_view(inputs, box, required=required)
    if box is None or (card.region == "whole" and len(card.patch) == 3):
        return view, None
    whole = cut_view(inputs, None)
    # a model of slices looks at the lungs whatever the box: it is told of one only where the user gave one
    wanted = len(card.patch) == 3 or config.box_ras is not None
    return whole, view.mask(inputs.volume) if wanted else None


def _roles(card: ModelCard, config: ModelConfig, device: str) -> tuple[str, ...]:
    dropout = config.members == "dropout" or (
        config.members == "auto" and card.trust is not None and card.trust.method == "dropout"
    )
    engine = "torch" if dropout else choose_engine(card, engine=config.engine, device=device)
    return ("weights" if engine == "torch" else "onnx",)


def _finding(
    stored: StoredModel, roles: tuple[str, ...], first: Volume, view: View, found: ModelSegmentation, kept: bool
) -> ModelFinding:
    trust = found.trust
    if trust.found and not kept:
        trust = Trust(False, None, None, 0.0, {}, trust.warnings)
    return ModelFinding(
        card=stored.segmentation.to_json(),
        trust=trust,
        probability=_whole(first, view, found.probability),
        disagreement=None if found.disagreement is None else _whole(first, view, found.disagreement),
        engine=found.engine,
        device=found.device,
        weights_sha256={f.name: f.sha256 for f in stored.segmentation.files if f.role in roles},
        estimate=found.estimate,
    )


def _whole(first: Volume, view: View, part: Volume) -> Volume:
    return Volume(view.back(first, part.array), first.ijk_to_ras, first.modality, "probability", {}, first.dicom)


def _checked_box(box: Sequence[float]) -> Box:
    """Give the corners as the lower and the upper one."""
    values = [float(v) for v in box]
    if len(values) != 6 or not all(map(math.isfinite, values)):
        raise InputError("box", expected="six numbers R,A,S,R,A,S in mm", got=str(tuple(box)))
    low, high = np.minimum(values[:3], values[3:]), np.maximum(values[:3], values[3:])
    if (low == high).any():
        raise InputError("box", expected="two corners that differ along R, A and S", got=str(tuple(values)))
    right, anterior, superior, *rest = (float(v) for v in (*low, *high))
    return right, anterior, superior, rest[0], rest[1], rest[2]
