"""Extract features of lesions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from oncologyai._checks import check_choice
from oncologyai.errors import SmallMaskError
from oncologyai.features import Accelerator, FeatureSettings, extract_features, feature_names, find_accelerator
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
    device: str = "cpu",
    progress: Progress | None = None,
) -> FeaturesResult:
    """Extract the features of every mask on its image.

    A mask that is too small for features, such as a single voxel, has a row without values, and a warning says why.
    Under the IBSI's conventions it has those that are defined, and values of the image itself only: image types do not
    count; a CT's interpolated values are rounded.

    ``device`` is what ``find_accelerator`` takes: on a graphics card our engine computes LoG and wavelet images. Where
    its memory does not do, the processor does it, and a warning says so.

    Raises
    ------
    GeometryMismatchError
        If a mask is not on the grid of the image.
    EmptyMaskError
        If a mask has no voxel.
    InputError
        If the settings, the engine, the conventions, the device or the image are not usable.
    MissingDependencyError
        If the engine is not installed, or torch where a graphics card is asked for.
    """
    settings = settings or FeatureSettings()
    accelerator = find_accelerator(device)
    check_choice(conventions, FEATURE_CONVENTIONS, "conventions")
    stages = Stages(progress or Silent())
    with stages("features", share=0.0):
        extract = _Extraction(volume, masks, settings, engine, accelerator)
        table, warnings = _by_conventions(extract, conventions, stages.progress)
    provenance = make_provenance(
        "features",
        inputs={"image": volume, **{mask.label: mask for mask in masks}},
        settings={
            "features": asdict(settings),
            "engine": engine,
            "conventions": conventions,
            "image": {"modality": volume.modality, "unit": volume.unit},
        },
        stages=stages,
        warnings=(*warnings, *accelerator.notes),
        device=accelerator.device,
        packages=_packages(engine, accelerator),
    )
    return FeaturesResult(table, provenance)


@dataclass(frozen=True, eq=False)
class _Extraction:
    volume: Volume
    masks: Sequence[Mask]
    settings: FeatureSettings
    engine: str
    accelerator: Accelerator

    def table(self, masks: Sequence[Mask], progress: Progress) -> Table:
        """Extract features of some of the masks."""
        return extract_features(
            self.volume, masks, self.settings, engine=self.engine, accelerator=self.accelerator, progress=progress
        )


def _packages(engine: str, accelerator: Accelerator) -> tuple[str, ...]:
    own = ("numba", "torch") if accelerator.place else ("numba",)
    return (*(own if engine == "oncologyai" else ("pyradiomics",)), "PyWavelets")


def _by_conventions(extract: _Extraction, conventions: str, progress: Progress) -> tuple[Table, tuple[str, ...]]:
    """Extract under one set of definitions or, side by side, under both."""
    if conventions == "pyradiomics":
        return _extracted(extract, progress)
    from oncologyai.features.ibsi import ibsi_settings_of, ibsi_table  # loads numba

    volume, masks = extract.volume, extract.masks
    standard = ibsi_settings_of(extract.settings, whole_numbers=volume.unit == "HU")
    if conventions == "ibsi":
        return ibsi_table(volume, masks, standard, progress=progress), ()
    by_name, warnings = _extracted(extract, Part(progress, 0.0, 0.5))
    by_tag = ibsi_table(volume, masks, standard, progress=Part(progress, 0.5, 1.0))
    rows = tuple((*one, *other[1:]) for one, other in zip(by_name.rows, by_tag.rows, strict=True))
    return Table("Features", (*by_name.columns, *by_tag.columns[1:]), rows), warnings


def _extracted(extract: _Extraction, progress: Progress) -> tuple[Table, tuple[str, ...]]:
    """Extract all masks at once or, where one is too small, one by one."""
    try:
        return extract.table(extract.masks, progress), ()
    except SmallMaskError:
        columns = feature_names(extract.settings)
    rows: list[tuple[str | float | int | None, ...]] = []
    warnings = []
    for mask in extract.masks:
        try:
            rows += extract.table([mask], progress).rows
        except SmallMaskError as error:
            rows.append((mask.label, *[None] * len(columns)))
            warnings.append(f"no features: {error}")
    return Table("Features", ("segment", *columns), tuple(rows)), tuple(warnings)
