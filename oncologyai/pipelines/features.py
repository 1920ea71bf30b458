"""Extract features of lesions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from oncologyai.errors import SmallMaskError
from oncologyai.features import FeatureSettings, extract_features, feature_names
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
    engine: str = "oncologyai",
    progress: Progress | None = None,
) -> FeaturesResult:
    """Extract the features of every mask on its image.

    A mask that is too small for features, such as a single voxel, has a row without values, and a warning says why.

    Raises
    ------
    GeometryMismatchError
        If a mask is not on the grid of the image.
    EmptyMaskError
        If a mask has no voxel.
    InputError
        If the settings, the engine or the image are not usable.
    MissingDependencyError
        If the engine is not installed.
    """
    settings = settings or FeatureSettings()
    stages = Stages(progress or Silent())
    with stages("features", share=0.0):
        table, warnings = _extracted(volume, masks, settings, engine, stages.progress)
    provenance = make_provenance(
        "features",
        inputs={"image": volume, **{mask.label: mask for mask in masks}},
        settings={"features": asdict(settings), "engine": engine},
        stages=stages,
        warnings=warnings,
        packages=("numba", "PyWavelets") if engine == "oncologyai" else ("pyradiomics", "PyWavelets"),
    )
    return FeaturesResult(table, provenance)


def _extracted(
    volume: Volume, masks: Sequence[Mask], settings: FeatureSettings, engine: str, progress: Progress
) -> tuple[Table, tuple[str, ...]]:
    """Extract all masks at once or, where one is too small, one by one."""
    try:
        return extract_features(volume, masks, settings, engine=engine, progress=progress), ()
    except SmallMaskError:
        columns = feature_names(settings)
    rows: list[tuple[str | float | int | None, ...]] = []
    warnings = []
    for mask in masks:
        try:
            rows += extract_features(volume, [mask], settings, engine=engine, progress=progress).rows
        except SmallMaskError as error:
            rows.append((mask.label, *[None] * len(columns)))
            warnings.append(f"no features: {error}")
    return Table("Features", ("segment", *columns), tuple(rows)), tuple(warnings)
