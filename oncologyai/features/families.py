"""Which families of features there are."""

from __future__ import annotations

from collections.abc import Callable

from oncologyai.features.firstorder import firstorder_features
from oncologyai.features.region import Region
from oncologyai.features.settings import FeatureSettings
from oncologyai.features.shape import shape_features

__all__ = ["FAMILIES", "Family"]

Family = Callable[[Region, FeatureSettings], dict[str, float]]

FAMILIES: dict[str, Family] = {"shape": shape_features, "firstorder": firstorder_features}
"""Every family by the name it has in a column, in the order of columns."""
