"""Segment lesions from seeds, or with a trained model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.pipelines.model import ModelConfig, ModelFinding, run_model
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages
from oncologyai.segmenters import SeedConfig, segment_from_seeds
from oncologyai.types import Mask, Point, Volume

__all__ = ["SegmentConfig", "SegmentResult", "segment"]

SegmentConfig = SeedConfig


@dataclass(frozen=True)
class SegmentResult:
    """What was found on the grid of the image, and how it came about.

    Attributes
    ----------
    mask : Mask
        All lesions together; empty where a model found no tumour.
    masks : tuple of Mask
        Each lesion, the largest first; one from seeds, none or several from a model.
    volume : Volume
        The image, with the modality and unit that a model took it for.
    finding : ModelFinding or None
        What a model says besides.
    provenance : Provenance
        Its warnings are what the user should know.
    """

    mask: Mask
    masks: tuple[Mask, ...]
    volume: Volume
    provenance: Provenance
    finding: ModelFinding | None = None


def segment(
    volume: Volume,
    inside: Sequence[Point] = (),
    outside: Sequence[Point] = (),
    config: SegmentConfig | ModelConfig | None = None,
    *,
    channels: Mapping[str, Volume] | None = None,
    progress: Progress | None = None,
) -> SegmentResult:
    """Segment the lesion that the seeds lie in, or what a model finds.

    Parameters
    ----------
    volume : Volume
        CT in HU or PET in SUV; other modalities are taken as they are. With a model, one of its channels (see
        ``match_channels``); the result is on this image's grid.
    inside, outside : sequence of Point
        RAS mm. At least one inside without a model. With a model they say where to look and which part is kept: the
        one at a seed inside or nearest to it, and none that holds a seed outside.
    config : SegmentConfig or ModelConfig
        Method or model, and its options.
    channels : mapping of str to Volume, optional
        Further images of a model, by channel, in any grids of the same physical frame.
    progress : Progress, optional
        Told the stages, asked for cancellation.

    Returns
    -------
    SegmentResult
        Without a lesion where a model found no tumour, which is an answer and no error.

    Raises
    ------
    OutsideImageError
        If a seed or the box lies outside the image.
    InputError
        If there is no seed inside, no such model, or its channels are not what is given; see ``match_channels``.
    GeometryMismatchError
        If a channel lies in another frame.
    MissingFileError, UnreadableFileError
        If a file of the model is missing or changed.
    MissingDependencyError
        If what runs the model is not installed.
    CancelledError
        If ``progress`` says so.
    """
    config = config or SegmentConfig()
    stages = Stages(progress or Silent())
    if isinstance(config, ModelConfig):
        return _by_model(volume, inside, outside, config, channels or {}, stages)
    if channels:
        raise InputError("channel", expected="a model that takes it", got="a method that needs none")
    with stages("segment", share=0.0):
        mask = segment_from_seeds(
            volume,
            [p.ras for p in inside],
            [p.ras for p in outside],
            config=config,
            progress=stages.progress,
        )
    provenance = make_provenance(
        "segment", inputs={"image": volume}, settings=_settings(config, inside, outside), stages=stages
    )
    return SegmentResult(mask, (mask,), volume, provenance)


def _by_model(
    volume: Volume,
    inside: Sequence[Point],
    outside: Sequence[Point],
    config: ModelConfig,
    channels: Mapping[str, Volume],
    stages: Stages,
) -> SegmentResult:
    run = run_model(volume, channels, inside, outside, config, stages)
    finding, first = run.finding, run.inputs.volume
    provenance = make_provenance(
        "segment",
        inputs={"image": first, **run.inputs.channels},
        settings={**_settings(config, inside, outside), "image_channel": run.inputs.first},
        stages=stages,
        warnings=(*finding.trust.warnings, *run.notes),
        weights_sha256=finding.weights_sha256,
        device=f"{finding.device} ({finding.engine})",
        packages=(finding.engine,),
    )
    label = str(finding.card["labels"][0]["name"])
    united = np.zeros(first.shape, dtype=bool)
    for mask in run.masks:
        united |= mask.array
    code = run.masks[0].code if run.masks else None
    return SegmentResult(Mask.on(first, united, label, code=code), run.masks, first, provenance, finding)


def _settings(
    config: SegmentConfig | ModelConfig, inside: Sequence[Point], outside: Sequence[Point]
) -> dict[str, object]:
    return {"segment": asdict(config), "inside": [p.ras for p in inside], "outside": [p.ras for p in outside]}
