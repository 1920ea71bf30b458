"""Extract features of lesions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from oncologyai._checks import check_choice
from oncologyai.errors import SmallMaskError
from oncologyai.features import FeatureSettings, extract_features, feature_names
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Part, Progress, Provenance, Silent, Stages
from oncologyai.types import Mask, Table, Volume

__all__ = ["FEATURE_CONVENTIONS", "FeaturesResult", "features"]

FEATURE_CONVENTIONS = ("pyradiomics", "ibsi", "both")
"""Whose definitions and names a table of features may have; ``features.ibsi.CONVENTIONS`` says how they differ."""


@dataclass(frozen=True)
class FeaturesResult:
    """A row a mask: ``segment``, then the features under pyradiomics' names, the IBSI's (``ibsi_...``), or both."""

    table: Table
    provenance: Provenance


def features(
    volume: Volume,
    masks: Sequence[Mask],
    settings: FeatureSettings | None = None,
    *,
    engine: str = "oncologyai",
    conventions: str = "pyradiomics",
    progress: Progress | None = None,
) -> FeaturesResult:
    """Extract the features of every mask on its image.

    A mask that is too small for features, such as a single voxel, has a row without values, and a warning says why.
    Under the IBSI's conventions it has those that are defined, and values of the image itself only: image types do not
    count; a CT's interpolated values are rounded.

    Raises
    ------
    GeometryMismatchError
        If a mask is not on the grid of the image.
    EmptyMaskError
        If a mask has no voxel.
    InputError
        If the settings, the engine, the conventions or the image are not usable.
    MissingDependencyError
        If the engine is not installed.
    """
    settings = settings or FeatureSettings()
    check_choice(conventions, FEATURE_CONVENTIONS, "conventions")
    stages = Stages(progress or Silent())
    with stages("features", share=0.0):
        table, warnings = _by_conventions(volume, masks, settings, engine, conventions, stages.progress)
    provenance = make_provenance(
        "features",
        inputs={"image": volume, **{mask.label: mask for mask in masks}},
        settings={"features": asdict(settings), "engine": engine, "conventions": conventions},
        stages=stages,
        warnings=warnings,
        packages=("numba", "PyWavelets") if engine == "oncologyai" else ("pyradiomics", "PyWavelets"),
    )
    return FeaturesResult(table, provenance)


def _by_conventions(
    volume: Volume,
    masks: Sequence[Mask],
    settings: FeatureSettings,
    engine: str,
    conventions: str,
    progress: Progress,
) -> tuple[Table, tuple[str, ...]]:
    """Extract under one set of definitions or, side by side, under both."""
    if conventions == "pyradiomics":
        return _extracted(volume, masks, settings, engine, progress)
    from oncologyai.features.ibsi import ibsi_settings_of, ibsi_table  # loads numba

    standard = ibsi_settings_of(settings, whole_numbers=volume.unit == "HU")
    if conventions == "ibsi":
        return ibsi_table(volume, masks, standard, progress=progress), ()
    by_name, warnings = _extracted(volume, masks, settings, engine, Part(progress, 0.0, 0.5))
    by_tag = ibsi_table(volume, masks, standard, progress=Part(progress, 0.5, 1.0))
    rows = tuple((*one, *other[1:]) for one, other in zip(by_name.rows, by_tag.rows, strict=True))
    return Table("Features", (*by_name.columns, *by_tag.columns[1:]), rows), warnings


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
