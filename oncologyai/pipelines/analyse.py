"""The whole chain on one image: segment the lesions, measure them, extract their features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from oncologyai.features import FeatureSettings
from oncologyai.inference import Trust
from oncologyai.measure import MeasureConfig
from oncologyai.pipelines.features import features
from oncologyai.pipelines.measure import measure
from oncologyai.pipelines.model import ModelConfig, ModelFinding
from oncologyai.pipelines.segment import SegmentConfig, segment
from oncologyai.progress import Part, Progress, Provenance, Silent
from oncologyai.types import Line, Mask, Point, Table, Volume

__all__ = ["AnalyseConfig", "AnalyseResult", "analyse"]


@dataclass(frozen=True)
class AnalyseConfig:
    """The configurations of the three steps; a ModelConfig segments with a trained model."""

    segment: SegmentConfig | ModelConfig = field(default_factory=SegmentConfig)
    measure: MeasureConfig = field(default_factory=MeasureConfig)
    features: FeatureSettings = field(default_factory=FeatureSettings)


@dataclass(frozen=True)
class AnalyseResult:
    """The lesions, their measurements with their lines, their features, and how they came about.

    With a model there may be no lesion, ``measurements`` has the columns ``Predicted Dice`` (None where the model has
    no calibration) and ``Interval``, and ``finding`` is what the model says besides. ``volume`` is the image, with the
    modality and unit that a model took it for.
    """

    masks: tuple[Mask, ...]
    measurements: Table
    lines: tuple[Line, ...]
    features: Table
    provenance: Provenance
    volume: Volume
    finding: ModelFinding | None = None


def analyse(
    volume: Volume,
    inside: Sequence[Point] = (),
    outside: Sequence[Point] = (),
    config: AnalyseConfig | None = None,
    *,
    channels: Mapping[str, Volume] | None = None,
    progress: Progress | None = None,
) -> AnalyseResult:
    """Segment the lesion around the seeds, or what a model finds, measure it and extract its features.

    Parameters are those of ``segment``; ``config`` also holds those of ``measure`` and ``features``.

    Raises
    ------
    InputError
        As ``segment``, ``measure`` and ``features`` do.
    """
    config = config or AnalyseConfig()
    whole = progress or Silent()
    segmented = segment(volume, inside, outside, config.segment, channels=channels, progress=Part(whole, 0.0, 0.8))
    volume, masks = segmented.volume, segmented.masks
    measured = measure(volume, masks, config.measure, progress=Part(whole, 0.8, 0.9))
    extracted = features(volume, masks, config.features, progress=Part(whole, 0.9, 1.0))
    steps = (segmented.provenance, measured.provenance, extracted.provenance)
    provenance = replace(
        steps[0],
        pipeline="analyse",
        settings={key: value for step in steps for key, value in step.settings.items()},
        seconds={key: value for step in steps for key, value in step.seconds.items()},
        warnings=tuple(warning for step in steps for warning in step.warnings),
    )
    table = measured.table
    if segmented.finding is not None:
        table = _with_trust(table, segmented.finding.trust)
    return AnalyseResult(masks, table, measured.lines, extracted.table, provenance, volume, segmented.finding)


def _with_trust(table: Table, trust: Trust) -> Table:
    """Add the Dice to be expected, and where it will lie, to every row."""
    interval = None if trust.interval is None else f"{trust.interval[0]:.2f} to {trust.interval[1]:.2f}"
    dice = None if trust.dice is None else round(trust.dice, 4)
    rows = tuple((*row, dice, interval) for row in table.rows)
    return Table(table.name, (*table.columns, "Predicted Dice", "Interval"), rows)
