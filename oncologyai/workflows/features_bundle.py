"""Extract the features that the request in a bundle asks for, for a program that does not compute itself."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from oncologyai._checks import check_choice
from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.errors import EmptyMaskError, InputError, SmallMaskError
from oncologyai.features import ENGINES, FeatureSettings, load_settings, settings_from_parameters
from oncologyai.harmonize import mask_on_grid
from oncologyai.pipelines import FeaturesResult, features, hash_image, overlay_maps
from oncologyai.progress import Part, Progress, Provenance, Stages
from oncologyai.robustness import read_stability, stability_table, worst_stability
from oncologyai.types import Mask, Table, Volume

__all__ = ["FeaturesRequest", "features_of_bundle", "features_to_bundle"]

_TABLE_SHARE = 0.5  # of a run that makes maps as well


@dataclass(frozen=True)
class FeaturesRequest:
    """The settings of a bundle that asks for features.

    Parameters
    ----------
    settings : str or mapping
        The name of a preset, a parameter file, or its sections.
    engine : str
        One of ``features.ENGINES``.
    maps : sequence of str
        Features to map voxel by voxel over the bundle's image.
    stability : str
        File of verdicts on features (``.stability.csv``); none if empty.

    Raises
    ------
    InputError
        If the engine is unknown.
    """

    settings: str | Mapping[str, Any] = "default"
    engine: str = ENGINES[0]
    maps: Sequence[str] = field(default_factory=tuple)
    stability: str = ""

    def __post_init__(self) -> None:
        check_choice(self.engine, ENGINES, "engine")

    @classmethod
    def of(cls, bundle: Bundle) -> FeaturesRequest:
        """Take it from a bundle; raises InputError where its settings hold something else."""
        known = {f.name for f in fields(cls)}
        if strange := sorted(set(bundle.settings) - known):
            raise InputError("settings", expected="some of " + ", ".join(sorted(known)), got=", ".join(strange))
        return cls(**bundle.settings)

    def feature_settings(self) -> FeatureSettings:
        """Give the settings of the extraction; raises as ``load_settings`` and ``settings_from_parameters``."""
        if isinstance(self.settings, str):
            return load_settings(self.settings)
        return settings_from_parameters(self.settings)


def features_to_bundle(
    folder: str | os.PathLike[str], out: str | os.PathLike[str], *, progress: Progress | None = None
) -> Bundle:
    """Answer the request in a bundle's folder by another; raises as ``read_bundle`` and ``features_of_bundle``."""
    made = features_of_bundle(read_bundle(Path(folder)), progress=progress)
    write_bundle(made, Path(out), compress=False)
    return made


def features_of_bundle(asked: Bundle, *, progress: Progress | None = None) -> Bundle:
    """Extract the features of a bundle's masks.

    Parameters
    ----------
    asked : Bundle
        The image, masks on its grid, further images in any grids (``channels``), and in ``settings`` the fields of
        FeaturesRequest. Masks are brought to the grid of a further image by the nearest voxel.
    progress : Progress, optional

    Returns
    -------
    Bundle
        The same image and masks; the table ``Features``, a row a mask; with further images a row a mask and image,
        and a column ``image`` after ``segment``. Maps of the first image. With verdicts a table ``Stability``: the
        worst on each feature of the table.

    Raises
    ------
    EmptyMaskError
        If there is no mask, or one has no voxel on an image.
    SmallMaskError
        If no mask is large enough; where only some are not they have rows without values, and a warning says why.
    InputError
        If the settings are not those of a request for features; else as reading the settings, ``features`` and
        ``overlay_maps`` raise.
    """
    request = FeaturesRequest.of(asked)
    settings = request.feature_settings()
    _check_masks(asked.masks)
    stages = Stages(progress)
    share = _TABLE_SHARE if request.maps else 1.0
    images = _images(asked)
    results: dict[str, FeaturesResult] = {}
    for number, (name, volume) in enumerate(images.items()):
        part = Part(stages.progress, share * number / len(images), share * (number + 1) / len(images))
        masks = asked.masks if volume is asked.volume else _on(volume, asked.masks, name)
        results[name] = features(volume, masks, settings, engine=request.engine, progress=part)
    maps: dict[str, Volume] = {}
    if request.maps:
        with stages("maps", share=share):
            part = Part(stages.progress, share, 1.0)
            maps = overlay_maps(asked.volume, asked.masks, settings, request.maps, progress=part)
    table = _joined({name: result.table for name, result in results.items()})
    _check_values(table, len(images), results[asked.name].provenance)
    return replace(
        asked,
        pipeline="features",
        tables=(table, *_stability(request.stability, table)),
        provenance=_provenance(results, asked, request, stages),
        maps=maps,
        inside=(), outside=(), lines=(), channels={}, probability=None, disagreement=None, model={},
    )  # fmt: skip


def _images(asked: Bundle) -> dict[str, Volume]:
    if asked.name in asked.channels:
        raise InputError("channels", expected="names that differ from the image's", got=repr(asked.name))
    return {asked.name: asked.volume, **asked.channels}


def _check_masks(masks: Sequence[Mask]) -> None:
    if not masks:
        raise EmptyMaskError("segmentation", expected="at least one segment", got="none")
    for mask in masks:
        if mask.is_empty:
            raise EmptyMaskError(mask.label, expected="voxels", got="an empty segment", remedy="leave it out")


def _check_values(table: Table, images: int, provenance: Provenance) -> None:
    """Raise SmallMaskError where no mask has a value."""
    values = [row[1 if images == 1 else 2 :] for row in table.rows]
    if all(cell is None for row in values for cell in row):
        raise SmallMaskError(
            "segments", expected="one large enough for features", got="; ".join(provenance.warnings) or "no feature",
            remedy="see minimumROIDimensions and minimumROISize of the settings",
        )  # fmt: skip


def _on(volume: Volume, masks: Sequence[Mask], name: str) -> list[Mask]:
    moved = [mask_on_grid(mask, volume) for mask in masks]
    for mask in moved:
        if mask.is_empty:
            raise EmptyMaskError(
                mask.label, expected=f"voxels on {name}", got="none", remedy="choose images that show the segment"
            )
    return moved


def _joined(tables: Mapping[str, Table]) -> Table:
    """Give one table; of several images each row says which."""
    if len(tables) == 1:
        return next(iter(tables.values()))
    first = next(iter(tables.values()))
    rows = tuple((row[0], name, *row[1:]) for name, table in tables.items() for row in table.rows)
    return Table(first.name, (first.columns[0], "image", *first.columns[1:]), rows)


def _stability(path: str, table: Table) -> tuple[Table, ...]:
    if not path:
        return ()
    worst = worst_stability(read_stability(Path(path)))
    known = [worst[name] for name in table.columns if name in worst]
    return (replace(stability_table(known), name="Stability"),)


def _provenance(
    results: Mapping[str, FeaturesResult], asked: Bundle, request: FeaturesRequest, stages: Stages
) -> Provenance:
    """Give the first image's provenance with what the other images and the maps add."""
    made = {name: result.provenance for name, result in results.items()}
    first = made[asked.name]
    seconds = {
        name: round(sum(r.provenance.seconds.get(name, 0.0) for r in results.values()), 3) for name in first.seconds
    }
    warnings = dict.fromkeys(warning for result in results.values() for warning in result.provenance.warnings)
    return replace(
        first,
        settings={
            **first.settings,
            "images": {name: result.settings["image"] for name, result in made.items()},
            "maps": list(request.maps),
            "stability": request.stability,
        },
        inputs_sha256={**first.inputs_sha256, **{name: hash_image(one) for name, one in asked.channels.items()}},
        seconds={**seconds, **{name: round(s, 3) for name, s in stages.seconds.items()}},
        warnings=tuple(warnings),
    )
