"""A model card, its weights and a patient's images in; lesions, probabilities and how far to trust them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError, OutOfMemoryError
from oncologyai.inference.channels import prepare_channels, resample
from oncologyai.inference.engines import Engine, Predict, choose_engine, make_engine, predict_with
from oncologyai.inference.estimate import Estimate, estimate
from oncologyai.inference.likeness import unlike_training
from oncologyai.inference.lungs2d import SliceConfig, prepare_slices, run_slices
from oncologyai.inference.members import dropout_members, ensemble_members, flip_members, joined
from oncologyai.inference.postprocess import postprocess
from oncologyai.inference.region import find_region
from oncologyai.inference.trust import METHODS, Trust, assess_trust, trust_features
from oncologyai.inference.window import plan_windows, shrunk, sliding_window
from oncologyai.progress import Named, Part, Progress, Stages
from oncologyai.resources import terminology
from oncologyai.types import Code, Mask, Terminology, Volume

if TYPE_CHECKING:
    from oncologyai.models import ModelCard
    from oncologyai.models.parts import Coded, Label

__all__ = ["InferenceConfig", "ModelSegmentation", "segment_with_model"]

_LAYERS = 3  # mean probability, deviation, votes: what ``joined`` gives
_FEW_PATCHES = 10  # an estimate runs two patches: a run of fewer than this is over before it pays


@dataclass(frozen=True)
class InferenceConfig:
    """How a model is run; None takes what its card says.

    Parameters
    ----------
    engine, device, precision, threads, compiled
        See ``make_engine``.
    batch : int
        Patches at once.
    overlap, threshold : float, optional
        Of windows; above which probability a voxel is lesion.
    components : {'largest', 'all'}, optional
        Which connected parts are kept.
    minimum_ml : float, optional
        Smaller parts are dropped.
    members : {'auto', 'none', 'ensemble', 'dropout', 'flips'}
        What is run several times: ``auto`` takes what the card's trust was calibrated with, else nothing, or the
        ensemble where the card has several weights.
    samples, seed : int
        Of dropout.
    slices : SliceConfig
        How slice-wise models crop to the lungs.

    Raises
    ------
    InputError
        If a value is outside its range.
    """

    engine: str = "auto"
    device: str = "cpu"
    precision: str = "f32"
    threads: int = 0
    compiled: bool = False
    batch: int = 1
    overlap: float | None = None
    threshold: float | None = None
    components: str | None = None
    minimum_ml: float | None = None
    members: str = "auto"
    samples: int = 8
    seed: int = 0
    slices: SliceConfig = field(default_factory=SliceConfig)

    def __post_init__(self) -> None:
        check_choice(self.members, {"auto", "none", *METHODS}, "members")
        check_range(self.batch, 1, 4096, "batch")
        check_range(self.samples, 2, 256, "samples")
        for name, value, high in (("overlap", self.overlap, 0.95), ("threshold", self.threshold, 1.0)):
            if value is not None:
                check_range(value, 0.0, high, name)


@dataclass(frozen=True, eq=False)
class ModelSegmentation:
    """What a model found, everything on the first image's grid.

    Attributes
    ----------
    mask : Mask
        All lesions kept, united; empty where no tumour was found.
    lesions : tuple of Mask
        GTV-1 and so on, the largest first.
    probability : Volume
        The label's mean probability.
    disagreement : Volume or None
        The members' standard deviation, 0-0.5; None without members.
    trust : Trust
        The Dice to be expected and the warnings.
    notes : tuple of str
        What was missing, cut, or taken smaller for want of memory.
    engine, device : str
        What ran.
    seconds : mapping of str to float
        Of each stage.
    estimate : Estimate or None
        What the network was foretold to take; None for a few patches, and for slice-wise models.
    """

    mask: Mask
    lesions: tuple[Mask, ...]
    probability: Volume
    disagreement: Volume | None
    trust: Trust
    notes: tuple[str, ...]
    engine: str
    device: str
    seconds: Mapping[str, float]
    estimate: Estimate | None = None


@dataclass(frozen=True, eq=False)
class _Found:
    """The layers of ``joined`` on the first image's grid, the lesions, and the features of trust."""

    layers: tuple[Volume, ...]
    lesions: tuple[Mask, ...]
    features: Mapping[str, float]
    estimate: Estimate | None = None


def segment_with_model(
    volumes: Volume | Mapping[str, Volume],
    card: ModelCard,
    weights_folder: Path,
    *,
    config: InferenceConfig | None = None,
    box: Mask | None = None,
    progress: Progress | None = None,
) -> ModelSegmentation:
    """Segment with a model.

    Parameters
    ----------
    volumes : Volume or mapping of str to Volume
        The image, or an image by channel name, in any grids of one physical frame. Optional channels may be missing.
    card : ModelCard
        The model.
    weights_folder : Path
        The folder of its files.
    config : InferenceConfig, optional
        Default as the card says.
    box : Mask, optional
        On the first image's grid: only the box around it is looked at, by models that do not look for lungs.
    progress : Progress, optional
        Told each stage; asked for cancellation several times a second.

    Returns
    -------
    ModelSegmentation
        On the first image's grid.

    Raises
    ------
    InputError, ModalityError, GeometryMismatchError
        If the images do not suit the model.
    MissingFileError, UnreadableFileError, MissingDependencyError
        If the model cannot be run.
    OutOfMemoryError, CancelledError
        If memory does not do even for little, or the user cancelled.
    """
    config = config or InferenceConfig()
    stages = Stages(progress)
    named = {card.channels[0].name: volumes} if isinstance(volumes, Volume) else dict(volumes)
    if not named:
        raise InputError("volumes", expected="1 image or more", got="none")
    warnings = unlike_training(named, card)
    notes: list[str] = []
    kind = _member_kind(card, config)
    with stages("load the model", share=0.0):
        engines = _engines(card, weights_folder, config, kind)
    predict = joined(
        _members(card, config, kind, engines, stages.progress),
        label=card.labels[0].channel,
        threshold=_threshold(card, config),
    )
    run = _by_slices if len(card.patch) == 2 else _by_windows
    found = run(named, card, config, predict, box, notes, stages)
    first = next(iter(named.values()))
    united = np.zeros(first.shape, dtype=bool)
    for lesion in found.lesions:
        united |= lesion.array
    label = card.labels[0]
    return ModelSegmentation(
        mask=Mask.on(first, united, label.name, code=_code(label)),
        lesions=found.lesions,
        probability=found.layers[0],
        disagreement=found.layers[1] if kind != "none" else None,
        trust=assess_trust(found.features, card.trust if _is_calibrated(card, kind) else None, warnings=warnings),
        notes=tuple(notes),
        engine=engines[0].name,
        device=engines[0].device,
        seconds=dict(stages.seconds),
        estimate=found.estimate,
    )


def _by_windows(  # noqa: PLR0917
    volumes: Mapping[str, Volume],
    card: ModelCard,
    config: InferenceConfig,
    predict: Predict,
    box: Mask | None,
    notes: list[str],
    stages: Stages,
) -> _Found:
    first = next(iter(volumes.values()))
    with stages("prepare", share=0.05):
        prepared = prepare_channels(volumes, card, box=box, progress=stages.progress)
        notes.extend(prepared.notes)
        region = find_region(volumes, card, prepared, progress=stages.progress)
        if region is not None and card.outside == "fill":
            fills = [v for c in card.channels for v in ((c.fill, 0.0) if c.field_of_view else (c.fill,))]
            for values, fill in zip(prepared.array, fills, strict=True):
                values[~region] = fill
    overlap = card.overlap if config.overlap is None else config.overlap
    patch = shrunk(card.patch, prepared.array.shape[1:], card.shrink_to)
    with stages("network", share=0.1):
        foretold = _foretell(prepared.array, predict, patch, overlap, region)
        told = f"network: {foretold.sentence()}" if foretold else "network"
        found = sliding_window(
            prepared.array,
            predict,
            patch=patch,
            overlap=overlap,
            mask=region,
            batch=config.batch,
            report=notes.append,
            progress=Named(Part(stages.progress, 0.1, 0.9), told),
        )
    with stages("restore", share=0.9):
        layers = []
        for values in found:
            working = Volume(values, prepared.ijk_to_ras, unit="probability")
            restored = resample(working, first.ijk_to_ras, first.shape)
            layers.append(_derived(first, np.clip(restored, 0.0, 1.0)))
        lesions = _lesions(layers[0], card, config)
        voxel_ml = Volume(found[0], prepared.ijk_to_ras).voxel_ml
        features = _features(found, card, config, voxel_ml) if lesions else {}
    return _Found(tuple(layers), lesions, features, foretold)


def _foretell(
    array: np.ndarray, predict: Predict, patch: tuple[int, ...], overlap: float, region: np.ndarray | None
) -> Estimate | None:
    k, j, i = array.shape[1:]
    if len(plan_windows((k, j, i), patch, overlap=overlap, mask=region).starts) < _FEW_PATCHES:
        return None
    try:
        return estimate(array, predict, patch=patch, overlap=overlap, mask=region)
    except OutOfMemoryError:
        return None  # the run itself takes less at once and says so


def _by_slices(  # noqa: PLR0917
    volumes: Mapping[str, Volume],
    card: ModelCard,
    config: InferenceConfig,
    predict: Predict,
    box: Mask | None,
    notes: list[str],
    stages: Stages,
) -> _Found:
    if card.region != "lungs":
        raise InputError("card", expected="a slice-wise model that looks at the lungs", got=f"region {card.region}")
    if box is not None:
        notes.append("the box was not used: the model looks at the lungs")
    first = next(iter(volumes.values()))
    slices = prepare_slices(first, card, stages=stages)
    notes.extend((*slices.isolation.notes, *slices.harmonized.flags))
    crops = replace(config.slices, margin=max(config.slices.margin, card.margin))
    with stages("network", share=0.2):
        layers = run_slices(
            slices, predict, config=crops, report=notes.append, progress=Part(stages.progress, 0.2, 0.9)
        )
    with stages("restore", share=0.9):
        trail = slices.harmonized.trail
        lesions = tuple(_on(first, trail.restore_mask(lesion)) for lesion in _lesions(layers[0], card, config))
        found = np.stack([layer.array for layer in layers])
        features = _features(found, card, config, layers[0].voxel_ml) if lesions else {}
        restored = tuple(_derived(first, trail.restore_probability(layer).array) for layer in layers)
    return _Found(restored, tuple(lesion for lesion in lesions if not lesion.is_empty), features)


def _on(first: Volume, mask: Mask) -> Mask:
    return Mask.on(first, mask.array, mask.label, code=mask.code)


def _derived(first: Volume, array: np.ndarray) -> Volume:
    return Volume(array, first.ijk_to_ras, first.modality, "probability", {}, first.dicom)


def _lesions(probability: Volume, card: ModelCard, config: InferenceConfig) -> tuple[Mask, ...]:
    label = card.labels[0]
    return postprocess(
        probability,
        threshold=_threshold(card, config),
        keep=config.components or card.components,
        minimum_ml=card.minimum_ml if config.minimum_ml is None else config.minimum_ml,
        minimum_probability=card.minimum_probability,
        label=label.name,
        code=_code(label),
    )


def _features(found: np.ndarray, card: ModelCard, config: InferenceConfig, voxel_ml: float) -> dict[str, float]:
    if len(found) < _LAYERS:
        return {}
    return trust_features(found[0], found[1], found[2], voxel_ml=voxel_ml, threshold=_threshold(card, config))


def _threshold(card: ModelCard, config: InferenceConfig) -> float:
    return card.threshold if config.threshold is None else config.threshold


def _member_kind(card: ModelCard, config: InferenceConfig) -> str:
    if config.members != "auto":
        return config.members
    if card.trust is not None:
        return card.trust.method
    several = max(len(card.files_of("weights")), len(card.files_of("onnx"))) > 1
    return "ensemble" if several else "none"


def _is_calibrated(card: ModelCard, kind: str) -> bool:
    return card.trust is not None and card.trust.method == kind


def _engines(card: ModelCard, folder: Path, config: InferenceConfig, kind: str) -> tuple[Engine, ...]:
    engine = "torch" if kind == "dropout" else choose_engine(card, engine=config.engine, device=config.device)
    role = "weights" if engine == "torch" else "onnx"
    count = max(1, len(card.files_of(role))) if kind == "ensemble" else 1
    return tuple(
        make_engine(
            card,
            folder,
            engine=engine,
            device=config.device,
            precision=config.precision,
            threads=config.threads,
            member=member,
            compiled=config.compiled,
        )
        for member in range(count)
    )


def _members(
    card: ModelCard, config: InferenceConfig, kind: str, engines: Sequence[Engine], progress: Progress
) -> tuple[Predict, ...]:
    if kind == "dropout":
        from oncologyai.inference.torch_engine import TorchEngine

        engine = engines[0]
        if not isinstance(engine, TorchEngine):
            raise InputError("members", expected="the torch engine for dropout", got=engine.name)
        return dropout_members(engine, card.activation, samples=config.samples, seed=config.seed, progress=progress)
    if kind == "flips":
        return flip_members(predict_with(engines[0], card.activation, progress=progress), len(card.patch))
    return ensemble_members(engines, card.activation, progress=progress)


def _code(label: Label) -> Terminology | None:
    if label.terminology:
        return terminology(label.terminology)
    if label.category is None or label.type is None:
        return None
    return Terminology(_plain(label.category), _plain(label.type))


def _plain(coded: Coded) -> Code:
    return Code(coded.value, coded.scheme, coded.meaning)
