"""Radiomic features in our own code, under pyradiomics' names: first order and shape."""

from __future__ import annotations

from oncologyai.features.extract import extract_features, feature_names
from oncologyai.features.families import FAMILIES, Family
from oncologyai.features.firstorder import firstorder_features
from oncologyai.features.region import Region, region_of
from oncologyai.features.settings import FeatureSettings
from oncologyai.features.shape import shape_features

__all__ = [
    "FAMILIES",
    "Family",
    "FeatureSettings",
    "Region",
    "extract_features",
    "feature_names",
    "firstorder_features",
    "region_of",
    "shape_features",
]
