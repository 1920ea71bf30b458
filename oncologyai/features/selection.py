"""Which maps are meant by names of features."""

from __future__ import annotations

from collections.abc import Sequence

from oncologyai.errors import InputError
from oncologyai.features.extract import feature_names
from oncologyai.features.families import DEPRECATED, FEATURES, SHAPE_FAMILIES
from oncologyai.features.settings import FeatureSettings

__all__ = ["select_maps"]


def select_maps(settings: FeatureSettings, names: Sequence[str]) -> tuple[FeatureSettings, tuple[str, ...]]:
    """Give settings that lead to the maps meant by names, and their columns.

    Parameters
    ----------
    settings : FeatureSettings
        Its images count, not its families.
    names : sequence of str
        ``original_glcm_Contrast`` for one map, ``glcm_Contrast`` for one of every image, ``glcm`` for all features of
        a family on every image.

    Raises
    ------
    InputError
        If there is no name, or one means no map.
    """
    families: dict[str, tuple[str, ...]] = {}
    for family in FEATURES:
        if family not in SHAPE_FAMILIES:
            every = FEATURES[family] + DEPRECATED.get(family, ())
            named = tuple(n for n in every if any(name.endswith(f"{family}_{n}") for name in names))
            families[family] = FEATURES[family] + named if family in names else named
    wider = settings.with_changes(families={family: chosen for family, chosen in families.items() if chosen})
    columns = feature_names(wider) if wider.families else ()
    meant = {name: [c for c in columns if _means(name, c)] for name in names}
    for name, found in meant.items():
        if not found:
            raise InputError(
                "--voxel-based", expected="a family, or a feature such as glcm_Contrast or original_glcm_Contrast",
                got=repr(name), remedy="shape has no map; an image must be among those of the settings",
            )  # fmt: skip
    if not meant:
        raise InputError("--voxel-based", expected="at least one feature", got="none")
    wanted = {column for found in meant.values() for column in found}
    return wider, tuple(column for column in columns if column in wanted)


def _means(name: str, column: str) -> bool:
    _, family, feature = column.split("_", 2)
    if name == family:
        return feature in FEATURES[family]
    return name in (column, f"{family}_{feature}")
