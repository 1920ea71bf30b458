"""Segment one lesion from seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages
from oncologyai.segmenters import SeedConfig, segment_from_seeds
from oncologyai.types import Mask, Point, Volume

__all__ = ["SegmentConfig", "SegmentResult", "segment"]

SegmentConfig = SeedConfig


@dataclass(frozen=True)
class SegmentResult:
    """The lesion on the grid of the image, and how it came about."""

    mask: Mask
    provenance: Provenance


def segment(
    volume: Volume,
    inside: Sequence[Point],
    outside: Sequence[Point] = (),
    config: SegmentConfig | None = None,
    *,
    progress: Progress | None = None,
) -> SegmentResult:
    """Segment the lesion that the seeds lie in.

    Parameters
    ----------
    volume : Volume
        CT in HU or PET in SUV; other modalities are taken as they are.
    inside, outside : sequence of Point
        RAS mm; at least one inside.
    config : SegmentConfig
        Method and its options.

    Raises
    ------
    OutsideImageError
        If a seed lies outside the image.
    InputError
        If there is no seed inside.
    CancelledError
        If ``progress`` says so.
    """
    config = config or SegmentConfig()
    stages = Stages(progress or Silent())
    with stages("segment", share=0.0):
        mask = segment_from_seeds(
            volume,
            [p.ras for p in inside],
            [p.ras for p in outside],
            config=config,
            progress=stages.progress,
        )
    settings = {"segment": asdict(config), "inside": [p.ras for p in inside], "outside": [p.ras for p in outside]}
    return SegmentResult(mask, make_provenance("segment", inputs={"image": volume}, settings=settings, stages=stages))
