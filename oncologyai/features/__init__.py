"""Radiomic features under pyradiomics' names: our own engine, pyradiomics as a second one, its parameter files."""

from __future__ import annotations

from oncologyai.features.accelerator import Accelerator, find_accelerator
from oncologyai.features.extract import ENGINES, extract_features, feature_names
from oncologyai.features.families import DEPRECATED, FEATURES, RETIRED, chosen_features
from oncologyai.features.parameters import (
    load_settings,
    parameters_of,
    preset_names,
    read_settings,
    settings_from_parameters,
    write_settings,
)
from oncologyai.features.selection import select_maps
from oncologyai.features.settings import DEFAULT_FAMILIES, FeatureSettings
from oncologyai.features.settings_digest import comparable_settings, settings_digest, settings_from_provenance

__all__ = [
    "DEFAULT_FAMILIES",
    "DEPRECATED",
    "ENGINES",
    "FEATURES",
    "RETIRED",
    "Accelerator",
    "FeatureSettings",
    "chosen_features",
    "comparable_settings",
    "extract_features",
    "feature_names",
    "find_accelerator",
    "load_settings",
    "parameters_of",
    "preset_names",
    "read_settings",
    "select_maps",
    "settings_digest",
    "settings_from_parameters",
    "settings_from_provenance",
    "write_settings",
]
