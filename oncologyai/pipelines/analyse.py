"""The whole chain on one image: segment the lesion, measure it, extract its features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from oncologyai.features import FeatureSettings
from oncologyai.measure import MeasureConfig
from oncologyai.pipelines.features import features
from oncologyai.pipelines.measure import measure
from oncologyai.pipelines.segment import SegmentConfig, segment
from oncologyai.progress import Part, Progress, Provenance, Silent
from oncologyai.types import Line, Mask, Point, Table, Volume

__all__ = ["AnalyseConfig", "AnalyseResult", "analyse"]


@dataclass(frozen=True)
class AnalyseConfig:
    """The configurations of the three steps."""

    segment: SegmentConfig = field(default_factory=SegmentConfig)
    measure: MeasureConfig = field(default_factory=MeasureConfig)
    features: FeatureSettings = field(default_factory=FeatureSettings)


@dataclass(frozen=True)
class AnalyseResult:
    """The lesion, its measurements with their lines, its features, and how they came about."""

    masks: tuple[Mask, ...]
    measurements: Table
    lines: tuple[Line, ...]
    features: Table
    provenance: Provenance


def analyse(
    volume: Volume,
    inside: Sequence[Point],
    outside: Sequence[Point] = (),
    config: AnalyseConfig | None = None,
    *,
    progress: Progress | None = None,
) -> AnalyseResult:
    """Segment the lesion around the seeds, measure it and extract its features.

    Raises
    ------
    InputError
        As ``segment``, ``measure`` and ``features`` do.
    """
    config = config or AnalyseConfig()
    whole = progress or Silent()
    segmented = segment(volume, inside, outside, config.segment, progress=Part(whole, 0.0, 0.8))
    masks = (segmented.mask,)
    measured = measure(volume, masks, config.measure, progress=Part(whole, 0.8, 0.9))
    extracted = features(volume, masks, config.features, progress=Part(whole, 0.9, 1.0))
    steps = (segmented.provenance, measured.provenance, extracted.provenance)
    provenance = Provenance(
        pipeline="analyse",
        versions=steps[0].versions,
        settings={key: value for step in steps for key, value in step.settings.items()},
        inputs_sha256=steps[0].inputs_sha256,
        seconds={key: value for step in steps for key, value in step.seconds.items()},
        warnings=tuple(warning for step in steps for warning in step.warnings),
    )
    return AnalyseResult(masks, measured.table, measured.lines, extracted.table, provenance)
