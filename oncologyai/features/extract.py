"""From an image and masks to a table of features."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.features.families import FAMILIES
from oncologyai.features.region import Region, region_of
from oncologyai.features.settings import FeatureSettings
from oncologyai.types import Mask, Table, Volume

__all__ = ["extract_features", "feature_names"]

_DEFAULT = FeatureSettings()


def extract_features(volume: Volume, masks: Sequence[Mask], settings: FeatureSettings = _DEFAULT) -> Table:
    """Extract features of each mask.

    Parameters
    ----------
    volume : Volume
        The image, in its own unit; it is not resampled.
    masks : sequence of Mask
        On the volume's grid, none empty. No mask gives a table without rows.
    settings : FeatureSettings

    Returns
    -------
    Table
        A row a mask: its label under ``segment``, then ``original_<family>_<Feature>`` as pyradiomics names
        them. A feature that is not defined for a mask is None.

    Raises
    ------
    GeometryMismatchError
        If a mask is not on the volume's grid.
    EmptyMaskError
        If a mask has no voxel.
    InputError
        If a family is unknown, or the image is not finite inside a mask.
    """
    columns = feature_names(settings)
    rows = []
    for mask in masks:
        values = _values(region_of(volume, mask), settings)
        rows.append((mask.label, *(None if math.isnan(v) else v for v in (values[c] for c in columns))))
    return Table("Features", ("segment", *columns), tuple(rows))


def feature_names(settings: FeatureSettings = _DEFAULT) -> tuple[str, ...]:
    """Give the columns of features that these settings lead to.

    Raises
    ------
    InputError
        If a family is unknown.
    """
    volume = Volume(np.zeros((1, 1, 1)), np.eye(4))
    return tuple(_values(region_of(volume, Mask.on(volume, np.ones((1, 1, 1), dtype=bool))), settings))


def _values(region: Region, settings: FeatureSettings) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in settings.families:
        check_choice(family, FAMILIES, "families")
        features = FAMILIES[family](region, settings)
        found.update({f"original_{family}_{name}": features[name] for name in sorted(features)})
    return found
