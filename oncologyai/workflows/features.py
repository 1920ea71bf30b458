"""Features from files to a table, or to maps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from oncologyai._atomic import atomic_file, atomic_folder
from oncologyai._checks import check_choice
from oncologyai.bundle import TABLE_ENDINGS, write_table_file
from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError, SmallMaskError
from oncologyai.features import FeatureSettings, feature_names, find_accelerator, load_settings, select_maps
from oncologyai.imaging import SuvKind, read_masks, read_volume, write_volume
from oncologyai.pipelines import (
    FEATURE_CONVENTIONS,
    FeatureMapsResult,
    FeaturesResult,
    SubregionConfig,
    feature_maps,
    features,
    subregions,
)
from oncologyai.progress import Part, Progress, Provenance, Silent
from oncologyai.types import Mask, Table, Unit, Volume
from oncologyai.workflows.tables import measurements_json

__all__ = ["FeatureMapFiles", "feature_map_files", "feature_settings", "features_files"]

Settings = FeatureSettings | str | Path


@dataclass(frozen=True)
class FeatureMapFiles:
    """The files of maps that were written, and how the maps came about."""

    paths: tuple[Path, ...]
    provenance: Provenance


def features_files(  # noqa: PLR0913  an argument for each option of the command
    image: Path,
    masks: Path | Sequence[Path],
    out: Path,
    *,
    names: Sequence[str] | None = None,
    settings: Settings | None = None,
    bin_width: float | None = None,
    engine: str = "oncologyai",
    conventions: str = "pyradiomics",
    device: str = "cpu",
    parts: SubregionConfig | None = None,
    within: str | None = None,
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> FeaturesResult:
    """Extract the features of the structures of mask files to a table, with its provenance as JSON beside it.

    Parameters
    ----------
    image : Path
        As ``read_volume`` reads it with ``series_uid``, ``modality``, ``unit``, ``suv`` and ``allow_missing_slices``.
    masks : Path or sequence of Path
        One or several mask files.
    out : Path
        .csv, .xlsx, .parquet or .json.
    names : sequence of str, optional
        Only these structures.
    settings : FeatureSettings, or a preset's name, or a parameter file, optional
        pyradiomics' defaults without it.
    bin_width : float, optional
        Instead of that of the settings.
    engine, conventions : str
        One of ``ENGINES``; one of ``FEATURE_CONVENTIONS``: pyradiomics' definitions, the IBSI's or both.
    device : str
        What ``find_accelerator`` takes: ``cpu``, ``cuda``, ``cuda:N`` or ``auto``.
    parts : SubregionConfig, optional
        Parts of lesions that have rows of their own.
    within : str, optional
        The structure that a ring stays in; it has no row unless it is among ``names``.

    Raises
    ------
    InputError
        If ``out`` ends otherwise or the settings are unusable, before anything is read; else as reading and
        ``features`` raise.
    EmptyMaskError
        If no structure has a voxel on the image.
    SmallMaskError
        If no structure is large enough for features.
    """
    _check_out(out)
    check_choice(conventions, FEATURE_CONVENTIONS, "--conventions")
    find_accelerator(device)
    chosen = feature_settings(settings, bin_width)
    columns = feature_names(chosen)
    watch = progress or Silent()
    volume = read_volume(
        image, series_uid=series_uid, modality=modality, unit=unit, suv=suv,
        allow_missing_slices=allow_missing_slices, progress=Part(watch, 0.0, 0.3),
    )  # fmt: skip
    found, organ = _masks(masks, volume, names, within, chosen, watch)
    notes: tuple[str, ...] = ()
    if parts is not None:
        found, notes = subregions(volume, found, parts, within=organ)
    result = features(
        volume, found, chosen,
        engine=engine, conventions=conventions, device=device, progress=Part(watch, 0.3, 1.0),
    )  # fmt: skip
    provenance = replace(result.provenance, warnings=(*notes, *result.provenance.warnings))
    _check_any_value(result.table, columns, provenance)
    result = FeaturesResult(result.table, provenance)
    _write_table(result.table, out)
    _write_provenance(provenance, out.with_suffix(".provenance.json"))
    return result


def feature_map_files(  # noqa: PLR0913  an argument for each option of the command
    image: Path,
    masks: Path | Sequence[Path],
    out: Path,
    features: Sequence[str],
    *,
    names: Sequence[str] | None = None,
    settings: Settings | None = None,
    bin_width: float | None = None,
    device: str = "cpu",
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> FeatureMapFiles:
    """Map features over the structures of mask files: a .nrrd each in the folder ``out``, and its provenance.

    ``features`` are column names, such as ``original_glcm_Contrast``, ``glcm_Contrast`` for every image of the
    settings, or a family's name for all its features. The rest is as for ``features_files``.

    Returns
    -------
    FeatureMapFiles

    Raises
    ------
    InputError
        If a feature is unknown, or ``out`` has the name of a table; else as ``features_files``.
    """
    if out.suffix.lower() in (*TABLE_ENDINGS, ".json"):
        raise InputError("--out", expected="a folder for maps", got=out.name)
    find_accelerator(device)
    chosen, columns = select_maps(feature_settings(settings, bin_width), features)
    watch = progress or Silent()
    volume = read_volume(
        image, series_uid=series_uid, modality=modality, unit=unit, suv=suv,
        allow_missing_slices=allow_missing_slices, progress=Part(watch, 0.0, 0.3),
    )  # fmt: skip
    found, _ = _masks(masks, volume, names, None, chosen, watch)
    result = feature_maps(volume, found, chosen, columns, device=device, progress=Part(watch, 0.3, 1.0))
    return FeatureMapFiles(_write_maps(result, out), result.provenance)


def _check_any_value(table: Table, columns: Sequence[str], provenance: Provenance) -> None:
    """Refuse a table in which no structure was large enough."""
    if columns and all(set(row[1:]) == {None} for row in table.rows):
        raise SmallMaskError(
            "masks", expected="a structure large enough for features", got="; ".join(provenance.warnings),
            remedy="see minimumROIDimensions and minimumROISize of the settings",
        )  # fmt: skip


def _write_table(table: Table, out: Path) -> None:
    if out.suffix.lower() == ".json":
        with atomic_file(out) as draft:
            draft.write_text(measurements_json(table), encoding="utf-8")
    else:
        write_table_file(table, out)


def _write_maps(result: FeatureMapsResult, out: Path) -> tuple[Path, ...]:
    written = []
    with atomic_folder(out) as draft:
        for label, maps in result.maps.items():
            for name, volume in maps.items():
                file = f"{_file_name(label)}_{name}.nrrd"
                write_volume(volume, draft / file)
                written.append(out / file)
        text = json.dumps(result.provenance.to_dict(), indent=2, ensure_ascii=False)
        (draft / "provenance.json").write_text(text + "\n", encoding="utf-8")
    return tuple(written)


def _file_name(label: str) -> str:
    return "".join(c if c.isalnum() or c in "-._" else "-" for c in label) or "segment"


def _check_out(out: Path) -> None:
    known = (*TABLE_ENDINGS, ".json")
    if out.suffix.lower() not in known:
        raise InputError("--out", expected="a name that ends in " + ", ".join(known), got=out.name)


def feature_settings(source: Settings | None = None, bin_width: float | None = None) -> FeatureSettings:
    """Give the settings of a preset or a parameter file, the usual ones without; ``bin_width`` goes before.

    Raises
    ------
    InputError
        As ``load_settings`` and ``FeatureSettings`` raise.
    """
    settings = load_settings(source) if isinstance(source, str | Path) and source else FeatureSettings()
    settings = source if isinstance(source, FeatureSettings) else settings
    return settings if bin_width is None else settings.with_changes(bin_width=bin_width)


def _masks(
    files: Path | Sequence[Path],
    volume: Volume,
    names: Sequence[str] | None,
    within: str | None,
    settings: FeatureSettings,
    progress: Progress,
) -> tuple[tuple[Mask, ...], Mask | None]:
    """Read the structures that have voxels, and the organ that rings stay in."""
    paths = [files] if isinstance(files, Path) else list(files)
    # one file is asked for its names, so that no other structure is drawn
    asked = [*names, *([within] if within else [])] if names and len(paths) == 1 else None
    found: list[Mask] = []
    for path in paths:
        for mask in _read(path, volume, asked, settings, progress):
            taken = mask.label in {m.label for m in found}
            found.append(replace(mask, label=f"{mask.label} ({path.name})") if taken else mask)
    labels = [mask.label for mask in found]
    for option, name in [("--name", n) for n in names or ()] + [("--ring-within", within)]:
        if name is not None:
            check_choice(name, labels, option)
    organ = next((mask for mask in found if mask.label == within), None)
    wanted = [mask for mask in found if (mask.label in names if names else mask.label != within)]
    filled = tuple(mask for mask in wanted if not mask.is_empty)
    if not filled:
        told = ", ".join(map(str, paths))
        raise EmptyMaskError(told, expected="a structure with voxels on the image", got="only empty ones")
    return filled, organ


def _read(
    path: Path, volume: Volume, names: Sequence[str] | None, settings: FeatureSettings, progress: Progress
) -> tuple[Mask, ...]:
    """Read masks on the image's grid, or on their own where the settings allow another."""
    try:
        return read_masks(path, grid=volume, names=names, progress=progress)
    except GeometryMismatchError:
        if not settings.correct_mask and settings.geometry_tolerance is None:
            raise
        return read_masks(path, names=names, progress=progress)


def _write_provenance(provenance: Provenance, path: Path) -> None:
    with atomic_file(path) as draft:
        text = json.dumps(provenance.to_dict(), indent=2, ensure_ascii=False)
        draft.write_text(text + "\n", encoding="utf-8")
