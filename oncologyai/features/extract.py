"""From an image and masks to a table of features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.features.accelerator import Accelerator
from oncologyai.features.families import SHAPE_FAMILIES, chosen_features
from oncologyai.features.parameters import filter_options, settings_for_image
from oncologyai.features.settings import FeatureSettings
from oncologyai.progress import Progress, Silent
from oncologyai.types import Mask, Table, Volume

__all__ = ["ENGINES", "extract_features", "feature_names"]

ENGINES = ("oncologyai", "pyradiomics")
"""What may compute the features; pyradiomics has to be installed for the second."""

_DEFAULT = FeatureSettings()


def extract_features(
    volume: Volume,
    masks: Sequence[Mask],
    settings: FeatureSettings = _DEFAULT,
    *,
    engine: str = "oncologyai",
    accelerator: Accelerator | None = None,
    progress: Progress | None = None,
) -> Table:
    """Extract features of each mask.

    Parameters
    ----------
    volume : Volume
        The image, in its own unit, whole: filters see what lies around a lesion.
    masks : sequence of Mask
        On the volume's grid, none empty. No mask gives a table without rows.
    settings : FeatureSettings
    engine : str
        ``oncologyai``, or ``pyradiomics`` where that is installed.
    accelerator : Accelerator, optional
        From ``find_accelerator``: where our engine computes LoG and wavelet images, if it has a place.
    progress : Progress, optional

    Returns
    -------
    Table
        A row a mask: its label under ``segment``, then ``<image>_<family>_<Feature>`` as pyradiomics names
        them. A feature that is not defined for a mask is None.

    Raises
    ------
    GeometryMismatchError
        If a mask is not on the volume's grid.
    EmptyMaskError
        If a mask has no voxel.
    SmallMaskError
        If a mask is a single voxel, or smaller than the settings ask for.
    InputError
        If a family is unknown, the image is not finite inside a mask, or an accelerator with a place is given to
        pyradiomics.
    MissingDependencyError
        If the engine is not installed.
    """
    check_choice(engine, ENGINES, "engine")
    helper = accelerator or Accelerator()
    if helper.place and engine != "oncologyai":
        raise InputError("device", expected=f"cpu for the engine {engine}", got=helper.place)
    columns = feature_names(settings)
    if not masks:
        return Table("Features", ("segment", *columns), ())
    watch = progress or Silent()
    if engine == "pyradiomics":
        from oncologyai.features.pyradiomics_engine import pyradiomics_features

        found = pyradiomics_features(volume, masks, settings, watch)
    else:
        from oncologyai.features.own_engine import own_features

        found = own_features(volume, masks, settings, watch, helper)
    rows = tuple((mask.label, *_cells(values, columns)) for mask, values in zip(masks, found, strict=True))
    return Table("Features", ("segment", *columns), rows)


def feature_names(settings: FeatureSettings = _DEFAULT) -> tuple[str, ...]:
    """Give the columns of features that these settings lead to.

    Raises
    ------
    InputError
        If an image type, or an option of its filter, is unknown.
    """
    families = chosen_features(settings.chosen)
    columns = [f"original_{f}_{name}" for f, names in families.items() if f in SHAPE_FAMILIES for name in names]
    textures = {family: names for family, names in families.items() if family not in SHAPE_FAMILIES}
    for prefix in _prefixes(settings) if textures else ():
        columns += [f"{prefix}_{family}_{name}" for family, names in textures.items() for name in names]
    return tuple(columns)


def _prefixes(settings: FeatureSettings) -> list[str]:
    """Give what the columns of each image begin with."""
    from oncologyai.features.filters import filtered_image_names

    found: list[str] = []
    for name, options in settings.images.items():
        chosen = filter_options(settings_for_image(settings, options))
        found += ["original"] if name == "Original" else filtered_image_names(name, chosen)
    return found


def _cells(values: Mapping[str, float], columns: Sequence[str]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in (values.get(column, math.nan) for column in columns)]
