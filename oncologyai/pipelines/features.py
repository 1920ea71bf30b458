"""Extract features of lesions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from oncologyai.features import FeatureSettings, extract_features
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Progress, Provenance, Silent, Stages
from oncologyai.types import Mask, Table, Volume

__all__ = ["FeaturesResult", "features"]


@dataclass(frozen=True)
class FeaturesResult:
    """A row a mask: ``segment``, then the features under pyradiomics' names."""

    table: Table
    provenance: Provenance


def features(
    volume: Volume,
    masks: Sequence[Mask],
    settings: FeatureSettings | None = None,
    *,
    progress: Progress | None = None,
) -> FeaturesResult:
    """Extract the features of every mask on its image.

    Raises
    ------
    GeometryMismatchError
        If a mask is not on the grid of the image.
    EmptyMaskError
        If a mask has no voxel.
    """
    settings = settings or FeatureSettings()
    stages = Stages(progress or Silent())
    with stages("features", share=0.0):
        table = extract_features(volume, masks, settings)
    provenance = make_provenance(
        "features",
        inputs={"image": volume, **{mask.label: mask for mask in masks}},
        settings={"features": asdict(settings)},
        stages=stages,
    )
    return FeaturesResult(table, provenance)
